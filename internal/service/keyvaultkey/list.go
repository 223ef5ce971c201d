// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"cmp"
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

type filters struct {
	base.Scope
	KeyVaultID    attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	OlderThan     types.String              `tfsdk:"older_than"`
	ExpiresWithin types.String              `tfsdk:"expires_within"`
	InUse         types.Bool                `tfsdk:"in_use"`

	// hidden are the names of the vaults whose keys could not be listed, and why the last of them could not.
	hidden []string `tfsdk:"-"`
	why    string   `tfsdk:"-"`
}

// NewListResource returns the list of keys.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource: NewResource,
		Description: "Lists the keys of the key vaults of a subscription, or of one vault. It leaves out the keys of " +
			"certificates, which Key Vault manages itself. A vault whose keys the login may not list is a warning. " +
			"Terraform imports a key with a provider block that has the vault's subscription.",
		Filters: map[string]schema.Attribute{
			"key_vault_id":   attribute.FilterID("Lists only the keys of this vault.", azure.VaultType),
			"older_than":     attribute.FilterAge("Lists only keys whose newest version was made longer ago."),
			"expires_within": attribute.FilterAge("Lists only keys whose newest version expires by then or has expired."),
			"in_use":         attribute.FilterFlag("Whether an account uses the key as its customer-managed key."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	vaults, err := client.Vaults(filters.Subscription(client))
	if err != nil {
		return err
	}
	users, err := protection.Searched(ctx, client, found.Hidden, !filters.InUse.IsNull())
	if err != nil {
		return err
	}
	var failed error
	err = azure.Each(ctx, vaults.NewListBySubscriptionPager(nil),
		func(page armkeyvault.VaultsClientListBySubscriptionResponse) []*armkeyvault.Vault { return page.Value },
		func(vault *armkeyvault.Vault) bool {
			id := azure.Deref(vault.ID)
			if !filters.Has(client, id) ||
				!filters.KeyVaultID.IsNull() && !azure.SameID(id, filters.KeyVaultID.ValueString()) {
				return true
			}
			var goOn bool
			goOn, failed = filters.keysOf(ctx, client, *vault, users, found)
			return goOn && failed == nil
		})
	if len(filters.hidden) > 0 {
		found.Hidden("the keys of the vaults "+strings.Join(filters.hidden, ", "), filters.why)
	}
	return cmp.Or(failed, err)
}

// keysOf adds the keys of a vault. It reports false when no more are wanted.
func (f *filters) keysOf(ctx context.Context, client *azure.Client, vault armkeyvault.Vault,
	users protection.Survey, found *base.Finds,
) (goOn bool, err error) {
	address := azure.Deref(azure.Deref(vault.Properties).VaultURI)
	keys, err := client.Keys(address)
	if err != nil {
		return false, err
	}
	goOn = true
	err = azure.Each(ctx, keys.NewListKeyPropertiesPager(nil),
		func(page azkeys.ListKeyPropertiesResponse) []*azkeys.KeyProperties { return page.Value },
		func(key *azkeys.KeyProperties) bool {
			id, err := protection.ParseKeyID(client, string(azure.Deref(key.KID)))
			if err == nil && !azure.Deref(key.Managed) && f.pass(client, id, azure.Deref(key.Attributes), users) {
				goOn = found.Add(id.Versionless().String(), id.VaultName+"/"+id.Name)
			}
			return goOn
		})
	if azure.IsVaultDenied(err) || azure.IsForbidden(err) || azure.IsUnreachable(err) {
		cause, _ := diagnostic.Explain(azure.Deref(vault.ID), err)
		f.hidden = append(f.hidden, azure.Deref(vault.Name))
		f.why = strings.TrimSuffix(cause, ".")
		return goOn, nil
	}
	return goOn, err
}

// pass reports whether the filters let a key pass, by what the list shows of its newest version.
func (f *filters) pass(client *azure.Client, id customerkey.KeyID, newest azkeys.KeyAttributes,
	users protection.Survey,
) bool {
	now := client.TimeOf(id.VaultURI)
	if age, ok := attribute.DurationOf(f.OlderThan); ok && (newest.Created == nil || newest.Created.After(now.Add(-age))) {
		return false
	}
	if left, ok := attribute.DurationOf(f.ExpiresWithin); ok &&
		(newest.Expires == nil || newest.Expires.After(now.Add(left))) {
		return false
	}
	return attribute.Passes(f.InUse, len(users.ByKey(id)) > 0)
}
