// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

type filters struct {
	base.Scope
	PrincipalID attribute.NameValue       `tfsdk:"principal_id"`
	KeyVaultID  attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	InUse       types.Bool                `tfsdk:"in_use"`
}

// NewListResource returns the list of grants.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource: NewResource,
		Description: "Lists who may use the keys of the key vaults of a subscription: by an access policy with " +
			strings.Join(customerkey.RequiredKeyPermissions(), ", ") + ", which may give more than that, or by the role `" +
			customerkey.RoleCryptoServiceEncryptionUser + "` on a vault or on a key of it.",
		Filters: map[string]schema.Attribute{
			"principal_id": schema.StringAttribute{
				MarkdownDescription: "Lists only the grants of the principal with this object ID.",
				CustomType:          attribute.NameType{},
				Optional:            true,
			},
			"key_vault_id": attribute.FilterID("Lists only the grants of this vault's keys.", azure.VaultType),
			"in_use": attribute.FilterFlag("Whether an account reads its customer-managed key by the grant. A grant by " +
				"which none does may have other uses."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	subscriptionID := filters.Subscription(client)
	vaults, err := client.Vaults(subscriptionID)
	if err != nil {
		return err
	}
	readers, err := protection.Searched(ctx, client, found.Hidden, !filters.InUse.IsNull())
	if err != nil {
		return err
	}
	var wanted []armkeyvault.Vault
	err = azure.Each(ctx, vaults.NewListBySubscriptionPager(nil),
		func(page armkeyvault.VaultsClientListBySubscriptionResponse) []*armkeyvault.Vault { return page.Value },
		func(vault *armkeyvault.Vault) bool {
			id := azure.Deref(vault.ID)
			if filters.Has(client, id) &&
				(filters.KeyVaultID.IsNull() || azure.SameID(id, filters.KeyVaultID.ValueString())) {
				wanted = append(wanted, *vault)
			}
			return true
		})
	if err != nil {
		return err
	}
	var assigned []vaultaccess.Assigned
	if slices.ContainsFunc(wanted, vaultaccess.ByRole) {
		assigned, err = vaultaccess.GrantsByRole(ctx, client, subscriptionID, filters.PrincipalID.ValueString())
		if azure.IsForbidden(err) {
			found.Hidden("the role assignments of the subscription "+subscriptionID, "the caller may not list them")
		} else if err != nil {
			return err
		}
	}
	for _, vault := range wanted {
		for _, one := range filters.grantsOf(vault, assigned) {
			reading := readers.ByGrant(azure.Deref(vault.Properties.VaultURI), one.principalID, one.keyName)
			if attribute.Passes(filters.InUse, len(reading) > 0) && !found.Add(one.id(), one.principalID+" on "+one.keys()) {
				return nil
			}
		}
	}
	return nil
}

// grantsOf returns the grants of a vault's keys that pass the filter by principal.
func (f *filters) grantsOf(vault armkeyvault.Vault, assigned []vaultaccess.Assigned) (found []grant) {
	vaultID, err := azure.CanonicalID(azure.Deref(vault.ID), azure.VaultType)
	if err != nil {
		return nil
	}
	var holders []grant
	if vaultaccess.ByRole(vault) {
		for _, one := range assigned {
			if azure.SameID(one.VaultID, vaultID) {
				holders = append(holders, grant{vaultID, one.KeyName, one.PrincipalID})
			}
		}
	} else {
		for _, principalID := range vaultaccess.Holders(vault, customerkey.RequiredKeyPermissions()) {
			holders = append(holders, grant{vaultID: vaultID, principalID: principalID})
		}
	}
	for _, one := range holders {
		if f.PrincipalID.IsNull() || strings.EqualFold(one.principalID, f.PrincipalID.ValueString()) {
			found = append(found, one)
		}
	}
	return found
}

// keys names what the grant is of.
func (g grant) keys() string {
	if g.keyName == "" {
		return azure.NameOf(g.vaultID)
	}
	return azure.NameOf(g.vaultID) + "/" + g.keyName
}
