// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// RotateWhenChanged returns the map whose values start a rotation.
func RotateWhenChanged(description string) schema.MapAttribute {
	return schema.MapAttribute{
		MarkdownDescription: "Arbitrary map of strings. " + description + " A value that is null is not set.",
		ElementType:         types.StringType,
		Optional:            true,
		PlanModifiers:       []planmodifier.Map{sameTexts{}},
	}
}

// Trigger returns a digest of the values of a map; "" where it has none.
func Trigger(values types.Map) string {
	known := texts(values)
	encoded, err := json.Marshal(known) // Sorted by name.
	if err != nil || len(known) == 0 {
		return ""
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// Triggers reports whether a plan starts a rotation, or may do so.
func Triggers(state, plan types.Map) bool {
	after := Trigger(plan)
	return hasUnknown(plan) || after != "" && after != Trigger(state)
}

// hasUnknown reports whether a map or an element of it is not known yet.
func hasUnknown(values types.Map) bool {
	for _, value := range values.Elements() {
		if value.IsUnknown() {
			return true
		}
	}
	return values.IsUnknown()
}
