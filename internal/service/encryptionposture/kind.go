// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// kind is a kind of account that keeps its content in storage accounts. One more kind is one more
// row of [kinds], and a function that reads one of its accounts in one call.
type kind struct {
	resourceType string
	read         func(ctx context.Context, client *azure.Client, id string) (account, error)
}

func kinds() []kind {
	return []kind{
		{azure.MediaAccountType, readMediaServices},
		{azure.VideoAnalyzerType, readVideoAnalyzer},
	}
}

// isOfAKind accepts the IDs of accounts of these kinds.
func isOfAKind() []validator.String {
	var resourceTypes []string
	for _, kind := range kinds() {
		resourceTypes = append(resourceTypes, kind.resourceType)
	}
	return []validator.String{attribute.IDOf(resourceTypes...)}
}

// account is an account with what it says about the storage accounts beneath it.
type account struct {
	protection.Account
	storage []attached
}

// attached is a storage account as the account above it names it.
type attached struct {
	id      string
	primary bool
	// byKeys says that the account reaches it with its access keys, and not by managed identity.
	byKeys bool
}

func readMediaServices(ctx context.Context, client *azure.Client, id string) (account, error) {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, client.MediaAccounts)
	if err != nil {
		return account{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return account{}, err
	}
	found := account{Account: protection.OfMediaServices(id, wire)}
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

// readVideoAnalyzer reads a Video Analyzer account. Its storage accounts have no types, and the first
// one is the only one; each of them says by itself how it is reached.
func readVideoAnalyzer(ctx context.Context, client *azure.Client, id string) (account, error) {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, client.VideoAnalyzers)
	if err != nil {
		return account{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return account{}, err
	}
	found := account{Account: protection.OfVideoAnalyzer(id, wire)}
	for i, one := range azure.Deref(wire.Properties).StorageAccounts {
		found.storage = append(found.storage, attached{
			id: azure.Deref(one.ID), primary: i == 0,
			byKeys: azure.Deref(azure.Deref(one.Identity).UserAssignedIdentity) == "",
		})
	}
	return found, nil
}
