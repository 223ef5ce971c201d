// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// MomentType is the type of a time that a configuration sets, which [ValidMoments] validates: the framework's own
// refuses a text that is none with the message of Go's parser. Its values are those of the framework's own.
type MomentType struct{ timetypes.RFC3339Type }

// Equal reports whether the other type is the same, which the framework's own is, too: values are of that type.
func (MomentType) Equal(other attr.Type) bool {
	_, ok := other.(MomentType)
	return ok || timetypes.RFC3339Type{}.Equal(other)
}

// ValueFromTerraform returns a time, or null for a text that [ValidMoments] refuses.
func (t MomentType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	if _, wrong := noMoment(in); wrong {
		return timetypes.NewRFC3339Null(), nil
	}
	return t.RFC3339Type.ValueFromTerraform(ctx, in)
}

// ValidMoments refuses texts in a configuration that are no times, at the attributes with the names.
func ValidMoments(config tftypes.Value, names ...string) (diags diag.Diagnostics) {
	var values map[string]tftypes.Value
	if config.As(&values) != nil {
		return nil
	}
	for _, name := range names {
		text, wrong := noMoment(values[name])
		if !wrong {
			continue
		}
		diags.Append(diagnostic.Refuse(path.Root(name), diagnostic.Refusal{
			Title:    "Invalid Time",
			Found:    strconv.Quote(text),
			Required: "a time of RFC 3339, with its offset from UTC",
			Remedy:   "Write it like 2027-01-31T00:00:00Z; timeadd(plantimestamp(), \"720h\") computes one",
		}))
	}
	return diags
}

// noMoment returns a known text, and reports whether it is no time.
func noMoment(in tftypes.Value) (text string, wrong bool) {
	if !in.IsKnown() || in.IsNull() || in.As(&text) != nil {
		return "", false
	}
	_, err := time.Parse(time.RFC3339, text)
	return text, err != nil
}
