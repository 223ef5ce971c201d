// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// keys holds customers' keys against the rules.
func (r *Resource) keys() media.Keys {
	return media.Keys{
		Client: r.Client, ResourceType: azure.MediaAccountType, Subject: subject,
	}
}

// calls are the calls about accounts. A key that an account may not use yet is waited for (CMK009).
func (r *Resource) calls() media.Calls[armmedia.Account, armmedia.AccountUpdate] {
	return callsOf(r.Client, r.keys().Forbidden)
}

func callsOf(client *azure.Client, passing func(id string, err error) bool,
) media.Calls[armmedia.Account, armmedia.AccountUpdate] {
	return media.Calls[armmedia.Account, armmedia.AccountUpdate]{
		ResourceType: azure.MediaAccountType,
		In: func(subscriptionID string,
		) (media.Client[armmedia.Account, armmedia.AccountUpdate], error) {
			return client.MediaAccounts(subscriptionID)
		},
		State: func(account armmedia.Account) *armmedia.ProvisioningState {
			return azure.Deref(account.Properties).ProvisioningState
		},
		Passing: passing,
	}
}

// update patches what was changed, and returns the storage accounts that it left attached although
// the plan does not name them. Storage accounts and tags are sent as a whole: what Azure has is
// read before, so that what something else added meanwhile is not lost.
func (r *Resource) update(ctx context.Context, state, plan account, update armmedia.AccountUpdate,
	backoff *azure.Backoff,
) (updated armmedia.Account, left []*armmedia.StorageAccount, err error) {
	id := state.ID.ValueString()
	retags := !plan.Tags.Equal(state.Tags)
	sendsStorage := update.Properties != nil && update.Properties.StorageAccounts != nil
	if retags || sendsStorage {
		current, err := r.calls().Get(ctx, id)
		if err != nil {
			return armmedia.Account{}, nil, err
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
	updated, err = r.calls().Update(ctx, id, update, backoff)
	return updated, left, err
}

// list lists the accounts of the client's subscription, or of one resource group in it.
func list(ctx context.Context, client *azure.Client, group string) ([]armmedia.Account, error) {
	accounts, err := client.MediaAccounts(client.SubscriptionID())
	if err != nil {
		return nil, err
	}
	pages := accounts.NewListBySubscriptionPager()
	if group != "" {
		pages = accounts.NewListByResourceGroupPager(group)
	}
	var found []armmedia.Account
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Value...)
	}
	return found, nil
}
