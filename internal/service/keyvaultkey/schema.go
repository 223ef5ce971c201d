// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An RSA key in a vault that can protect an account. Changing " +
			"`rotate_when_changed`, the type or the size adds a new version in place, as Key Vault " +
			"does by itself under a rotation policy; accounts that follow the key move on to it. A " +
			"deleted key stays recoverable; creating it again recovers it, with all its versions. " +
			"Terraform does not delete a key that an account still uses, and warns of a plan that " +
			"would disable or replace one (rules CMK004, CMK014). The key never leaves the vault: " +
			"the provider neither exports nor releases it.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the key.",
				attribute.ValidName(naming.KeyVaultKey())),
			"key_vault_id": vaultID(),
			"key_type": schema.StringAttribute{
				MarkdownDescription: "`RSA`, or `RSA-HSM`, which needs a premium vault: no other " +
					"keys can protect an account (rule CMK002). Changing it adds a new version. " +
					"Default: `RSA`.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString("RSA"),
				Validators: []validator.String{attribute.OneOf(customerkey.KeyTypes()...).Under(customerkey.Rule(customerkey.CMK002))},
			},
			"key_size": schema.Int64Attribute{
				CustomType: attribute.WholeNumberType{},
				MarkdownDescription: "2048, 3072 or 4096 bits (rule CMK003). Changing it adds a " +
					"new version. Default: `2048`.",
				Optional:   true,
				Computed:   true,
				Default:    int64default.StaticInt64(defaultSize),
				Validators: []validator.Int64{attribute.OneNumberOf(keySizes()...).Under(customerkey.Rule(customerkey.CMK003))},
			},
			"key_opts": schema.SetAttribute{
				MarkdownDescription: "The operations that the key allows. Protecting an account needs " +
					"`wrapKey` and `unwrapKey` (rule CMK004), which is the default.",
				ElementType: types.StringType,
				Optional:    true,
				Computed:    true,
				Default: setdefault.StaticValue(types.SetValueMust(types.StringType, []attr.Value{
					types.StringValue("wrapKey"), types.StringValue("unwrapKey"),
				})),
				Validators: []validator.Set{
					attribute.NotEmpty(),
					setvalidator.ValueStringsAre(attribute.OneOf(
						"decrypt", "encrypt", "sign", "unwrapKey", "verify", "wrapKey")),
				},
			},
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether the newest version can be used. Default: `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"not_before_date": date("From when the newest version can be used, to the second. " +
				"If omitted, it is not managed here: Key Vault cannot remove it again."),
			"expiration_date": date("Until when the newest version can be used, to the second. " +
				"If omitted, it is not managed here: Key Vault cannot remove it again. A version that Key Vault " +
				"adds by a rotation policy has the expiry of the policy instead, so that the two exclude each " +
				"other (rule CMK019)."),
			"rotation_policy": rotationPolicy(),
			"rotate_when_changed": attribute.RotateWhenChanged("Changing any value adds a new version " +
				"(like `keepers` or `triggers`). The version has a tag, `" + rotationTag + "`, so that an " +
				"interrupted apply adds it only once."),
			"tags": keyTags(),
			"id": attribute.Computed("The identifier of the key without a version. An account " +
				"that uses it follows the newest version."),
			"versionless_id": attribute.Computed("The same as `id`, by azurerm's name."),
			"versioned_id": attribute.Computed("The identifier of the newest version. An account " +
				"that uses it stays on that version."),
			"version": attribute.Computed("The newest version."),
			"resource_versionless_id": attribute.Computed(
				"The resource ID of the key, as the scope of a role assignment."),
			"vault_uri": attribute.Computed("The address of the vault."),
		},
	}
}

const defaultSize = 2048

func keySizes() []int64 {
	var sizes []int64
	for _, size := range customerkey.KeySizes() {
		sizes = append(sizes, int64(size))
	}
	return sizes
}

func vaultID() schema.StringAttribute {
	id := attribute.ReferenceID("The ID of the vault. Changing it replaces the key.", azure.VaultType)
	id.PlanModifiers = append(id.PlanModifiers, stringplanmodifier.RequiresReplace())
	return id
}

func date(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          attribute.MomentType{},
		Optional:            true,
		PlanModifiers:       []planmodifier.String{sameInstant{}},
	}
}

// keyTags returns tags within Key Vault's limit of fifteen, one of which is the rotation's.
func keyTags() schema.MapAttribute {
	tags := attribute.Tags()
	tags.MarkdownDescription = "Tags of the newest version. Only the tags set here are managed; a " +
		"new version keeps the others. A tag that is null is not set."
	tags.Validators = attribute.ValidTags(14, 256, attribute.NoneOf("The provider keeps its own record in this tag", rotationTag))
	return tags
}

// The least times of a rotation policy (Configure key auto-rotation in Azure Key Vault).
const (
	leastExpiry   = 28
	leastRotation = 7
)

func rotationPolicy() schema.SingleNestedAttribute {
	expiry := func(parents int) validator.String {
		at := path.MatchRelative().AtParent()
		for range parents {
			at = at.AtParent()
		}
		return attribute.Needs("expire_after", at.AtName("expire_after"))
	}
	notice := length("How long before a version expires an event is sent. Default: `"+usualNotice+
		"`, which is Key Vault's own.", 1, expiry(0))
	notice.Computed, notice.Default = true, stringdefault.StaticString(usualNotice)
	return schema.SingleNestedAttribute{
		MarkdownDescription: "When Key Vault adds a new version by itself, and when it announces " +
			"that one is about to expire. If omitted, it is not managed here.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"expire_after": length("How long a new version can be used, such as `P1Y`: `P28D` or "+
				"longer.", leastExpiry),
			"notify_before_expiry": notice,
			"automatic": schema.SingleNestedAttribute{
				MarkdownDescription: "When Key Vault adds a new version: one of the two, 7 days or more after the " +
					"last and 7 days or more before it expires (rule CMK020).",
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"time_after_creation": length("How long after the newest was added: `P7D` or "+
						"longer.", leastRotation, attribute.OneOfTwo(
						"time_after_creation", "time_before_expiry",
						path.MatchRelative().AtParent().AtName("time_before_expiry"))),
					"time_before_expiry": length("How long before the newest expires: `P7D` or "+
						"longer.", leastRotation, expiry(1)),
				},
			},
		},
	}
}

// length returns a duration of a number of days or more.
func length(description string, days int, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Validators:          append(validators, atLeast{days}),
	}
}
