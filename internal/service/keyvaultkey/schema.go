// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An RSA key in a vault, fit to protect an account. A new version is " +
			"made in place, so that accounts that follow the key move on to it: by " +
			"`rotate_when_changed`, by a change of type or size, or by Key Vault itself as the " +
			"rotation policy says. Deleting the key keeps it recoverable; creating it again " +
			"recovers it, with all its versions. A key that an account still uses is not " +
			"deleted, and a plan that would disable or replace one says so (rules CMK004, " +
			"CMK014). The key never leaves the vault: there is no attribute for exporting or " +
			"releasing it, and no request asks for that.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the key.",
				attribute.ValidName(mediaaccount.KeyVaultKeyName())),
			"key_vault_id": vaultID(),
			"key_type": schema.StringAttribute{
				MarkdownDescription: "`RSA`, or `RSA-HSM`, which needs a premium vault: no other " +
					"keys can protect an account (rule CMK002). Changing it makes a new version. " +
					"Default: `RSA`.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString("RSA"),
				Validators: []validator.String{stringvalidator.OneOf(customerkey.KeyTypes()...)},
			},
			"key_size": schema.Int64Attribute{
				MarkdownDescription: "2048, 3072 or 4096 bits (rule CMK003). Changing it makes a " +
					"new version. Default: `2048`.",
				Optional:   true,
				Computed:   true,
				Default:    int64default.StaticInt64(defaultSize),
				Validators: []validator.Int64{int64validator.OneOf(keySizes()...)},
			},
			"key_opts": schema.SetAttribute{
				MarkdownDescription: "What the key may be used for. Protecting an account takes " +
					"`wrapKey` and `unwrapKey` (rule CMK004), which is the default.",
				ElementType: types.StringType,
				Optional:    true,
				Computed:    true,
				Default: setdefault.StaticValue(types.SetValueMust(types.StringType, []attr.Value{
					types.StringValue("wrapKey"), types.StringValue("unwrapKey"),
				})),
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(
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
				"Left out, it is not managed here: Key Vault cannot take it away again."),
			"expiration_date": date("Until when the newest version can be used, to the second. " +
				"Left out, it is not managed here: Key Vault cannot take it away again."),
			"rotation_policy": rotationPolicy(),
			"rotate_when_changed": schema.MapAttribute{
				MarkdownDescription: "Any texts: when they change, a new version is made. The " +
					"version carries a tag, `" + rotationTag + "`, so that an interrupted apply " +
					"makes it only once.",
				ElementType: types.StringType,
				Optional:    true,
			},
			"tags": keyTags(),
			"id": attribute.Computed("The identifier of the key without a version. An account " +
				"that is given it follows the newest version."),
			"versionless_id": attribute.Computed("The same as `id`, by azurerm's name."),
			"versioned_id": attribute.Computed("The identifier of the newest version. An account " +
				"that is given it stays with it."),
			"version": attribute.Computed("The newest version."),
			"resource_versionless_id": attribute.Computed(
				"The resource ID of the key, as the scope of a role assignment."),
			"vault_uri": attribute.Computed("The address of the vault."),
			"timeouts":  attribute.Timeouts(ctx, allowed()),
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
	id := attribute.ReferenceID("The ID of the vault. Changing it replaces the key.")
	id.Validators = append(id.Validators, attribute.IDOf(azure.VaultType))
	id.PlanModifiers = append(id.PlanModifiers, stringplanmodifier.RequiresReplace())
	return id
}

func date(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          timetypes.RFC3339Type{},
		Optional:            true,
		PlanModifiers:       []planmodifier.String{sameInstant{}},
	}
}

// keyTags are tags within Key Vault's limit of fifteen, one of which is the rotation's.
func keyTags() schema.MapAttribute {
	tags := attribute.Tags()
	tags.MarkdownDescription = "Tags of the newest version. Only those named here are managed; a " +
		"new version keeps the others."
	tags.Validators = []validator.Map{
		mapvalidator.SizeAtMost(14),
		mapvalidator.KeysAre(
			stringvalidator.LengthBetween(1, 256), stringvalidator.NoneOf(rotationTag)),
		mapvalidator.ValueStringsAre(stringvalidator.LengthAtMost(256)),
	}
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
		return stringvalidator.AlsoRequires(at.AtName("expire_after"))
	}
	notice := length("How long before a version expires an event is sent. Default: `"+usualNotice+
		"`, which is Key Vault's own.", 1, expiry(0))
	notice.Computed, notice.Default = true, stringdefault.StaticString(usualNotice)
	return schema.SingleNestedAttribute{
		MarkdownDescription: "When Key Vault itself makes a new version, and announces that one " +
			"is about to expire. Left out, it is not managed here.",
		Optional: true,
		Attributes: map[string]schema.Attribute{
			"expire_after": length("How long a new version can be used, such as `P1Y`: `P28D` or "+
				"longer.", leastExpiry),
			"notify_before_expiry": notice,
			"automatic": schema.SingleNestedAttribute{
				MarkdownDescription: "When a new version is made: one of the two.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"time_after_creation": length("How long after the newest was made: `P7D` or "+
						"longer.", leastRotation, stringvalidator.ExactlyOneOf(
						path.MatchRelative().AtParent().AtName("time_before_expiry"))),
					"time_before_expiry": length("How long before the newest expires: `P7D` or "+
						"longer.", leastRotation, expiry(1)),
				},
			},
		},
	}
}

// length is a length of time of so many days or more.
func length(description string, days int, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Optional:            true,
		Validators:          append(validators, atLeast{days}),
	}
}
