// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "What the encryption of an account, and of every storage account beneath it, " +
			"amounts to: which key wraps what in which version, by which identity, whether that is within " +
			"reach and lasts, and what breaks a rule.\n\n" +
			"Nothing is refused here: `compliant` and `findings` are for a `check` block, which warns, or a " +
			"postcondition, which fails the plan. Strict is the default; what need not hold is waived by " +
			"an argument. What this login may not read is unknown, and never taken to be fine.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account. The storage accounts beneath it are those that it lists.",
				CustomType:          attribute.ResourceIDType{},
				Required:            true,
				Validators:          isOfAKind(),
			},
			"require_customer_key": waiver("Whether the account itself has to be on a customer's key (`POS001`)."),
			"require_storage_customer_key": waiver("Whether every storage account has to be on a customer's " +
				"key (`POS001`)."),
			"require_infrastructure_encryption": waiver("Whether every storage account has to have " +
				"infrastructure encryption (`POS002`)."),
			"max_key_age_days": schema.Int64Attribute{
				MarkdownDescription: "How many days old the access keys of a storage account may be " +
					"(`POS007`), if it accepts them at all. Default: what its key expiration policy says; " +
					"without one any age is accepted, and noted.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account.",
				CustomType:          attribute.ResourceIDType{},
				Computed:            true,
			},
			"compliant": flag("Whether no finding is an error. What is unknown is an error."),
			"known":     flag("Whether everything could be read."),
			"summary":   text("All of it in a sentence."),
			"observed_at": date("The time by Azure's clock at which everything was read, and from which ages " +
				"are counted."),
			"account": schema.SingleNestedAttribute{
				MarkdownDescription: "The account itself.",
				Computed:            true,
				Attributes: layer(map[string]schema.Attribute{
					"kind":   text("The kind of the account, such as `Media Services account`."),
					"status": text("What Azure says about the account's access to the key. Empty as long as all is well."),
					"second_layer": text("The second layer of encryption at rest: `Automatic`, for it comes with " +
						"every account and cannot be configured."),
				}),
			},
			"storage_accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The storage accounts beneath the account, the primary one first. Of one " +
					"that could not be read little more than `id`, `known`, `unseen` and `summary` is there.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: layer(map[string]schema.Attribute{
					"is_primary": flag("Whether it is the account's primary storage account."),
					"storage_authentication_type": text("How the account reaches it: `System`, with a copy of its access " +
						"keys, or `ManagedIdentity`."),
					"key_rotated_at": date("When the storage account moved to the version that it runs on."),
					"infrastructure_encryption_enabled": flag("Whether it has infrastructure encryption, which is " +
						"its second layer."),
					"shared_access_key_enabled": flag("Whether it accepts requests that are signed with its access keys."),
					"key_expiration_period_in_days": days("How many days old its access keys may be, by its key " +
						"expiration policy. Empty without one."),
					"key1_created_at":  date("When key1 was made. Empty where Azure does not tell."),
					"key2_created_at":  date("When key2 was made. Empty where Azure does not tell."),
					"key1_age_in_days": days("The age of key1 in whole days."),
					"key2_age_in_days": days("The age of key2 in whole days."),
				})},
			},
			"findings": schema.ListNestedAttribute{
				MarkdownDescription: "The rules that are broken: errors first, then warnings, then notes. " +
					"[The guide to the rules](../guides/rules.md#what-a-posture-checks) has all of them, and " +
					"how much each weighs.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"rule":       text("The ID of the rule, such as `POS001`."),
					"title":      text("The rule in a few words."),
					"severity":   text("`error`, which does not comply; `warning`, which a person should decide about; or `info`."),
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

// layer is who wraps what, and what else there is to say about one account.
func layer(more map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"id":    text("The ID."),
		"known": flag("Whether everything about it could be read."),
		"unseen": schema.ListAttribute{
			MarkdownDescription: "What could not be read.",
			ElementType:         types.StringType,
			Computed:            true,
		},
		"type":                   text("Whose key wraps its own: `SystemKey` or `CustomerKey`."),
		"key_vault_key_id":       text("The identifier of the customer's key, as it was given."),
		"current_key_id":         text("The identifier of the key in the version that is in use."),
		"current_key_version":    text("The version that is in use."),
		"newest_key_version":     text("The newest version of the key in the vault."),
		"follows_latest_version": flag("Whether the newest version is followed, and none pinned."),
		"outdated": flag("Whether another version than the newest is in use: it is pinned, or the service " +
			"has not moved on yet."),
		"expiration_date": date("When the version in use expires. Empty if it never does."),
		"identity_type": text("With what identity the key is read: `SystemAssigned` or " +
			"`UserAssigned`."),
		"user_assigned_identity_id": text("The ID of that identity, if it is user-assigned."),
		"identity_principal_id":     text("The object ID of that identity."),
		"key_vault_id":              text("The ID of the vault. Empty if this login does not see it."),
		"reachable":                 flag("Whether the key is within reach. Empty where that cannot be told."),
		"causes": schema.ListNestedAttribute{
			MarkdownDescription: "Why the key is out of reach. The first one is the cause; the others would " +
				"have to be put right as well.",
			Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"cause":    text("The cause, such as `key disabled`."),
				"sentence": text("The cause as a sentence."),
				"remedy":   text("What restores access."),
				"final":    flag("Whether no way back is documented, but for a backup of the key."),
			}},
		},
		"summary": text("What wraps its key, in a sentence."),
	}
	maps.Copy(attributes, more)
	return attributes
}

// waiver is a requirement that holds unless it is waived.
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
