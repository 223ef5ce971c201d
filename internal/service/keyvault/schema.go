// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

// Key Vault's own limits for the days that a deleted vault is kept.
const (
	shortestRetention = 7
	longestRetention  = 90
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A key vault whose keys can protect an account: it has purge protection, " +
			"and soft delete, which Azure always switches on. A deleted vault stays recoverable; " +
			"creating it again recovers it, with its keys.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the vault, unique in all of Azure.",
				attribute.ValidName(naming.KeyVault())),
			"resource_group_name": attribute.ResourceGroupName(),
			"location":            attribute.Location(),
			"sku_name": schema.StringAttribute{
				MarkdownDescription: "`standard`, or `premium`, which supports keys in hardware. " +
					"Default: `standard`.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString("standard"),
				Validators: []validator.String{attribute.OneOf("standard", "premium")},
			},
			"purge_protection_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether nobody can purge a deleted vault or key before its " +
					"retention ends. A key can only protect an account if this is on (rule CMK007); " +
					"it can never be switched off. Default: `true`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"soft_delete_retention_days": schema.Int64Attribute{
				CustomType: attribute.WholeNumberType{},
				MarkdownDescription: "How many days a deleted vault or key is kept. It cannot be " +
					"changed later. Default: `90`.",
				Optional: true,
				Computed: true,
				Default:  int64default.StaticInt64(longestRetention),
				Validators: []validator.Int64{
					attribute.Between(shortestRetention, longestRetention),
				},
			},
			"rbac_authorization_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether roles grant access to the keys, instead of the vault's " +
					"access policies. The provider always sends it, because Azure's own default changed " +
					"with the API version 2026-02-01. Before the vault switches, the same apply gives the " +
					"identity of every account that reads a key of it access in the new way (rule CMK018). " +
					"Azure may take some minutes to act by a new role, which nothing shows before the switch: " +
					"where an account must not wait, assign the role Key Vault Crypto Service Encryption User " +
					"to its identity some time before. Default: `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"caller_key_access_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether to grant the identity that runs Terraform access to " +
					"manage the vault's keys: an access policy, or the role Key Vault Crypto Officer " +
					"on the vault. If `false`, access granted elsewhere is left alone. " +
					"Default: `true`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"caller_secret_access_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether to grant the identity that runs Terraform access to " +
					"manage the vault's secrets, as the `secrets` of an `azuremedia_storage_key_rotation` need: an access " +
					"policy, or the role Key Vault Secrets Officer on the vault. If `false`, access granted elsewhere is " +
					"left alone. Default: `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"public_network_access_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the vault is reachable from the internet. " +
					"Default: `true`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"network_acls": networkACLs(),
			"tags":         attribute.Tags(),
			"id":           attribute.ID(),
			"vault_uri":    attribute.Computed("The address of the vault's keys."),
			"tenant_id":    attribute.Computed("The tenant whose identities can be granted access."),
		},
	}
}

func networkACLs() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The vault's firewall. If omitted, it is not managed here. The virtual " +
			"networks that it allows are never managed here.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"default_action": schema.StringAttribute{
				MarkdownDescription: "What happens to requests that no rule allows: `Allow` or " +
					"`Deny`.",
				Required:   true,
				Validators: []validator.String{attribute.OneOf("Allow", "Deny")},
			},
			"bypass": schema.StringAttribute{
				MarkdownDescription: "Who bypasses the firewall: the services that Microsoft trusts " +
					"(`AzureServices`), or nobody (`None`). Default: `AzureServices`.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString("AzureServices"),
				Validators: []validator.String{attribute.OneOf("AzureServices", "None")},
			},
			"ip_rules": attribute.IPRanges("The IPv4 addresses that are allowed, as addresses or " +
				"CIDR blocks. If omitted, there are none."),
		},
	}
}
