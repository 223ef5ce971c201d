// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
)

// Find returns the ID of the resource of a type that has the name in a subscription. It is empty
// where there is none, or none that the caller may see.
func (c *Client) Find(ctx context.Context, subscriptionID, resourceType, name string) (string, error) {
	resources, err := c.Resources(subscriptionID)
	if err != nil {
		return "", err
	}
	pages := resources.NewListPager(&armresources.ClientListOptions{
		Filter: to.Ptr(fmt.Sprintf("resourceType eq '%s' and name eq '%s'", resourceType, name)),
	})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, found := range page.Value {
			return Deref(found.ID), nil
		}
	}
	return "", nil
}

// FindVault returns the ID of a vault in a subscription, by its name or, where the name is unknown, by
// its address. The ID is empty where there is no such vault, or none that the caller may see.
func (c *Client) FindVault(ctx context.Context, subscriptionID, name, vaultURI string) (string, error) {
	vaults, err := c.VaultsIn(ctx, subscriptionID)
	if name != "" && IsForbidden(err) { // Who may not list vaults may still see one.
		return c.Find(ctx, subscriptionID, VaultType, name)
	}
	for _, vault := range vaults {
		if name != "" && strings.EqualFold(vault.Name, name) || name == "" && isSameAddress(vault.URI, vaultURI) {
			return vault.ID, nil
		}
	}
	return "", err
}

// Vault is a vault as far as it takes to find it.
type Vault struct{ ID, Name, URI string }

// VaultsIn returns the vaults of a subscription. Each brings all its access policies along, so that reads which
// share their answers share what was found in them, too.
func (c *Client) VaultsIn(ctx context.Context, subscriptionID string) ([]Vault, error) {
	return Remembered[[]Vault](ctx, c).Get(ctx, subscriptionID, func() (found []Vault, err error) {
		vaults, err := c.Vaults(subscriptionID)
		if err != nil {
			return nil, err
		}
		err = EachPage(ctx, vaults.NewListBySubscriptionPager(nil),
			func(page armkeyvault.VaultsClientListBySubscriptionResponse) {
				for _, vault := range page.Value {
					found = append(found, Vault{
						Deref(vault.ID), Deref(vault.Name), Deref(Deref(vault.Properties).VaultURI),
					})
				}
			})
		return found, err
	})
}

func isSameAddress(one, other string) bool {
	return strings.EqualFold(strings.TrimSuffix(one, "/"), strings.TrimSuffix(other, "/"))
}
