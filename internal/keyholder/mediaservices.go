// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// mediaServices reads and syncs Media Services accounts.
type mediaServices struct{ client *azure.Client }

func (mediaServices) Noun() string          { return "Media Services account" }
func (mediaServices) ResourceType() string  { return azure.MediaAccountType }
func (mediaServices) HoldsOneKey() bool     { return false }
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
	return on(m.dependents(id, account.Properties), m, id, storageAccountID), nil
}

func (m mediaServices) Sync(ctx context.Context, id, storageAccountID string, _ keyrotation.Key) error {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, m.client.MediaAccounts)
	if err != nil {
		return err
	}
	return accounts.SyncStorageKeys(ctx, at.ResourceGroupName, at.Name, storageAccountID)
}

func (mediaServices) SyncCommand(id, storageAccountID string, _ keyrotation.Key) string {
	return command("az ams account storage sync-storage-keys", "--account-name", id) +
		" --storage-account-id " + storageAccountID
}

func (m mediaServices) List(ctx context.Context, subscriptionID string) ([]Dependent, error) {
	accounts, err := m.client.MediaAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	return listed(ctx, accounts.NewListBySubscriptionPager(), m.dependents)
}

// dependents returns how an account uses its storage accounts: all by their keys, or all by identity.
func (m mediaServices) dependents(id string, properties *armmedia.AccountProperties,
) (found []Dependent) {
	byIdentity := azure.Deref(azure.Deref(properties).StorageAuthentication) == armmedia.StorageByManagedIdentity
	for _, storage := range azure.Deref(properties).StorageAccounts {
		one := Dependent{
			ID: id, Kind: m, StorageAccountID: azure.Deref(storage.ID),
			Attached: true, UsesKeys: !byIdentity, Bound: azure.Deref(storage.Type) == armmedia.Primary,
		}
		if byIdentity {
			one.IdentityIDs = reader(storage)
		}
		found = append(found, one)
	}
	return found
}

// reader returns the user-assigned identity with which an account accesses a storage account, if any.
func reader(storage *armmedia.StorageAccount) []string {
	if id := azure.Deref(azure.Deref(storage.Identity).UserAssignedIdentity); id != "" {
		return []string{id}
	}
	return nil
}

// listed reads the accounts of Microsoft.Media in a subscription. Both services are retired in the
// public cloud: where the list itself is not found, there are no accounts.
func listed[Properties any](ctx context.Context, pages *runtime.Pager[armmedia.Page[Properties]],
	dependents func(id string, properties *Properties) []Dependent,
) (found []Dependent, err error) {
	err = azure.EachPage(ctx, pages, func(page armmedia.Page[Properties]) {
		for _, account := range page.Value {
			found = append(found, dependents(azure.Deref(account.ID), account.Properties)...)
		}
	})
	return found, azure.UnlessRetired(err)
}
