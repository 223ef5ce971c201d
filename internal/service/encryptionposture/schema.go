// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads the encryption of an account and of every storage account that it " +
			"lists: which key protects each, in which version, with which identity, whether the account " +
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
				MarkdownDescription: "The maximum age in days of a storage account's access keys " +
					"(`POS007`), where it accepts them at all. Default: its key expiration policy; without " +
					"one any age is accepted, and noted.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account.",
				CustomType:          attribute.ResourceIDType{},
				Computed:            true,
			},
			"compliant":   flag("Whether no finding is an error. Anything unknown is an error."),
			"known":       flag("Whether everything could be read."),
			"summary":     text("The posture in one sentence."),
			"observed_at": date("The time by Azure's clock at which everything was read. Ages count up to it."),
			"account": schema.SingleNestedAttribute{
				MarkdownDescription: "The account itself.",
				Computed:            true,
				Attributes: layer(map[string]schema.Attribute{
					"kind":   text("The kind of the account, such as `Media Services account`."),
					"status": text("The account's access to the key as Azure reports it. Null while it has access."),
					"second_layer": text("The second layer of encryption at rest: `Automatic`, because every " +
						"account has it and nobody can configure it."),
				}),
			},
			"storage_accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The storage accounts that the account lists, the primary one first. One " +
					"that could not be read has little more than `id`, `known`, `unseen` and `summary`.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: layer(map[string]schema.Attribute{
					"is_primary": flag("Whether it is the account's primary storage account."),
					"storage_authentication_type": text("How the account reaches it: `System`, with a copy of its access " +
						"keys, or `ManagedIdentity`."),
					"key_rotated_at": date("When the storage account moved to the key version in use."),
					"infrastructure_encryption_enabled": flag("Whether it has infrastructure encryption, its second " +
						"layer."),
					"shared_access_key_enabled": flag("Whether it accepts requests signed with its access keys."),
					"key_expiration_period_in_days": days("The maximum age in days of its access keys, by its key " +
						"expiration policy. Null without one."),
					"key1_created_at":  date("When key1 was made. Null where Azure does not show it."),
					"key2_created_at":  date("When key2 was made. Null where Azure does not show it."),
					"key1_age_in_days": days("The age of key1 in whole days."),
					"key2_age_in_days": days("The age of key2 in whole days."),
				})},
			},
			"findings": schema.ListNestedAttribute{
				MarkdownDescription: "The broken rules: errors first, then warnings, then notes. " +
					"[The guide to the rules](../guides/rules.md#what-a-posture-checks) has all of them, and " +
					"the severity of each.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"rule":       text("The ID of the rule, such as `POS001`."),
					"title":      text("The fault in a few words."),
					"severity":   text("`error`, which does not comply; `warning`, for a person to decide; or `info`."),
					"subject_id": text("The ID of the account or the storage account that breaks it."),
					"found":      text("What was found."),
					"required":   text("What is required."),
					"why":        text("Why it is required."),
					"remedy":     text("What to do."),
				}},
			},
		},
	}
}

// layer returns the attributes of the key that protects an account, and more attributes of it.
func layer(more map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"id":    text("The ID."),
		"known": flag("Whether everything about it could be read."),
		"unseen": schema.ListAttribute{
			MarkdownDescription: "What could not be read.",
			ElementType:         types.StringType,
			Computed:            true,
		},
		"type":                   text("The key that protects it: `SystemKey` or `CustomerKey`."),
		"key_vault_key_id":       text("The identifier of the customer's key, as configured."),
		"current_key_id":         text("The identifier of the key with the version in use."),
		"current_key_version":    text("The version in use."),
		"newest_key_version":     text("The newest version of the key in the vault."),
		"follows_latest_version": flag("Whether the account follows the newest version, and none is pinned."),
		"outdated": flag("Whether the version in use is not the newest: it is pinned, or the service has " +
			"not moved to the newest yet."),
		"expiration_date":           date("When the version in use expires. Null if it never does."),
		"identity_type":             text("The type of the identity that reads the key: `SystemAssigned` or `UserAssigned`."),
		"user_assigned_identity_id": text("The ID of that identity, if it is user-assigned."),
		"identity_principal_id":     text("The object ID of that identity."),
		"key_vault_id":              text("The ID of the vault. Null if this login cannot find it."),
		"reachable":                 flag("Whether the account reaches its key. Null where that is unknown."),
		"causes": schema.ListNestedAttribute{
			MarkdownDescription: "Why the account cannot reach its key. The first is the cause; the others " +
				"must be fixed as well.",
			Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"cause":    text("The cause, such as `key disabled`."),
				"sentence": text("The cause as a sentence."),
				"remedy":   text("What restores access."),
				"final":    flag("Whether no documented way restores access, except a backup of the key."),
			}},
		},
		"summary": text("The key that protects it, in one sentence."),
	}
	maps.Copy(attributes, more)
	return attributes
}

// waiver returns a requirement that applies unless it is waived.
func waiver(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Default: `true`; with `false` it is only noted.",
		Optional:            true,
	}
}

func text(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

func flag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
}

func days(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
}

func date(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Computed: true, CustomType: timetypes.RFC3339Type{},
	}
}
