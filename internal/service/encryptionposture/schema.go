// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the encryption of an account and of every storage account that it " +
			"lists, or of a storage account: which key protects each, in which version, with which identity, whether the account " +
			"reaches it, and which rules are broken.\n\n" +
			"Read-only: reports problems instead of failing. Use `compliant` and `findings` in a `check` " +
			"block, which warns, or in a postcondition, which fails the plan. Every requirement applies " +
			"unless an argument waives it. What this login may not read is unknown, and never counts as " +
			"compliant.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account, of any of these types: `" +
					strings.Join(ResourceTypes(), "`, `") + "`.",
				CustomType: attribute.ResourceIDType{},
				Required:   true,
				Validators: []validator.String{attribute.IDOf(ResourceTypes()...)},
			},
			"require_customer_key": waiver("Whether the account itself must use a customer's key (`POS001`)."),
			"require_storage_customer_key": waiver("Whether every storage account must use a customer's key " +
				"(`POS001`)."),
			"require_infrastructure_encryption": waiver("Whether every storage account must have " +
				"infrastructure encryption (`POS002`)."),
			"max_key_age_days": schema.Int64Attribute{
				CustomType: attribute.WholeNumberType{},
				MarkdownDescription: "The maximum age in days of a storage account's access keys " +
					"(`POS007`), where it accepts them at all. Default: its key expiration policy; without " +
					"one any age is accepted, and noted.",
				Optional:   true,
				Validators: []validator.Int64{attribute.Between(1, 36500)},
			},
			"check_secrets": schema.BoolAttribute{
				MarkdownDescription: "Whether to look for Key Vault secrets that hold a key which the storage account no longer " +
					"has (`POS014`), in the vaults of its subscription and of the provider block: a list for each vault, which " +
					"shows no value. Default: `false`.",
				Optional: true,
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account.",
				CustomType:          attribute.ResourceIDType{},
				Computed:            true,
			},
			"compliant":   attribute.ShownFlag("Whether no finding is an error. Anything unknown is an error."),
			"known":       attribute.ShownFlag("Whether everything could be read."),
			"summary":     attribute.ShownText("The posture in one sentence."),
			"observed_at": attribute.ShownDate("The time by Azure's clock at which everything was read. Ages count up to it."),
			"account": schema.SingleNestedAttribute{
				MarkdownDescription: "The account itself.",
				Computed:            true,
				Attributes: layer(map[string]schema.Attribute{
					"kind":   attribute.ShownText("The kind of the account, such as `Media Services account`."),
					"status": attribute.ShownText("The account's access to the key as Azure reports it. Null while it has access."),
					"second_layer": attribute.ShownText("The second layer of encryption at rest of a Media Services or Video " +
						"Analyzer account: `Automatic`, because every account has it and nobody can configure it. Null for other " +
						"kinds: that of a storage account is in `storage_accounts`."),
				}),
			},
			"storage_accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The storage accounts that the account lists, the primary one first. A " +
					"storage account lists itself. One that could not be read has little more than `id`, `known`, `unseen` and `summary`.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: layer(map[string]schema.Attribute{
					"is_primary": attribute.ShownFlag("Whether it is the account's primary storage account. Null for one that " +
						"lists itself."),
					"storage_authentication_type": attribute.ShownText("How the account reaches it: `System`, with a copy of its access " +
						"keys, or `ManagedIdentity`. Null for one that lists itself."),
					"key_rotated_at": attribute.ShownDate("When the storage account moved to the key version in use."),
					"infrastructure_encryption_enabled": attribute.ShownFlag("Whether it has infrastructure encryption, its second " +
						"layer."),
					"shared_access_key_enabled": attribute.ShownFlag("Whether it accepts requests signed with its access keys."),
					"key_expiration_period_in_days": days("The maximum age in days of its access keys, by its key " +
						"expiration policy. Null without one."),
					"key1_created_at":  attribute.ShownDate("When key1 was made. Null where Azure does not show it."),
					"key2_created_at":  attribute.ShownDate("When key2 was made. Null where Azure does not show it."),
					"key1_age_in_days": days("The age of key1 in whole days."),
					"key2_age_in_days": days("The age of key2 in whole days."),
				})},
			},
			"findings": schema.ListNestedAttribute{
				MarkdownDescription: "The broken rules: errors first, then warnings, then notes. " +
					"[The guide to the rules](../guides/rules.md#what-a-posture-checks) has all of them, and " +
					"the severity of each.",
				Computed:     true,
				NestedObject: schema.NestedAttributeObject{Attributes: findings()},
			},
		},
	}
}

// findings returns the attributes of a broken rule.
func findings() map[string]schema.Attribute {
	attributes := attribute.ProblemAttributes("`error`, which does not comply; `warning`, for a person to decide; or " +
		"`info`.")
	attributes["title"] = attribute.ShownText("The fault in a few words.")
	attributes["subject_id"] = attribute.ShownText("The ID of the account or the storage account that breaks it.")
	return attributes
}

// layer returns the attributes of the key that protects an account, and more attributes of it.
func layer(more map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(more, attribute.KeyInUseAttributes())
	more["id"] = attribute.ShownText("The ID.")
	more["known"] = attribute.ShownFlag("Whether everything about it could be read.")
	more["unseen"] = schema.ListAttribute{
		MarkdownDescription: "What could not be read.",
		ElementType:         types.StringType,
		Computed:            true,
	}
	more["expiration_date"] = attribute.ShownDate("When the version in use expires. Null if it never does.")
	more["identity_type"] = attribute.ShownText("The type of the identity that reads the key: `SystemAssigned` or `UserAssigned`.")
	return more
}

// waiver returns a requirement that applies unless it is waived.
func waiver(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Default: `true`; with `false` it is only noted.",
		Optional:            true,
	}
}

func days(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
}
