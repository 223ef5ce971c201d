// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		Version: 1,
		MarkdownDescription: "Rotates a storage account's two access keys, one after the other, and " +
			"syncs every account that holds a copy of them after each. Creating it regenerates " +
			"nothing: it records the keys' ages and syncs the keys once. A rotation then takes two " +
			"applies, six hours or more apart, or one apply that waits.\n\n" +
			"After an interruption, the next plan says what is left to do. No key's value ever " +
			"reaches the state.",
		Attributes: map[string]schema.Attribute{
			"storage_account_id": storageAccountID(),
			"dependent_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of the accounts that hold a copy of the keys, which each new " +
					"key is synced to (rule ROT003), of any of these kinds: " +
					strings.Join(keyholder.Nouns(), ", ") + ". Accounts that access storage " +
					"through a managed identity hold no keys and are skipped. An account that last " +
					"read the keys before one of them was made is synced again, where its service " +
					"reports that (rule ROT005).",
				ElementType:   attribute.ResourceIDType{},
				Optional:      true,
				Validators:    []validator.Set{dependentIDs{}},
				PlanModifiers: []planmodifier.Set{attribute.KeepIDSpelling()},
			},
			"secrets": secrets(),
			"strategy": schema.StringAttribute{
				MarkdownDescription: "`both` regenerates key1 and, after the settling time, key2: the " +
					"procedure that Media Services documents. `alternate` regenerates the older " +
					"key each time, which is enough where all clients hold one key, as those that read `secrets`: " +
					"they get the new key, and the one that they had works until the next rotation. An `emergency` " +
					"regenerates both keys all the same. Default: `both`.",
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(string(keyrotation.Both)),
				Validators: []validator.String{attribute.OneOf(
					string(keyrotation.Both), string(keyrotation.Alternate))},
			},
			"rotate_when_changed": attribute.RotateWhenChanged("Changing any value starts a rotation (like " +
				"`keepers` or `triggers`). After an import, the first values start none."),
			"rotation_interval": schema.StringAttribute{
				MarkdownDescription: "The age of key1, by its creation time in Azure, at which a " +
					"rotation starts with the next apply, such as `P90D`. With the strategy " +
					"`alternate`, the time between two regenerations.",
				Optional:   true,
				Validators: []validator.String{interval{atLeast: 2 * keyrotation.Settle}},
			},
			"settling_time": schema.StringAttribute{
				MarkdownDescription: "How long clients have to read the first new key before the second " +
					"is regenerated: 6 hours or more (rule ROT002). Default: `PT6H`; with `secrets`, `P1D`, because " +
					"Key Vault references of App Service follow a new version within 24 hours.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{interval{atLeast: keyrotation.Settle, settling: true}},
				PlanModifiers: []planmodifier.String{settlingDefault{}},
			},
			"emergency": flag("Whether a key has leaked: the next apply starts a rotation of both keys " +
				"that skips the settling time (rule ROT002). A client that has not read the first " +
				"new key when the second is regenerated stops streaming until it has. It starts one " +
				"rotation: set it back to `false` before the next emergency. A create only records " +
				"and syncs the keys; apply again."),
			"rotate_on_create": flag("Whether creating it starts a rotation. If the keys were regenerated " +
				"before, the rotation first waits for the settling time of the sync that a create " +
				"begins with. A key1 that is newer than key2 counts as regenerated already."),
			"wait_for_settle": flag("Whether one apply does the whole rotation, which then takes six hours " +
				"or more; the default of `timeouts.update` grows by the settling time. A create " +
				"never waits."),
			"verify": verifications(),
			"id":     attribute.ID(),
			"phase": computed("The progress of the rotation: `complete`, `settling` (key1 is new, key2 " +
				"follows) or `closing` (the final verification is left)."),
			"key1_created_at": timestamp("When key1 was made, as of the last sync."),
			"key2_created_at": timestamp("When key2 was made, as of the last sync. A refresh changes " +
				"neither: a key that is newer in Azure was regenerated by an interrupted run or by somebody " +
				"else, and the plan says so."),
			"last_synced_at": timestamp("When the dependents were last synced."),
			"secondary_due_at": timestamp("The time from which key2 can be regenerated, while the " +
				"rotation is settling."),
			"next_rotation_at": timestamp("When the next rotation is due by the keys' age."),
			"rotated_for": computed("Which reasons to rotate have had their rotation: a digest of " +
				"`rotate_when_changed`, and `emergency`."),
		},
	}
}

func storageAccountID() schema.StringAttribute {
	id := attribute.ReferenceID("The ID of the storage account. Changing it replaces the resource, "+
		"which regenerates nothing.", azure.StorageAccountType)
	id.PlanModifiers = append(id.PlanModifiers, stringplanmodifier.RequiresReplace())
	return id
}

func flag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Default: `false`.",
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(false),
	}
}

func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: description, Computed: true}
}

func timestamp(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          timetypes.RFC3339Type{},
		Computed:            true,
	}
}

// webAddress matches an absolute URL of the web.
var webAddress = regexp.MustCompile(`^https?://[^/\s]+`)

func verifications() schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "Addresses that must answer before the second key is regenerated, and at " +
			"the end of a rotation, such as streaming URLs of the accounts (rule ROT004).",
		Optional:   true,
		Validators: []validator.List{checksHaveAddress{}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				MarkdownDescription: "The address, which is requested without credentials. Every element needs " +
					"it, but for one that is `signed`.",
				Optional: true,
				Validators: []validator.String{attribute.Matching(webAddress,
					"an address that begins with https:// or http://", "Write the whole address")},
			},
			"signed": schema.BoolAttribute{
				MarkdownDescription: "Whether it is requested with the key that each of the `secrets` holds, as their readers " +
					"do: with a shared access signature of the account for an hour, to read and to list. If `url` is " +
					"omitted, it asks the Blob service of the storage account for its properties.",
				Optional: true,
			},
			"expected_status": schema.Int64Attribute{
				CustomType:          attribute.WholeNumberType{},
				MarkdownDescription: "The status of the answer. Default: `200`.",
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(defaultStatus),
				Validators:          []validator.Int64{attribute.Between(100, 599)},
			},
			"expected_headers": schema.MapAttribute{
				MarkdownDescription: "Headers of the answer, by name, each with a regular expression " +
					"that it must match. One that is null is not checked.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Map{expressions{}},
			},
			"expected_body": schema.StringAttribute{
				MarkdownDescription: "A regular expression that the first megabyte of the answer's body " +
					"must match.",
				Optional:   true,
				Validators: []validator.String{expression{}},
			},
			"attempts": schema.Int64Attribute{
				CustomType: attribute.WholeNumberType{},
				MarkdownDescription: "How often it is requested, ten seconds apart, before it counts as " +
					"failed. Default: `3`.",
				Optional:   true,
				Computed:   true,
				Default:    int64default.StaticInt64(defaultAttempts),
				Validators: []validator.Int64{attribute.Between(1, 60)},
			},
		}},
	}
}

const (
	defaultSettling = "PT6H"
	// secretSettling is how long the slowest readers of a secret may take to read a new version (App Service,
	// Use Key Vault references, Understand rotation: "the app automatically updates to the latest version
	// within 24 hours").
	secretSettling  = "P1D"
	defaultStatus   = 200
	defaultAttempts = 3
)
