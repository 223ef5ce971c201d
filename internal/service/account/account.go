// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/microsoftmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/patience"
)

// keys holds customers' keys against the rules.
func (r *Resource) keys() microsoftmedia.Keys {
	return microsoftmedia.Keys{
		Client: r.client, ResourceType: azure.MediaAccountType, Subject: subject,
	}
}

func (r *Resource) get(ctx context.Context, id string) (media.Account, error) {
	accounts, at, err := accountsOf(r.client, id)
	if err != nil {
		return media.Account{}, err
	}
	return accounts.Get(ctx, at.ResourceGroupName, at.Name)
}

// create sends the account and waits until it works. It calls accepted as soon as the account is
// there, whatever becomes of it. A key that the account may not use yet is waited for: a new grant
// takes some minutes to act (CMK009).
func (r *Resource) create(ctx context.Context, id string, sent media.Account, accepted func(),
	patience *patience.Patience,
) (media.Account, error) {
	for {
		account, err := r.createOnce(ctx, id, sent, accepted)
		if err == nil || !r.keys().Forbidden(id, err) || !patience.Wait(ctx) {
			return account, err
		}
	}
}

func (r *Resource) createOnce(ctx context.Context, id string, sent media.Account, accepted func(),
) (media.Account, error) {
	accounts, at, err := accountsOf(r.client, id)
	if err != nil {
		return media.Account{}, err
	}
	poller, err := accounts.BeginCreate(ctx, at.ResourceGroupName, at.Name, sent)
	if err == nil {
		accepted()
		return azure.Await(ctx, poller)
	}
	if !azure.IsRefused(err) { // Whether the account was created is open: a look tells.
		looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), microsoftmedia.LastLook)
		defer cancel()
		found, lookErr := accounts.Get(looking, at.ResourceGroupName, at.Name)
		if lookErr == nil {
			accepted()
			if azure.Deref(azure.Deref(found.Properties).ProvisioningState) == media.Succeeded {
				return found, nil
			}
		}
	}
	return media.Account{}, err
}

// update patches what was changed, and returns the storage accounts that it left attached although
// the plan does not name them. Storage accounts and tags are sent as a whole: what Azure has is
// read before, so that what something else added meanwhile is not lost.
func (r *Resource) update(ctx context.Context, state, plan account, update media.AccountUpdate,
	patience *patience.Patience,
) (updated media.Account, left []*media.StorageAccount, err error) {
	id := state.ID.ValueString()
	accounts, at, err := accountsOf(r.client, id)
	if err != nil {
		return media.Account{}, nil, err
	}
	retags := !plan.Tags.Equal(state.Tags)
	sendsStorage := update.Properties != nil && update.Properties.StorageAccounts != nil
	if retags || sendsStorage {
		current, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
		if err != nil {
			return media.Account{}, nil, err
		}
		if retags {
			update.Tags = attribute.MergedTags(current.Tags, state.Tags, plan.Tags)
		}
		if sendsStorage {
			left = foreignStorage(azure.Deref(current.Properties).StorageAccounts,
				state.StorageAccounts, plan.StorageAccounts)
			update.Properties.StorageAccounts = append(update.Properties.StorageAccounts, left...)
		}
	}
	for {
		poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, update)
		if err == nil {
			updated, err = azure.Await(ctx, poller)
		}
		waits := azure.IsConflict(err) || r.keys().Forbidden(id, err)
		if !waits || !patience.Wait(ctx) {
			return updated, left, err
		}
	}
}

// delete deletes the account, whatever state it is in. Something else that is changing it is
// waited for.
func (r *Resource) delete(ctx context.Context, id string, patience *patience.Patience) error {
	accounts, at, err := accountsOf(r.client, id)
	if err != nil {
		return err
	}
	for {
		err := accounts.Delete(ctx, at.ResourceGroupName, at.Name)
		if !azure.IsConflict(err) || !patience.Wait(ctx) {
			return err
		}
	}
}

// availability asks whether the name is free in all of Azure.
func (r *Resource) availability(ctx context.Context, plan account,
) (mediaaccount.Availability, error) {
	accounts, err := r.client.MediaAccounts(r.client.SubscriptionID())
	if err != nil {
		return mediaaccount.Availability{}, err
	}
	answer, err := accounts.CheckNameAvailability(ctx,
		plan.Location.ValueString(), plan.Name.ValueString())
	return mediaaccount.Availability{
		Available: answer.NameAvailable, Reason: answer.Reason, Message: answer.Message,
	}, err
}

// list lists the accounts of the client's subscription, or of one resource group in it.
func list(ctx context.Context, client *azure.Client, group string) ([]media.Account, error) {
	accounts, err := client.MediaAccounts(client.SubscriptionID())
	if err != nil {
		return nil, err
	}
	pages := accounts.NewListBySubscriptionPager()
	if group != "" {
		pages = accounts.NewListByResourceGroupPager(group)
	}
	var found []media.Account
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Value...)
	}
	return found, nil
}

// accountsOf returns the client of the subscription that the account is in, and its parsed ID.
func accountsOf(client *azure.Client, id string,
) (*media.AccountsClient, *arm.ResourceID, error) {
	at, err := azure.ParseID(id, azure.MediaAccountType)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := client.MediaAccounts(at.SubscriptionID)
	return accounts, at, err
}
