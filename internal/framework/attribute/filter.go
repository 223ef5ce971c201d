// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// FilterFlag returns a filter of a list that lets pass what is so, what is not, or, left out, both.
func FilterFlag(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Optional: true}
}

// FilterID returns a filter of a list by the ID of a resource of one of the types.
func FilterID(description string, resourceTypes ...string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          ResourceIDType{},
		Optional:            true,
		Validators:          []validator.String{IDOf(resourceTypes...)},
	}
}

// FilterKeyID returns a filter of a list by the identifier of a key.
func FilterKeyID(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		CustomType:          KeyIDType{},
		Optional:            true,
		Validators:          []validator.String{ValidKeyID()},
	}
}

// FilterTags returns a filter of a list by tags, for [HasTags].
func FilterTags() schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: "Lists only what has these tags with these values. One that is null is not required.",
		ElementType:         types.StringType,
		Optional:            true,
	}
}

// HasTags reports whether a resource has all required tags. Tag names have no case, values do.
func HasTags(tags map[string]*string, required types.Map) bool {
	for name, value := range required.Elements() {
		wanted, ok := value.(types.String)
		if !ok || !wanted.IsNull() && !slices.ContainsFunc(slices.Collect(maps.Keys(tags)), func(tag string) bool {
			return strings.EqualFold(tag, name) && azure.Deref(tags[tag]) == wanted.ValueString()
		}) {
			return false
		}
	}
	return true
}

// Passes reports whether a filter by a flag lets pass what is so, or is not.
func Passes(filter types.Bool, is bool) bool { return filter.IsNull() || filter.ValueBool() == is }

// The kinds of encryption in a filter.
const (
	systemKeyType   = "SystemKey"
	customerKeyType = "CustomerKey"
)

// KeyFilter is the filters of a list by the key of an account.
type KeyFilter struct {
	EncryptionType types.String `tfsdk:"encryption_type"`
	KeyID          KeyIDValue   `tfsdk:"key_vault_key_id"`
}

// KeyFilterAttributes returns the attributes of a [KeyFilter].
func KeyFilterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"encryption_type": schema.StringAttribute{
			MarkdownDescription: "`" + systemKeyType + "` lists only accounts on the system key, `" + customerKeyType +
				"` only those with a customer-managed key.",
			Optional:   true,
			Validators: []validator.String{OneOf(systemKeyType, customerKeyType)},
		},
		"key_vault_key_id": FilterKeyID("Lists only accounts that use this customer-managed key: in any version, " +
			"or, with a version in the identifier, those that run on it or are pinned to it."),
	}
}

// Passes reports whether the filter lets an account pass whose key was given as an identifier, which is
// empty for the system key, and which runs on a version of it, which is empty where it does not tell.
func (f *KeyFilter) Passes(keyID, currentKeyID string) bool {
	if f.EncryptionType.ValueString() != "" &&
		(f.EncryptionType.ValueString() == customerKeyType) != (keyID != "") {
		return false
	}
	return f.KeyID.IsNull() || UsesKey(KeyOf(f.KeyID), customerkey.ReadKeyID(keyID), customerkey.ReadKeyID(currentKeyID))
}

// UsesKey reports whether an account that was given a key and runs on a version of it uses a wanted key or, if
// it has a version, this version.
func UsesKey(wanted, given, current customerkey.KeyID) bool {
	return given.SameKey(wanted) && (!wanted.Pinned() || given.Equal(wanted) || current.Equal(wanted))
}

// FilterAge returns a filter of a list by age, for [DurationOf].
func FilterAge(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description + " An ISO 8601 duration of days, hours and minutes, such as `P90D`. The " +
			"clock is Azure's.",
		Optional:   true,
		Validators: []validator.String{ValidDuration()},
	}
}

// DurationOf returns a duration that [ValidDuration] accepts. It reports false for one that is left out.
func DurationOf(text types.String) (time.Duration, bool) {
	return keyrotation.ParseInterval(text.ValueString())
}

// ValidDuration accepts ISO 8601 durations of a fixed length.
func ValidDuration() validator.String { return validDuration{} }

type validDuration struct{}

func (validDuration) Description(context.Context) string {
	return "an ISO 8601 duration of days, hours and minutes"
}

func (v validDuration) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (validDuration) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !isKnown(req.ConfigValue) {
		return
	}
	if _, ok := DurationOf(req.ConfigValue); !ok {
		resp.Diagnostics.Append(diagnostic.Refuse(req.Path, InvalidDuration(req.ConfigValue.ValueString())))
	}
}

// InvalidDuration refuses a text that [ValidDuration] does not accept.
func InvalidDuration(text string) diagnostic.Refusal {
	return diagnostic.Refusal{
		Title:    "Invalid Duration",
		Found:    strconv.Quote(text),
		Required: "an ISO 8601 duration of days, hours and minutes",
		Remedy:   "Write it like P90D or PT6H",
	}
}
