// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"fmt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// videoAnalyzers reads and syncs Video Analyzer accounts.
type videoAnalyzers struct{ client *azure.Client }

func (videoAnalyzers) Noun() string          { return "Video Analyzer account" }
func (videoAnalyzers) ResourceType() string  { return azure.VideoAnalyzerType }
func (videoAnalyzers) HoldsOneKey() bool     { return false }
func (videoAnalyzers) ReportsLastSync() bool { return false }

func (v videoAnalyzers) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, v.client.VideoAnalyzers)
	if err != nil {
		return Dependent{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Dependent{}, err
	}
	return on(v.dependents(id, account.Properties), v, id, storageAccountID), nil
}

func (v videoAnalyzers) Sync(ctx context.Context, id, storageAccountID string, _ keyrotation.Key) error {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, v.client.VideoAnalyzers)
	if err != nil {
		return err
	}
	return accounts.SyncStorageKeys(ctx, at.ResourceGroupName, at.Name, storageAccountID)
}

// SyncCommand uses az rest: the Azure CLI has no command for it, and only one api-version has the
// operation.
func (videoAnalyzers) SyncCommand(id, storageAccountID string, _ keyrotation.Key) string {
	return fmt.Sprintf("az rest --method post --url %s/syncStorageKeys?api-version=%s "+
		"--body '{\"id\":%q}'", id, armmedia.VideoAnalyzerSyncAPIVersion, storageAccountID)
}

func (v videoAnalyzers) List(ctx context.Context, subscriptionID string) ([]Dependent, error) {
	accounts, err := v.client.VideoAnalyzers(subscriptionID)
	if err != nil {
		return nil, err
	}
	return listed(ctx, accounts.NewListBySubscriptionPager(), v.dependents)
}

// dependents returns how an account uses its storage accounts. No property says whether by their
// keys, unlike the storageAuthentication of Media Services: each storage account may have "a managed
// identity that Video Analyzer will use to access the storage account" (OpenAPI document,
// StorageAccount.identity). Without one it was attached at 2021-05-01-preview, the version with
// syncStorageKeys, and the account accesses it with a copy of its keys.
func (v videoAnalyzers) dependents(id string, properties *armmedia.VideoAnalyzerProperties,
) (found []Dependent) {
	for _, storage := range azure.Deref(properties).StorageAccounts {
		identities := reader(storage)
		found = append(found, Dependent{
			ID: id, Kind: v, StorageAccountID: azure.Deref(storage.ID), Attached: true,
			UsesKeys: len(identities) == 0, IdentityIDs: identities,
		})
	}
	return found
}
