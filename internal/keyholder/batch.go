// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"maps"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// batch reads and syncs Batch accounts. Each has at most one storage account, its auto-storage
// account.
type batch struct{ client *azure.Client }

func (batch) Noun() string          { return "Batch account" }
func (batch) ResourceType() string  { return azure.BatchAccountType }
func (batch) HoldsOneKey() bool     { return false }
func (batch) ReportsLastSync() bool { return true }

func (b batch) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	accounts, at, err := azure.Open(id, azure.BatchAccountType, b.client.BatchAccounts)
	if err != nil {
		return Dependent{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return Dependent{}, err
	}
	return on(b.dependents(id, account.Account), b, id, storageAccountID), nil
}

// Sync has the account read the keys of its auto-storage account, which the request does not name.
func (b batch) Sync(ctx context.Context, id, _ string, _ keyrotation.Key) error {
	accounts, at, err := azure.Open(id, azure.BatchAccountType, b.client.BatchAccounts)
	if err != nil {
		return err
	}
	_, err = accounts.SynchronizeAutoStorageKeys(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

func (batch) SyncCommand(id, _ string, _ keyrotation.Key) string {
	return command("az batch account autostorage-keys sync", "--name", id)
}

func (b batch) List(ctx context.Context, subscriptionID string) (found []Dependent, err error) {
	accounts, err := b.client.BatchAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, accounts.NewListPager(nil), func(page armbatch.AccountClientListResponse) {
		for _, account := range page.Value {
			found = append(found, b.dependents(azure.Deref(account.ID), *account)...)
		}
	})
	return found, err
}

// dependents returns how an account uses its storage account, if it has one. lastKeySync is "the UTC
// time at which storage keys were last synchronized with the Batch account" (OpenAPI document,
// AutoStorageProperties); Azure sets it even where the account uses no keys.
func (b batch) dependents(id string, account armbatch.Account) []Dependent {
	storage := azure.Deref(azure.Deref(account.Properties).AutoStorage)
	if azure.Deref(storage.StorageAccountID) == "" {
		return nil
	}
	found := Dependent{
		ID: id, Kind: b, StorageAccountID: *storage.StorageAccountID, Attached: true,
		UsesKeys: azure.Deref(storage.AuthenticationMode) !=
			armbatch.AutoStorageAuthenticationModeBatchAccountManagedIdentity,
	}
	if found.UsesKeys {
		found.LastSync = azure.Deref(storage.LastKeySync)
	} else {
		found.IdentityIDs = slices.Sorted(maps.Keys(azure.Deref(account.Identity).UserAssignedIdentities))
	}
	return []Dependent{found}
}
