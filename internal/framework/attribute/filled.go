// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Filled returns the planned object with the observed texts in place of those that were unknown.
func Filled(ctx context.Context, planned, observed types.Object) types.Object {
	if planned.IsUnknown() {
		return observed
	}
	if planned.IsNull() {
		return planned
	}
	values := planned.Attributes()
	for name, value := range values {
		if !value.IsUnknown() {
			continue
		}
		values[name] = types.StringNull()
		if known, ok := observed.Attributes()[name]; ok {
			values[name] = known
		}
	}
	return types.ObjectValueMust(planned.AttributeTypes(ctx), values)
}
