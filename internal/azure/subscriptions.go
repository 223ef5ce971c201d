// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armclient"
)

// mostDiscovered is how many subscriptions are looked at without being configured. A login that sees more
// administers a tenant, whose lists would take minutes.
const mostDiscovered = 25

// Subscriptions returns the subscriptions whose accounts may depend on what the client changes: its own, and
// those that are configured.
func (c *Client) Subscriptions() []string {
	return append([]string{c.config.SubscriptionID}, c.config.DependentSubscriptionIDs...)
}

// discovered are the subscriptions that a login sees, as far as it is asked in a run.
type discovered struct{ Memory[[]string] }

// discover returns the subscriptions that the login sees, unless others are configured or they are too many.
// What cannot be listed is not seen.
func (c *Client) discover(ctx context.Context) []string {
	if len(c.config.DependentSubscriptionIDs) > 0 {
		return nil
	}
	found, err := PerRun(c, func() *discovered { return new(discovered) }).Get(ctx, "", func() ([]string, error) {
		client, err := armclient.New("armsubscriptions", c.SubscriptionID(), "2022-12-01", c.credential, c.armOptions())
		if err != nil {
			return nil, err
		}
		var page struct {
			Value []struct {
				SubscriptionID string `json:"subscriptionId"`
			} `json:"value"`
		}
		err = client.Call(ctx, http.MethodGet, "/subscriptions", nil, &page, http.StatusOK)
		var ids []string
		for _, one := range page.Value {
			ids = append(ids, one.SubscriptionID)
		}
		return ids, err
	})
	if err != nil || len(found) > mostDiscovered {
		return nil
	}
	return found
}

// remembered are the lists of discovered subscriptions.
type remembered[T any] struct{ Memory[Listing[T]] }

// ListDiscovered reads the list of each kind in the subscriptions that the login sees, other than those that
// were listed already. It reads each list once a run, however much the run itself changes: what it shows may
// be old. It leaves out what the caller may not see.
func ListDiscovered[T any, Kind Lister[T]](ctx context.Context, client *Client, kinds []Kind, listed ...string) []T {
	var more []string
	for _, id := range client.discover(ctx) {
		if !ContainsID(listed, id) {
			more = append(more, id)
		}
	}
	if len(more) == 0 {
		return nil
	}
	lists := PerRun(client, func() *remembered[T] { return new(remembered[T]) })
	items, _, _ := ListAll(ctx, &lists.Memory, kinds, more...)
	return items
}
