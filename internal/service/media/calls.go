// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// Client sends the requests about the accounts of one kind in a subscription.
type Client[Properties any] interface {
	Get(ctx context.Context, group, name string) (armmedia.Resource[Properties], error)
	BeginCreate(ctx context.Context, group, name string, account armmedia.Resource[Properties],
	) (*runtime.Poller[armmedia.Resource[Properties]], error)
	BeginUpdate(ctx context.Context, group, name string, update armmedia.Update[Properties],
	) (*runtime.Poller[armmedia.Resource[Properties]], error)
	Delete(ctx context.Context, group, name string) error
	NewListBySubscriptionPager() *runtime.Pager[armmedia.Page[Properties]]
	NewListByResourceGroupPager(group string) *runtime.Pager[armmedia.Page[Properties]]
	CheckNameAvailability(ctx context.Context, location, name string) (armmedia.NameAvailability, error)
}

// Calls sends the requests about the accounts of one kind, and waits where that is worth it.
type Calls[Properties any] struct {
	Kind   Kind[Properties]
	Client *azure.Client
}

// Get reads an account.
func (c Calls[Properties]) Get(ctx context.Context, id string,
) (account armmedia.Resource[Properties], err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return account, err
	}
	return accounts.Get(ctx, at.ResourceGroupName, at.Name)
}

// Create sends an account and waits until it works. It sends the account again after a refusal that passes, and
// after one that one of the waits has waited for. The error is an [azure.AcceptedError] if Azure has the account.
func (c Calls[Properties]) Create(ctx context.Context, id string, sent armmedia.Resource[Properties],
	backoff *azure.Backoff, waits ...Wait,
) (account armmedia.Resource[Properties], err error) {
	accepted := false
	err = backoff.Retry(ctx, subject(id), func() (err error) {
		account, err = c.createOnce(ctx, id, sent)
		accepted = accepted || azure.IsAccepted(err)
		return err
	}, waits...)
	if err != nil && accepted && !azure.IsAccepted(err) {
		err = &azure.AcceptedError{Err: err}
	}
	return account, err
}

// Wait waits for a refusal to pass, and reports whether to send the request again.
type Wait = func(ctx context.Context, refused error) bool

// subject names an account in a sentence.
func subject(id string) string { return "the account " + azure.NameOf(id) }

func (c Calls[Properties]) createOnce(ctx context.Context, id string, sent armmedia.Resource[Properties],
) (account armmedia.Resource[Properties], err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return account, err
	}
	poller, err := accounts.BeginCreate(ctx, at.ResourceGroupName, at.Name, sent)
	if err == nil {
		account, err = azure.Await(ctx, poller)
	}
	found, exists := azure.LookAfter(ctx, err, func(ctx context.Context) (armmedia.Resource[Properties], error) {
		return accounts.Get(ctx, at.ResourceGroupName, at.Name)
	})
	switch {
	case exists && azure.Deref(c.Kind.State(azure.Deref(found.Properties))) == armmedia.Succeeded:
		return found, nil
	case exists && !azure.IsAccepted(err):
		err = &azure.AcceptedError{Err: err}
	}
	return account, err
}

// Update patches an account. It sends the update again after a refusal that passes, and after one that
// one of the waits has waited for.
func (c Calls[Properties]) Update(ctx context.Context, id string,
	update armmedia.Update[Properties], backoff *azure.Backoff, waits ...Wait,
) (updated armmedia.Resource[Properties], err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return updated, err
	}
	err = backoff.Retry(ctx, subject(id), func() error {
		poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, update)
		if err == nil {
			updated, err = azure.Await(ctx, poller)
		}
		return err
	}, waits...)
	return updated, err
}

// Delete deletes an account in any state. It waits for the end of another change.
func (c Calls[Properties]) Delete(ctx context.Context, id string,
	backoff *azure.Backoff,
) error {
	accounts, at, err := c.open(id)
	if err != nil {
		return err
	}
	return backoff.Retry(ctx, subject(id), func() error {
		return accounts.Delete(ctx, at.ResourceGroupName, at.Name)
	})
}

// List lists the accounts of the client's subscription, or of one resource group in it.
func (c Calls[Properties]) List(ctx context.Context, group string,
) ([]armmedia.Resource[Properties], error) {
	accounts, err := c.client(c.Client.SubscriptionID())
	if err != nil {
		return nil, err
	}
	pages := accounts.NewListBySubscriptionPager()
	if group != "" {
		pages = accounts.NewListByResourceGroupPager(group)
	}
	var found []armmedia.Resource[Properties]
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Value...)
	}
	return found, nil
}

// Availability asks whether a name is free in all of Azure.
func (c Calls[Properties]) Availability(ctx context.Context, location, name string,
) (naming.Availability, error) {
	accounts, err := c.client(c.Client.SubscriptionID())
	if err != nil {
		return naming.Availability{}, err
	}
	answer, err := accounts.CheckNameAvailability(ctx, location, name)
	return naming.Availability{
		Available: answer.NameAvailable, Reason: answer.Reason, Message: answer.Message,
	}, err
}

// open returns the client of the subscription that an account is in, and the account's parsed ID.
func (c Calls[Properties]) open(id string) (Client[Properties], *arm.ResourceID, error) {
	return azure.Open(id, c.Kind.ResourceType, c.client)
}

// client returns the client of a subscription.
func (c Calls[Properties]) client(subscriptionID string) (Client[Properties], error) {
	return c.Kind.Open(c.Client, subscriptionID)
}
