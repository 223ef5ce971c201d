// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// DeletedVault is a deleted vault, which keeps its name until it is purged. Creating it again where it was
// recovers it, with its keys and access policies and without the role assignments (Key Vault, Soft-delete
// overview).
type DeletedVault struct {
	ID              string
	Name            string
	Location        string
	DeletedAt       time.Time
	PurgedAt        time.Time
	PurgeProtection bool
}

// DeletedVaultNamed returns the deleted vault of a subscription that keeps a name. It reports false if there
// is none, or none that the caller may see. All who ask share one list, until the run changes something.
func DeletedVaultNamed(ctx context.Context, client *azure.Client, subscriptionID, name string,
) (DeletedVault, bool, error) {
	deleted, err := azure.SharedUntilChange[[]DeletedVault](client).Get(ctx, subscriptionID,
		func() ([]DeletedVault, error) { return deletedVaults(ctx, client, subscriptionID) })
	if err != nil {
		return DeletedVault{}, false, unless(azure.IsHidden(err), err)
	}
	for _, vault := range deleted {
		if strings.EqualFold(vault.Name, name) {
			return vault, true, nil
		}
	}
	return DeletedVault{}, false, nil
}

// DeletedVaultAt returns the deleted vault that has a resource ID.
func DeletedVaultAt(ctx context.Context, client *azure.Client, vaultID string) (DeletedVault, bool, error) {
	vault, found, err := DeletedVaultNamed(ctx, client, azure.SubscriptionOf(vaultID), azure.NameOf(vaultID))
	return vault, found && azure.SameID(vault.ID, vaultID), err
}

func deletedVaults(ctx context.Context, client *azure.Client, subscriptionID string,
) (found []DeletedVault, err error) {
	vaults, err := client.Vaults(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, vaults.NewListDeletedPager(nil), func(page armkeyvault.VaultsClientListDeletedResponse) {
		for _, wire := range page.Value {
			properties := azure.Deref(azure.Deref(wire).Properties)
			found = append(found, DeletedVault{
				ID:              azure.Deref(properties.VaultID),
				Name:            azure.Deref(wire.Name),
				Location:        azure.Deref(properties.Location),
				DeletedAt:       azure.Deref(properties.DeletionDate),
				PurgedAt:        azure.Deref(properties.ScheduledPurgeDate),
				PurgeProtection: azure.Deref(properties.PurgeProtectionEnabled),
			})
		}
	})
	return found, err
}
