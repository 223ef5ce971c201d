// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyedaccount"
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
	}
}

// isOfAKind accepts the IDs of accounts of these kinds.
func isOfAKind() []validator.String {
	var accepted []validator.String
	for _, kind := range kinds() {
		accepted = append(accepted, attribute.IDOf(kind.resourceType))
	}
	return accepted
}

// account is an account with what it says about the storage accounts beneath it.
type account struct {
	keyedaccount.Account
	storage []attached
	// byKeys says that it reaches them with their access keys, and not by managed identity.
	byKeys bool
}

// attached is a storage account as the account above it names it.
type attached struct {
	id      string
	primary bool
}

func readMediaServices(ctx context.Context, client *azure.Client, id string) (account, error) {
	at, err := azure.ParseID(id, azure.MediaAccountType)
	if err != nil {
		return account{}, err
	}
	accounts, err := client.MediaAccounts(at.SubscriptionID)
	if err != nil {
		return account{}, err
	}
	wire, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return account{}, err
	}
	properties := azure.Deref(wire.Properties)
	return account{
		Account: keyedaccount.OfMediaServices(id, wire),
		storage: attachedTo(properties.StorageAccounts),
		byKeys:  azure.Deref(properties.StorageAuthentication) != media.StorageByManagedIdentity,
	}, nil
}

func attachedTo(wire []*media.StorageAccount) []attached {
	var storage []attached
	for _, one := range wire {
		storage = append(storage, attached{
			id: azure.Deref(one.ID), primary: azure.Deref(one.Type) == media.Primary,
		})
	}
	return storage
}
