// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// FromAzurerm reports whether what is to be moved is a resource of azurerm, of the type.
func FromAzurerm(req resource.MoveStateRequest, resourceType string) bool {
	return req.SourceTypeName == resourceType &&
		strings.HasSuffix(req.SourceProviderAddress, "/hashicorp/azurerm")
}

// ReadMoved reads the state of what is to be moved, and reports whether it could.
func ReadMoved(req resource.MoveStateRequest, into any) bool {
	return req.SourceRawState != nil && json.Unmarshal(req.SourceRawState.JSON, into) == nil
}

// MovedTags are tags as azurerm's state has them.
func MovedTags(moved map[string]string) types.Map {
	if len(moved) == 0 {
		return types.MapNull(types.StringType)
	}
	tags := make(map[string]attr.Value, len(moved))
	for name, value := range moved {
		tags[name] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, tags)
}

// NoTimeouts are the timeouts of a resource whose configuration is not known, as that of one that is
// moved is not.
func NoTimeouts() timeouts.Value {
	return timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{
		"create": types.StringType, "read": types.StringType,
		"update": types.StringType, "delete": types.StringType,
	})}
}
