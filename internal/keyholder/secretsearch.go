// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Secrets are the secrets in some vaults that hold storage keys.
type Secrets struct {
	found []Dependent
	// Unlisted names what could not be listed, such as "secrets in the vault contoso-kv (Forbidden)".
	Unlisted []string
}

// SearchSecrets finds the secrets whose newest version is enabled and tells by its tags that it holds a key of
// a storage account, in the vaults of the subscriptions of the client and of the others: a list for each
// subscription, and one for each vault, which all searches of a plan share. It reads no value.
func SearchSecrets(ctx context.Context, client *azure.Client, others ...string) (Secrets, error) {
	var all Secrets
	var vaults []azure.Vault
	for _, subscription := range azure.Distinct(append(client.Subscriptions(), others...)) {
		listed, err := client.VaultsIn(ctx, subscription)
		switch {
		case azure.IsHidden(err):
			all.Unlisted = append(all.Unlisted, fmt.Sprintf("vaults in the subscription %s (%s)", subscription,
				azure.ReasonOf(err)))
		case err != nil:
			return all, fmt.Errorf("listing the vaults in the subscription %s: %w", subscription, err)
		}
		vaults = append(vaults, listed...)
	}
	listed := make([]secretList, len(vaults))
	memory := azure.Remembered[secretList](ctx, client)
	var g azure.Group
	g.SetLimit(azure.ConcurrentReads)
	for i, vault := range vaults {
		g.Go(func() (err error) {
			listed[i], err = memory.Get(ctx, vault.URI, func() (secretList, error) {
				found, err := secretsIn(ctx, client, vault)
				if err != nil { // A vault that does not answer hides its secrets alone.
					return secretList{found, azure.ReasonOf(err)}, nil
				}
				return secretList{found: found}, nil
			})
			return err
		})
	}
	err := g.Wait()
	for i, one := range listed {
		all.found = append(all.found, one.found...)
		if one.hidden != "" {
			all.Unlisted = append(all.Unlisted, fmt.Sprintf("secrets in the vault %s (%s)", vaults[i].Name, one.hidden))
		}
	}
	return all, err
}

// secretList is what the list of a vault's secrets shows, and why it does not show all of them.
type secretList struct {
	found  []Dependent
	hidden string
}

// secretsIn returns the secrets of a vault that hold storage keys.
func secretsIn(ctx context.Context, client *azure.Client, vault azure.Vault) (found []Dependent, err error) {
	secrets, err := client.Secrets(vault.URI)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, secrets.NewListSecretPropertiesPager(nil),
		func(page azsecrets.ListSecretPropertiesResponse) {
			for _, one := range page.Value {
				account := azure.Deref(azure.Deref(one).Tags[TagAccount])
				if _, err := azure.ParseID(account, azure.StorageAccountType); err != nil ||
					!azure.Deref(azure.Deref(one.Attributes).Enabled) {
					continue
				}
				secret := secretKind{client, Secret{
					VaultURI: strings.TrimSuffix(vault.URI, "/") + "/", Name: one.ID.Name(), AsFound: true,
				}}
				found = append(found, Dependent{
					ID: secret.ID(), Kind: secret, StorageAccountID: account, Attached: true, UsesKeys: true,
					Copy: secret.copied([]secretVersion{versionOf(*one)}, account),
				})
			}
		})
	return found, err
}

// On returns the secrets that hold a key of a storage account.
func (s Secrets) On(storageAccountID string) (found []Dependent) {
	for _, one := range s.found {
		if azure.SameID(one.StorageAccountID, storageAccountID) {
			found = append(found, one)
		}
	}
	return found
}

// In returns the secrets in the vault with the address.
func (s Secrets) In(vaultURI string) (found []Dependent) {
	for _, one := range s.found {
		if strings.HasPrefix(strings.ToLower(one.ID), strings.ToLower(strings.TrimSuffix(vaultURI, "/")+"/")) {
			found = append(found, one)
		}
	}
	return found
}
