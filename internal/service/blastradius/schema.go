// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads who would lose what without a key, a vault, a grant, an identity or a storage " +
			"account: each account that depends on it, what happens to the account, and what undoes that.\n\n" +
			"Read-only: reports accounts instead of failing. Use `accounts` in a `check` block, which warns, or in a " +
			"postcondition, which fails the plan. It lists the accounts of each kind once in each subscription, " +
			"however many there are, and shows what they are configured with: whether an account can access its key " +
			"at the moment, [azuremedia_encryption_posture](encryption_posture.md) tells.",
		Attributes: map[string]schema.Attribute{
			"resource_id": schema.StringAttribute{
				MarkdownDescription: "The ID of what the accounts would be without: the identifier of a Key Vault key, " +
					"versionless for the key or with a version for this version alone, or the ID of a vault, an " +
					"`azuremedia_customer_key_grant`, a user-assigned identity or a storage account.",
				Required:   true,
				Validators: []validator.String{isSubject{}},
			},
			"subscription_ids": schema.SetAttribute{
				MarkdownDescription: "More subscriptions whose accounts are listed. Those of the provider block and of the " +
					"resource are listed in any case.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{setvalidator.ValueStringsAre(attribute.GUID("a subscription", "`az account list --output table` lists them"))},
			},
			"id": attribute.ShownText("The same as `resource_id`."),
			"kind": attribute.ShownText("The kind of the resource: `key`, `key version`, `vault`, `grant`, `identity` or " +
				"`storage account`."),
			"name": attribute.ShownText("The name of the resource. A key version's is `KEY/VERSION`."),
			"accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The accounts that depend on the resource. A storage account that is attached to " +
					"an account twice is there twice. Without a storage account, or without a vault, the Key Vault secrets " +
					"are among them that hold a storage key and tell so by their tags, as the `secrets` of an " +
					"`azuremedia_storage_key_rotation` do.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":              attribute.ShownText("The ID of the account."),
					"name":            attribute.ShownText("The name of the account."),
					"kind":            attribute.ShownText("The kind of the account, such as `Batch account`."),
					"subscription_id": attribute.ShownText("The subscription of the account."),
					"depends_by": attribute.ShownText("How the account depends on the resource: by its customer's key, which is the `key`, " +
						"in the `key version`, in the `vault` or read by the `grant` or the `identity`; or on a storage " +
						"account by its `access keys`, by `managed identity` or, as a Key Vault secret, by a `storage key`."),
					"key_vault_key_id":    attribute.ShownText("The identifier of the customer's key that the account uses. Null for a storage account."),
					"current_key_version": attribute.ShownText("The version in use. Null where the account does not report it."),
					"effect":              attribute.ShownText("What happens to the account."),
					"recoverable": attribute.ShownFlag("Whether the loss can certainly be undone: `false` where nothing " +
						"documented undoes it, and for a key or a vault without purge protection. Null where that cannot be seen."),
					"recovery": attribute.ShownText("What undoes the loss, or why nothing does."),
				}},
			},
			"unseen": schema.ListAttribute{
				MarkdownDescription: "What this login could not read, such as the list of the Batch accounts of a " +
					"subscription: accounts there may depend on the resource.",
				ElementType: types.StringType,
				Computed:    true,
			},
			"known":   attribute.ShownFlag("Whether everything could be read."),
			"summary": attribute.ShownText("The answer in one sentence."),
		},
	}
}
