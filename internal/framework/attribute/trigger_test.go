// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func TestTriggers_areValues(t *testing.T) {
	t.Parallel()
	empty, one := tags([]string{}...), tags("a", "1")
	unknown := types.MapValueMust(types.StringType, map[string]attr.Value{"a": types.StringUnknown()})
	for _, test := range []struct {
		name        string
		state, plan types.Map
		want        bool
	}{
		{"nothing", tags(), tags(), false},
		{"an empty map", tags(), empty, false},
		{"only a null", tags(), nullTag(empty, "a"), false},
		{"a value", tags(), one, true},
		{"the same", one, one, false},
		{"a null beside it", one, nullTag(one, "b"), false},
		{"a null less", nullTag(one, "b"), one, false},
		{"another value", one, tags("a", "2"), true},
		{"an empty text", one, tags("a", ""), true},
		{"the same under another name", one, tags("b", "1"), true},
		{"no value any more", one, tags(), false},
		{"null instead", one, nullTag(empty, "a"), false},
		{"a value to come", one, unknown, true},
		{"all to come", one, types.MapUnknown(types.StringType), true},
	} {
		if got := attribute.Triggers(test.state, test.plan); got != test.want {
			t.Errorf("%s: starts a rotation: %t", test.name, got)
		}
	}
	if got := attribute.Trigger(one); got != "9afeb0f2b203f254" {
		t.Errorf("the digest in the states that exist is another: %s", got)
	}
}
