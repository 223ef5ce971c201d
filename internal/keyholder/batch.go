// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// batch is the accounts of Batch. Each has one storage account at most, its auto-storage account.
type batch struct{ client *azure.Client }

func (batch) Noun() string         { return "Batch account" }
func (batch) ResourceType() string { return azure.BatchAccountType }
func (batch) TellsLastSync() bool  { return true }

func (b batch) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	accounts, at, err := b.accounts(id)
	if err != nil {
		return Dependent{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return Dependent{}, err
	}
	read := b.depends(account.Properties, storageAccountID)
	read.ID = id
	return read, nil
}

// Sync has the account read the keys of its auto-storage account, which the request does not name.
func (b batch) Sync(ctx context.Context, id, _ string) error {
	accounts, at, err := b.accounts(id)
	if err != nil {
		return err
	}
	_, err = accounts.SynchronizeAutoStorageKeys(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

func (batch) SyncCommand(id, _ string) string {
	return command("az batch account autostorage-keys sync", "--name", id)
}

func (b batch) List(ctx context.Context, subscriptionID, storageAccountID string,
) ([]string, error) {
	accounts, err := b.client.BatchAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for pages := accounts.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, account := range page.Value {
			if b.depends(account.Properties, storageAccountID).UsesKeys {
				ids = append(ids, azure.Deref(account.ID))
			}
		}
	}
	return ids, nil
}

// depends reads how an account depends on a storage account. Its lastKeySync is "the UTC time at which
// storage keys were last synchronized with the Batch account" (OpenAPI document,
// AutoStorageProperties), which is there as well where it uses none.
func (b batch) depends(properties *armbatch.AccountProperties, storageAccountID string) Dependent {
	found := Dependent{Kind: b}
	storage := azure.Deref(azure.Deref(properties).AutoStorage)
	if !azure.SameID(azure.Deref(storage.StorageAccountID), storageAccountID) {
		return found
	}
	found.Attached = true
	found.UsesKeys = azure.Deref(storage.AuthenticationMode) !=
		armbatch.AutoStorageAuthenticationModeBatchAccountManagedIdentity
	if found.UsesKeys {
		found.LastSync = azure.Deref(storage.LastKeySync)
	}
	return found
}

func (b batch) accounts(id string) (*armbatch.AccountClient, *arm.ResourceID, error) {
	at, err := azure.ParseID(id, azure.BatchAccountType)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := b.client.BatchAccounts(at.SubscriptionID)
	return accounts, at, err
}
