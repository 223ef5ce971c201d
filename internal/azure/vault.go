// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
)

// VaultID finds the resource ID of the vault at the URI in the client's subscription. It is empty
// where no vault there has the address, or none that the caller may see.
func (c *Client) VaultID(ctx context.Context, vaultURI string) (string, error) {
	address, err := url.Parse(vaultURI)
	if err != nil {
		return "", fmt.Errorf("finding the vault at %q: %w", vaultURI, err)
	}
	if name, ours := strings.CutSuffix(address.Hostname(), "."+c.cloud.KeyVaultSuffix); ours {
		return c.vaultNamed(ctx, name)
	}
	return c.vaultAnswering(ctx, vaultURI)
}

// vaultNamed finds a vault by its name, which is unique in all of Azure.
func (c *Client) vaultNamed(ctx context.Context, name string) (string, error) {
	resources, err := c.Resources(c.SubscriptionID())
	if err != nil {
		return "", err
	}
	pages := resources.NewListPager(&armresources.ClientListOptions{
		Filter: to.Ptr(fmt.Sprintf("resourceType eq '%s' and name eq '%s'", VaultType, name)),
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

// vaultAnswering finds a vault by its address, where that does not tell its name.
func (c *Client) vaultAnswering(ctx context.Context, vaultURI string) (string, error) {
	vaults, err := c.Vaults(c.SubscriptionID())
	if err != nil {
		return "", err
	}
	pages := vaults.NewListBySubscriptionPager(nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, found := range page.Value {
			if strings.EqualFold(strings.TrimSuffix(Deref(Deref(found.Properties).VaultURI), "/"),
				strings.TrimSuffix(vaultURI, "/")) {
				return Deref(found.ID), nil
			}
		}
	}
	return "", nil
}
