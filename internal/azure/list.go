// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// EachPage reads all pages of a list.
func EachPage[Page any](ctx context.Context, pages *runtime.Pager[Page], each func(Page)) error {
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		each(page)
	}
	return nil
}

// Listing is what Azure answered to one list: its items, or why the caller may not see them.
type Listing[T any] struct {
	items  []T
	hidden error
}

// Lister lists the accounts of one kind in a subscription.
type Lister[T any] interface {
	List(ctx context.Context, subscriptionID string) ([]T, error)
}

// Unlisted is a list that showed nothing.
type Unlisted[Kind any] struct {
	Kind           Kind
	SubscriptionID string
	Err            error
}

// Reason returns the code of Azure's answer, such as "AuthorizationFailed".
func (u Unlisted[Kind]) Reason() string { return ReasonOf(u.Err) }

// ReasonOf returns in a word why something could not be listed: the code of Azure's answer, if it has one.
func ReasonOf(err error) string {
	answer, ok := AsError(err)
	if !ok || answer.Code == "" {
		return "no access"
	}
	return answer.Code
}

// ListAll reads the list of each kind in each subscription, several at a time, unless the memory has
// it. It returns the items in the order of the kinds, and the lists that failed. The error is that of
// a list that failed for another reason than that the caller may not see it.
func ListAll[T any, Kind Lister[T]](ctx context.Context, memory *Memory[Listing[T]], kinds []Kind,
	subscriptionIDs ...string,
) (items []T, unlisted []Unlisted[Kind], failed error) {
	subscriptionIDs = Distinct(subscriptionIDs)
	found := make([]Listing[T], len(kinds)*len(subscriptionIDs))
	var g Group
	g.SetLimit(ConcurrentReads)
	for i := range found {
		kind, subscriptionID := kinds[i/len(subscriptionIDs)], subscriptionIDs[i%len(subscriptionIDs)]
		g.Go(func() (err error) {
			found[i], err = memory.Get(ctx, fmt.Sprintf("%T in %s", kind, subscriptionID),
				func() (Listing[T], error) { return listingOf(kind.List(ctx, subscriptionID)) })
			if err != nil {
				found[i].hidden = err
			}
			return err
		})
	}
	failed = g.Wait()
	for i, one := range found {
		items = append(items, one.items...)
		if one.hidden != nil {
			unlisted = append(unlisted, Unlisted[Kind]{
				kinds[i/len(subscriptionIDs)], subscriptionIDs[i%len(subscriptionIDs)], one.hidden,
			})
		}
	}
	return items, unlisted, failed
}

// listingOf returns the listing, or the error that it cannot be remembered with.
func listingOf[T any](items []T, err error) (Listing[T], error) {
	switch {
	case IsUnregistered(err):
		return Listing[T]{}, nil
	case isUnseen(err):
		return Listing[T]{hidden: shareable(err)}, nil
	default:
		return Listing[T]{items: items}, err
	}
}

// UnlessRetired returns the error of a list, unless Azure answers that the cloud no longer has the
// service: there is nothing to list then.
func UnlessRetired(err error) error {
	if IsRetired(err) || IsNotFound(err) && HasCode(err, "ResourceNotFound", "NotFound") {
		return nil
	}
	return err
}

// isUnseen reports whether the caller may not see a list, or does not see the subscription.
func isUnseen(err error) bool {
	answer, ok := AsError(err)
	return ok && (answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound) ||
		IsRetired(err)
}

// Distinct leaves out the IDs that are there already, and empty ones.
func Distinct(ids []string) []string {
	var kept []string
	for _, id := range ids {
		if id != "" && !slices.ContainsFunc(kept, func(k string) bool { return strings.EqualFold(k, id) }) {
			kept = append(kept, id)
		}
	}
	return kept
}

// Each goes through the items of a list until a function returns false: later pages are not read then.
func Each[Page, Item any](ctx context.Context, pages *runtime.Pager[Page], items func(Page) []Item,
	each func(Item) bool,
) error {
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, item := range items(page) {
			if !each(item) {
				return nil
			}
		}
	}
	return nil
}
