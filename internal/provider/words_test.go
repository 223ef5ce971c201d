// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// foreign are titles of the framework, which say neither what was found nor what to do.
var foreign = []string{
	"Invalid Attribute Value", "Invalid Attribute Combination", "Missing Attribute Configuration", "Invalid RFC3339",
	"Invalid String Value", "Value Conversion Error",
}

// required is the title of what Terraform itself says first of a required argument that is left out.
const required = "Missing Configuration for Required Attribute"

// inOurWords fails the test for an error that is not one of this provider's: it says what was found, what is required
// and what to do.
func inOurWords(t *testing.T, when string, diags acctest.Diagnostics) {
	t.Helper()
	for _, one := range diags.Errors() {
		text := acctest.Diagnostics{one}.Text()
		if one.Summary == required {
			continue
		}
		for _, title := range foreign {
			if strings.HasPrefix(one.Summary, title) {
				t.Errorf("%s: %s", when, text)
			}
		}
		for _, label := range []string{"Found: ", "Required: ", "Remedy: "} {
			if !strings.Contains("\n"+one.Detail, "\n"+label) {
				t.Errorf("%s, without %q: %s", when, label, text)
			}
		}
	}
}

// TestArguments_areRefusedInOurWords tries every argument with values that are none of what it can be.
func TestArguments_areRefusedInOurWords(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	refused := 0
	try := func(noun string, attributes []*tfprotov6.SchemaAttribute, validate func(string, acctest.Value) acctest.Diagnostics) {
		for _, tried := range arguments(attributes) {
			var values []any
			switch kind := tried.kind.(type) {
			case tftypes.Set:
				values = []any{[]any{}}
				if kind.ElementType.Is(tftypes.String) {
					values = append(values, []any{"?"}, []any{""}, []any{strings.Repeat("x", 999)})
				}
			case tftypes.List:
				values = []any{[]any{}}
			case tftypes.Map:
				values = []any{acctest.Value{"": "a"}, acctest.Value{strings.Repeat("x", 999): "a"}, acctest.Value{"a": strings.Repeat("x", 999)}}
				many := acctest.Value{}
				for i := range 60 {
					many[fmt.Sprint(i)] = "a"
				}
				values = append(values, many)
			case tftypes.Object:
				values = []any{acctest.Value{}}
			default:
				switch {
				case tried.kind.Is(tftypes.String):
					values = []any{"?", "", strings.Repeat("x", 999), "https://?", "/subscriptions/x"}
				case tried.kind.Is(tftypes.Number):
					values = []any{-7, 1 << 40, 1.5}
				}
			}
			for _, value := range values {
				configured := tried.set(w, acctest.Value{}, value)
				diags := validate(noun, configured)
				refused += len(diags.Errors())
				inOurWords(t, fmt.Sprintf("%s.%s = %.60v", noun, tried, value), diags)
			}
		}
	}
	schemas := proto.Schemas()
	for name, schema := range schemas.ResourceSchemas {
		try(name, schema.Block.Attributes, proto.Validate)
	}
	for name, schema := range schemas.DataSourceSchemas {
		try(name, schema.Block.Attributes, proto.ValidateData)
	}
	if refused < 400 {
		t.Errorf("only %d values were refused", refused)
	}
}
