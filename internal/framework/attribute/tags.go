// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// WireTags returns the tags to create a resource with.
func WireTags(configured types.Map) map[string]*string {
	wire := map[string]*string{}
	for name, value := range texts(configured) {
		wire[name] = &value
	}
	return wire
}

// MergedTags returns the tags to send with an update. An update replaces all tags of a resource, so they
// are those that Azure has now, without those that only the state names, and with those of the plan.
// Names of tags are case-insensitive.
func MergedTags(current map[string]*string, state, plan types.Map) map[string]*string {
	merged := map[string]*string{}
	managed, wanted := texts(state), texts(plan)
	for name, value := range current {
		if !has(managed, name) && !has(wanted, name) {
			merged[name] = value
		}
	}
	for name, value := range wanted {
		merged[name] = &value
	}
	return merged
}

// ManagedTags returns the tags to show in the state: of those that Azure has now, the ones that the prior
// state manages. An import shows all of them. A tag that is null is not set here and stays null.
func ManagedTags(current map[string]*string, prior types.Map, importing bool) types.Map {
	managed := texts(prior)
	shown := map[string]attr.Value{}
	for name, value := range prior.Elements() {
		if value.IsNull() {
			shown[name] = value
		}
	}
	for name, value := range current {
		spelt, ok := spelling(managed, name)
		switch {
		case value == nil:
		case ok:
			shown[spelt] = types.StringValue(*value)
		case importing:
			shown[name] = types.StringValue(*value)
		}
	}
	if len(shown) == 0 && (prior.IsNull() || prior.IsUnknown()) {
		return types.MapNull(types.StringType)
	}
	return types.MapValueMust(types.StringType, shown)
}

// texts returns the known elements of a map of strings.
func texts(configured types.Map) map[string]string {
	known := map[string]string{}
	for name, value := range configured.Elements() {
		if text, ok := value.(types.String); ok && isKnown(text) {
			known[name] = text.ValueString()
		}
	}
	return known
}

func has(tags map[string]string, name string) bool {
	_, ok := spelling(tags, name)
	return ok
}

// spelling returns the name of the tag as the map spells it.
func spelling(tags map[string]string, name string) (string, bool) {
	if _, ok := tags[name]; ok {
		return name, true
	}
	for spelt := range tags {
		if strings.EqualFold(spelt, name) {
			return spelt, true
		}
	}
	return "", false
}
