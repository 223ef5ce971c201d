// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "The rolling of a storage account's two access keys, one after the " +
			"other, with every account that holds a copy of them told after each. Creating it " +
			"regenerates nothing: it takes note of the keys' ages and syncs them once. A rotation " +
			"then takes two applies, six hours or more apart, or one that waits.\n\n" +
			"Interrupted anywhere, the next plan says what is left to do. No key's value ever " +
			"reaches the state.",
		Attributes: map[string]schema.Attribute{
			"storage_account_id": storageAccountID(),
			"dependent_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of the accounts that hold a copy of the keys and are " +
					"told of each new one (rule ROT003), of any of these kinds: " +
					strings.Join(keyholder.Nouns(), ", ") + ". One that comes at the storage " +
					"with a managed identity holds none and is left alone. One whose service says " +
					"that it last read the keys before one of them was made is told again (rule " +
					"ROT005).",
				ElementType:   attribute.ResourceIDType{},
				Optional:      true,
				Validators:    []validator.Set{dependentIDs{}},
				PlanModifiers: []planmodifier.Set{attribute.KeepIDSpelling()},
			},
			"strategy": schema.StringAttribute{
				MarkdownDescription: "`both` regenerates key1 and, once everything has settled on " +
					"it, key2: the procedure that Media Services documents. `alternate` " +
					"regenerates the older key each time, for clients that hold one key; an " +
					"`emergency` regenerates both all the same. Default: `both`.",
				Optional: true,
				Computed: true,
				Default:  stringdefault.StaticString(string(keyrotation.Both)),
				Validators: []validator.String{stringvalidator.OneOf(
					string(keyrotation.Both), string(keyrotation.Alternate))},
			},
			"rotate_when_changed": schema.MapAttribute{
				MarkdownDescription: "Any texts: when they change, a rotation starts. After an " +
					"import, the first ones are taken as those of the last rotation.",
				ElementType: types.StringType,
				Optional:    true,
			},
			"rotation_interval": schema.StringAttribute{
				MarkdownDescription: "The age of key1, by its creation time in Azure, at which a " +
					"rotation starts with the next apply, such as `P90D`. With the strategy " +
					"`alternate`, the time between two regenerations.",
				Optional:   true,
				Validators: []validator.String{interval{atLeast: 2 * keyrotation.Settle}},
			},
			"settling_time": schema.StringAttribute{
				MarkdownDescription: "How long everything that uses the keys has for learning of " +
					"the first before the second is regenerated: 6 hours or more (rule ROT002). " +
					"Default: `PT6H`.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(defaultSettling),
				Validators: []validator.String{interval{atLeast: keyrotation.Settle, settling: true}},
			},
			"emergency": flag("Whether a key is known to have leaked: a rotation of both keys " +
				"starts with the next apply, and nothing is waited for (rule ROT002). What has not " +
				"learnt of the first key by the time that the second is regenerated stops " +
				"streaming until it has. It is answered once: set it back to `false` before the " +
				"next emergency. The creation itself only takes note of the keys; apply again."),
			"rotate_on_create": flag("Whether a rotation starts with the creation. Where the keys " +
				"were regenerated before, everything settles first on the sync that creation " +
				"begins with. A key1 that is newer than key2 is taken for new already."),
			"wait_for_settle": flag("Whether a rotation is done in one apply, which then takes six " +
				"hours or more: give it the time in `timeouts`. The creation never waits."),
			"verify": verifications(),
			"id":     attribute.ID(),
			"phase": computed("How far the rotation has come: `complete`, `settling` (key1 is " +
				"new, key2 follows) or `closing` (the final verification is left)."),
			"key1_created_at": timestamp("When key1 was made."),
			"key2_created_at": timestamp("When key2 was made."),
			"last_synced_at":  timestamp("When the dependents were last told of a new key."),
			"secondary_due_at": timestamp("From when key2 can be regenerated, while the rotation " +
				"is settling."),
			"next_rotation_at": timestamp("When the next rotation is due by the keys' age."),
			"record":           recordAttribute(),
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, Read: true, Update: true,
				CreateDescription: "How long creating may take (default `1h`).",
				ReadDescription:   "How long reading may take (default `5m`).",
				UpdateDescription: "How long an apply may take (default `1h`, or with " +
					"`wait_for_settle` as long as the settling time and an hour).",
			}),
		},
	}
}

func storageAccountID() schema.StringAttribute {
	id := attribute.ReferenceID("The ID of the storage account. Changing it replaces the resource, " +
		"which regenerates nothing.")
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

func computedFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
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

// webAddress is what can be asked for over the network.
var webAddress = regexp.MustCompile(`^https?://[^/\s]+`)

func verifications() schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "Addresses that have to answer before the second key is touched, and " +
			"at the end: streaming URLs of the accounts, for instance (rule ROT004).",
		Optional: true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"url": schema.StringAttribute{
				MarkdownDescription: "The address. It is asked for without credentials.",
				Required:            true,
				Validators: []validator.String{stringvalidator.RegexMatches(webAddress,
					"must be an address that begins with https:// or http://")},
			},
			"expected_status": schema.Int64Attribute{
				MarkdownDescription: "The status of the answer. Default: `200`.",
				Optional:            true,
				Computed:            true,
				Default:             int64default.StaticInt64(defaultStatus),
				Validators:          []validator.Int64{int64validator.Between(100, 599)},
			},
			"expected_headers": schema.MapAttribute{
				MarkdownDescription: "Headers of the answer, by name, each with a regular " +
					"expression that it has to match.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Map{expressions{}},
			},
			"expected_body": schema.StringAttribute{
				MarkdownDescription: "A regular expression that the first megabyte of the answer's " +
					"body has to match.",
				Optional:   true,
				Validators: []validator.String{expression{}},
			},
			"attempts": schema.Int64Attribute{
				MarkdownDescription: "How often it is asked, ten seconds apart, before it counts " +
					"as failed. Default: `3`.",
				Optional:   true,
				Computed:   true,
				Default:    int64default.StaticInt64(defaultAttempts),
				Validators: []validator.Int64{int64validator.Between(1, 60)},
			},
		}},
	}
}

const (
	defaultSettling = "PT6H"
	defaultStatus   = 200
	defaultAttempts = 3
)
