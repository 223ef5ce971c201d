// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

type filters struct {
	base.Scope
	RequiredTags    types.Map  `tfsdk:"required_tags"`
	PurgeProtection types.Bool `tfsdk:"purge_protection_enabled"`
	InUse           types.Bool `tfsdk:"in_use"`
}

// NewListResource returns the list of vaults.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource:    NewResource,
		Description: "Lists the key vaults of a subscription.",
		Filters: map[string]schema.Attribute{
			"required_tags": attribute.FilterTags(),
			"purge_protection_enabled": attribute.FilterFlag("Whether nobody can purge a deleted vault or key before " +
				"its retention ends, which a customer-managed key needs (rule CMK007)."),
			"in_use": attribute.FilterFlag("Whether an account reads its customer-managed key from the vault. A vault " +
				"from which none does may have other uses."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	vaults, err := client.Vaults(filters.Subscription(client))
	if err != nil {
		return err
	}
	readers, err := protection.Searched(ctx, client, found.Hidden, !filters.InUse.IsNull())
	if err != nil {
		return err
	}
	return azure.Each(ctx, vaults.NewListBySubscriptionPager(nil),
		func(page armkeyvault.VaultsClientListBySubscriptionResponse) []*armkeyvault.Vault { return page.Value },
		func(vault *armkeyvault.Vault) bool {
			id, properties := azure.Deref(vault.ID), azure.Deref(vault.Properties)
			return !filters.Has(client, id) || !attribute.HasTags(vault.Tags, filters.RequiredTags) ||
				!attribute.Passes(filters.PurgeProtection, azure.Deref(properties.EnablePurgeProtection)) ||
				!attribute.Passes(filters.InUse, len(readers.ByVault(azure.Deref(properties.VaultURI))) > 0) ||
				found.Add(id, azure.Deref(vault.Name))
		})
}
