// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// WholeNumberType is the type of a whole number that a configuration sets. It refuses any other number as the
// configuration's error: the framework calls it an error in the provider. Its values are plain ones.
type WholeNumberType struct{ basetypes.Int64Type }

// Equal reports whether the other type has the same values.
func (WholeNumberType) Equal(other attr.Type) bool {
	_, ok := other.(WholeNumberType)
	return ok || basetypes.Int64Type{}.Equal(other)
}

// ValueFromTerraform returns null for a number that [WholeNumberType.Validate] refuses.
func (t WholeNumberType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	if _, wrong := fraction(in); wrong {
		return basetypes.NewInt64Null(), nil
	}
	return t.Int64Type.ValueFromTerraform(ctx, in)
}

// Validate refuses a number that is not whole, or too large for any limit.
func (WholeNumberType) Validate(_ context.Context, in tftypes.Value, at path.Path) (diags diag.Diagnostics) {
	if number, wrong := fraction(in); wrong {
		diags.Append(diagnostic.Refuse(at, diagnostic.Refusal{
			Title:    "Invalid Number",
			Found:    number.Text('g', -1),
			Required: "a whole number of no more than 18 digits",
			Remedy:   "Write a whole number",
		}))
	}
	return diags
}

// fraction returns a known number, and whether it has no place among whole numbers of 64 bits.
func fraction(in tftypes.Value) (number *big.Float, wrong bool) {
	if !in.IsKnown() || in.IsNull() || in.As(&number) != nil {
		return nil, false
	}
	_, accuracy := number.Int64()
	return number, accuracy != big.Exact
}
