// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base_test

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// private is a private state.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

// TestClaim has objects claimed by resources, the replacement of one of them, and another run.
func TestClaim(t *testing.T) {
	t.Parallel()
	run, another := &azure.Client{}, &azure.Client{}
	one, two := private{}, private{}
	claim := func(client *azure.Client, by private, object, owner, want string) {
		t.Helper()
		other, taken, diags := base.Claim(t.Context(), client, by, object, base.Owner{Description: owner})
		if other.Description != want || taken != (want != "") || diags.HasError() {
			t.Errorf("%s claims %s: %q owns it, want %q: %v", owner, object, other.Description, want, diags)
		}
	}
	claim(run, one, "keys /a", "one", "")
	claim(run, maps.Clone(one), "keys /A", "the replacement of one", "")
	claim(run, two, "keys /b", "two", "")
	claim(run, two, "keys /A", "two", "the replacement of one")
	claim(run, private{}, "keys /B", "three", "two")
	claim(run, private{}, "encryption /a", "four", "")
	claim(another, two, "keys /a", "two", "")

	older, newer := base.Owner{}, base.Owner{New: true}
	if older.Conflicts(older) != rule.Warning || older.Conflicts(newer) != rule.Error || newer.Conflicts(older) != rule.Error {
		t.Error("two owners conflict unless both are in the state already")
	}
}
