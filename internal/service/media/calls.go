// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

// Client is the client of the accounts of one type in a subscription.
type Client[Account, Update any] interface {
	Get(ctx context.Context, group, name string) (Account, error)
	BeginCreate(ctx context.Context, group, name string, account Account,
	) (*runtime.Poller[Account], error)
	BeginUpdate(ctx context.Context, group, name string, update Update,
	) (*runtime.Poller[Account], error)
	Delete(ctx context.Context, group, name string) error
	CheckNameAvailability(ctx context.Context, location, name string) (armmedia.NameAvailability, error)
}

// Calls are the calls about the accounts of one type.
type Calls[Account, Update any] struct {
	// ResourceType is the type of the accounts.
	ResourceType string
	// In opens the client of a subscription.
	In func(subscriptionID string) (Client[Account, Update], error)
	// State is where the last change of an account stands.
	State func(Account) *armmedia.ProvisioningState
	// Passing reports whether a refusal is of a kind that passes: a new grant takes some minutes to
	// act.
	Passing func(id string, err error) bool
}

// Get reads an account.
func (c Calls[Account, Update]) Get(ctx context.Context, id string) (account Account, err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return account, err
	}
	return accounts.Get(ctx, at.ResourceGroupName, at.Name)
}

// Create sends an account and waits until it works. It calls accepted as soon as the account is
// there, whatever becomes of it. A refusal that passes is waited for.
func (c Calls[Account, Update]) Create(ctx context.Context, id string, sent Account,
	accepted func(), backoff *azure.Backoff,
) (Account, error) {
	for {
		account, err := c.createOnce(ctx, id, sent, accepted)
		if err == nil || !c.Passing(id, err) || !backoff.Wait(ctx) {
			return account, err
		}
	}
}

func (c Calls[Account, Update]) createOnce(ctx context.Context, id string, sent Account,
	accepted func(),
) (none Account, err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return none, err
	}
	poller, err := accounts.BeginCreate(ctx, at.ResourceGroupName, at.Name, sent)
	if err == nil {
		accepted()
		return azure.Await(ctx, poller)
	}
	if !azure.IsRefused(err) { // Whether the account was created is open: a look tells.
		looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
		defer cancel()
		found, lookErr := accounts.Get(looking, at.ResourceGroupName, at.Name)
		if lookErr == nil {
			accepted()
			if azure.Deref(c.State(found)) == armmedia.Succeeded {
				return found, nil
			}
		}
	}
	return none, err
}

// Update patches an account. A refusal that passes is waited for, and so is something else that is
// changing the account.
func (c Calls[Account, Update]) Update(ctx context.Context, id string, update Update,
	backoff *azure.Backoff,
) (updated Account, err error) {
	accounts, at, err := c.open(id)
	if err != nil {
		return updated, err
	}
	for {
		poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, update)
		if err == nil {
			updated, err = azure.Await(ctx, poller)
		}
		waits := azure.IsConflict(err) || c.Passing(id, err)
		if !waits || !backoff.Wait(ctx) {
			return updated, err
		}
	}
}

// Delete deletes an account, whatever state it is in. Something else that is changing it is waited
// for.
func (c Calls[Account, Update]) Delete(ctx context.Context, id string,
	backoff *azure.Backoff,
) error {
	accounts, at, err := c.open(id)
	if err != nil {
		return err
	}
	for {
		err := accounts.Delete(ctx, at.ResourceGroupName, at.Name)
		if !azure.IsConflict(err) || !backoff.Wait(ctx) {
			return err
		}
	}
}

// Availability asks whether a name is free in all of Azure.
func (c Calls[Account, Update]) Availability(ctx context.Context, subscriptionID, location,
	name string,
) (mediaaccount.Availability, error) {
	accounts, err := c.In(subscriptionID)
	if err != nil {
		return mediaaccount.Availability{}, err
	}
	answer, err := accounts.CheckNameAvailability(ctx, location, name)
	return mediaaccount.Availability{
		Available: answer.NameAvailable, Reason: answer.Reason, Message: answer.Message,
	}, err
}

// open returns the client of the subscription that an account is in, and the account's parsed ID.
func (c Calls[Account, Update]) open(id string) (Client[Account, Update], *arm.ResourceID, error) {
	at, err := azure.ParseID(id, c.ResourceType)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := c.In(at.SubscriptionID)
	return accounts, at, err
}
