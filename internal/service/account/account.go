// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/microsoftmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/patience"
)

// keys holds customers' keys against the rules.
func (r *Resource) keys() microsoftmedia.Keys {
	return microsoftmedia.Keys{
		Client: r.Client, ResourceType: azure.MediaAccountType, Subject: subject,
	}
}

// calls are the calls about accounts. A key that an account may not use yet is waited for (CMK009).
func (r *Resource) calls() microsoftmedia.Calls[media.Account, media.AccountUpdate] {
	return callsOf(r.Client, r.keys().Forbidden)
}

func callsOf(client *azure.Client, passing func(id string, err error) bool,
) microsoftmedia.Calls[media.Account, media.AccountUpdate] {
	return microsoftmedia.Calls[media.Account, media.AccountUpdate]{
		ResourceType: azure.MediaAccountType,
		In: func(subscriptionID string,
		) (microsoftmedia.Client[media.Account, media.AccountUpdate], error) {
			return client.MediaAccounts(subscriptionID)
		},
		State: func(account media.Account) *media.ProvisioningState {
			return azure.Deref(account.Properties).ProvisioningState
		},
		Passing: passing,
	}
}

// update patches what was changed, and returns the storage accounts that it left attached although
// the plan does not name them. Storage accounts and tags are sent as a whole: what Azure has is
// read before, so that what something else added meanwhile is not lost.
func (r *Resource) update(ctx context.Context, state, plan account, update media.AccountUpdate,
	patience *patience.Patience,
) (updated media.Account, left []*media.StorageAccount, err error) {
	id := state.ID.ValueString()
	retags := !plan.Tags.Equal(state.Tags)
	sendsStorage := update.Properties != nil && update.Properties.StorageAccounts != nil
	if retags || sendsStorage {
		current, err := r.calls().Get(ctx, id)
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
	updated, err = r.calls().Update(ctx, id, update, patience)
	return updated, left, err
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
