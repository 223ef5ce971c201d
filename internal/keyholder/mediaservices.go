// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

// mediaServices reads and syncs Media Services accounts.
type mediaServices struct{ client *azure.Client }

func (mediaServices) Noun() string          { return "Media Services account" }
func (mediaServices) ResourceType() string  { return azure.MediaAccountType }
func (mediaServices) ReportsLastSync() bool { return false }

func (m mediaServices) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, m.client.MediaAccounts)
	if err != nil {
		return Dependent{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Dependent{}, err
	}
	attached, usesKeys := mediaStorage(account.Properties, storageAccountID)
	return Dependent{ID: id, Kind: m, Attached: attached, UsesKeys: usesKeys}, nil
}

func (m mediaServices) Sync(ctx context.Context, id, storageAccountID string) error {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, m.client.MediaAccounts)
	if err != nil {
		return err
	}
	return accounts.SyncStorageKeys(ctx, at.ResourceGroupName, at.Name, storageAccountID)
}

func (mediaServices) SyncCommand(id, storageAccountID string) string {
	return command("az ams account storage sync-storage-keys", "--account-name", id) +
		" --storage-account-id " + storageAccountID
}

func (m mediaServices) List(ctx context.Context, subscriptionID, storageAccountID string,
) ([]string, error) {
	accounts, err := m.client.MediaAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for pages := accounts.NewListBySubscriptionPager(); pages.More(); {
		page, err := pages.NextPage(ctx)
		switch {
		case azure.IsRetired(err):
			return nil, nil
		case err != nil:
			return nil, err
		}
		for _, account := range page.Value {
			if _, usesKeys := mediaStorage(account.Properties, storageAccountID); usesKeys {
				ids = append(ids, azure.Deref(account.ID))
			}
		}
	}
	return ids, nil
}

// mediaStorage reports whether a storage account is attached, and whether by its keys.
func mediaStorage(properties *armmedia.AccountProperties, storageAccountID string,
) (attached, usesKeys bool) {
	if properties == nil {
		return false, false
	}
	for _, storage := range properties.StorageAccounts {
		attached = attached || azure.SameID(azure.Deref(storage.ID), storageAccountID)
	}
	byIdentity := azure.Deref(properties.StorageAuthentication) == armmedia.StorageByManagedIdentity
	return attached, attached && !byIdentity
}
