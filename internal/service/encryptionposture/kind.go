// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// kind reads the accounts of a kind that a customer's key can protect. A further kind is one
// more row of [kinds], and a function that reads one of its accounts in one call.
type kind struct {
	resourceType string
	read         func(ctx context.Context, client *azure.Client, id string) (subject, error)
}

func kinds() []kind {
	return []kind{
		{azure.MediaAccountType, readMediaServices},
		{azure.VideoAnalyzerType, readVideoAnalyzer},
		{azure.BatchAccountType, readBatch},
		{azure.StorageAccountType, readNothing},
	}
}

// ResourceTypes returns the types of the accounts that have a posture.
func ResourceTypes() []string {
	var resourceTypes []string
	for _, kind := range kinds() {
		resourceTypes = append(resourceTypes, kind.resourceType)
	}
	return resourceTypes
}

// subject is an account whose posture is read, with the storage accounts that it lists.
type subject struct {
	protection.Account
	storage []attached
}

// attached is a storage account in the list of a subject.
type attached struct {
	id      string
	primary bool
	// byKeys says that the subject reaches it with its access keys, not with a managed identity.
	byKeys bool
	// alone says that it is the subject itself.
	alone bool
}

func readMediaServices(ctx context.Context, client *azure.Client, id string) (subject, error) {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, client.MediaAccounts)
	if err != nil {
		return subject{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return subject{}, err
	}
	found := subject{Account: protection.OfMediaServices(id, wire)}
	properties := azure.Deref(wire.Properties)
	for _, one := range properties.StorageAccounts {
		found.storage = append(found.storage, attached{
			id:      azure.Deref(one.ID),
			primary: azure.Deref(one.Type) == armmedia.Primary,
			byKeys:  azure.Deref(properties.StorageAuthentication) != armmedia.StorageByManagedIdentity,
		})
	}
	return found, nil
}

// readVideoAnalyzer reads a Video Analyzer account. Its storage accounts have no types: the first is
// the only one. Each of them has its own identity, or none.
func readVideoAnalyzer(ctx context.Context, client *azure.Client, id string) (subject, error) {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, client.VideoAnalyzers)
	if err != nil {
		return subject{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return subject{}, err
	}
	found := subject{Account: protection.OfVideoAnalyzer(id, wire)}
	for i, one := range azure.Deref(wire.Properties).StorageAccounts {
		found.storage = append(found.storage, attached{
			id: azure.Deref(one.ID), primary: i == 0,
			byKeys: azure.Deref(azure.Deref(one.Identity).UserAssignedIdentity) == "",
		})
	}
	return found, nil
}

// readBatch reads a Batch account. Its auto-storage account is its only one.
func readBatch(ctx context.Context, client *azure.Client, id string) (subject, error) {
	accounts, at, err := azure.Open(id, azure.BatchAccountType, client.BatchAccounts)
	if err != nil {
		return subject{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return subject{}, err
	}
	found := subject{Account: protection.OfBatch(id, wire.Account)}
	if storage := azure.Deref(azure.Deref(wire.Properties).AutoStorage); storage.StorageAccountID != nil {
		found.storage = []attached{{
			id: *storage.StorageAccountID, primary: true,
			byKeys: azure.Deref(storage.AuthenticationMode) !=
				armbatch.AutoStorageAuthenticationModeBatchAccountManagedIdentity,
		}}
	}
	return found, nil
}

// readNothing leaves a storage account to be read as its own only one.
func readNothing(_ context.Context, _ *azure.Client, id string) (subject, error) {
	return subject{storage: []attached{{id: id, alone: true}}}, nil
}
