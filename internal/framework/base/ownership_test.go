// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

// TestOwnership claims what another resource owns, and what has changed since it was applied.
func TestOwnership(t *testing.T) {
	t.Parallel()
	const first, second = "https://keys.vault.azure.net/keys/first", "https://keys.vault.azure.net/keys/second"
	owned := func(owner, wanted, present string) base.Ownership {
		return base.Ownership{
			At: path.Root("key"), Object: "the encryption of contoso", ID: "/contoso", Owner: owner, Wanted: wanted,
			Present: present, GiveUp: "remove " + owner,
		}
	}
	plan := func(run *azure.Client, by private, ownership base.Ownership, severity diag.Severity, texts ...string) {
		t.Helper()
		diags := ownership.Claim(t.Context(), run, by)
		if len(texts) == 0 {
			if len(diags) > 0 {
				t.Errorf("%s: %v", ownership.Owner, diags)
			}
			return
		}
		for _, want := range texts {
			if len(diags) != 1 || diags[0].Severity() != severity || !strings.Contains(diags[0].Summary()+diags[0].Detail(), want) {
				t.Errorf("%s: want %q: %v", ownership.Owner, want, diags)
			}
		}
	}
	one, two := private{}, private{}
	run := new(azure.Client)
	plan(run, one, base.Ownership{}, 0)
	plan(run, one, owned("one", first, ""), 0)
	plan(run, two, owned("two", second, ""), diag.SeverityError, "Two Owners In One Configuration",
		"owned by two ("+second+") and by one ("+first+")", "remove two, or remove one", "ID: /contoso")

	// The creation is the owner that was planned, also after its private state was dropped.
	created := private{}
	if diags := owned("one", first, first).Applied(t.Context(), run, created); diags.HasError() {
		t.Fatal(diags)
	}
	plan(run, created, owned("one", first, first), 0)
	plan(run, two, owned("two", second, first), diag.SeverityError, "terraform destroy -refresh=false")

	// Both are in the state: Terraform plans them before it destroys them.
	if diags := owned("two", first, first).Applied(t.Context(), new(azure.Client), two); diags.HasError() {
		t.Fatal(diags)
	}
	plan(run, two, owned("two", first, first), diag.SeverityWarning, "Two Owners In One Configuration")

	for name, test := range map[string]struct {
		wanted, present string
		changed         bool
	}{
		"as it was applied":                  {first, first, false},
		"in another spelling":                {first, first + "/", false},
		"what nobody can read":               {first, "https://", false},
		"by somebody else":                   {first, second, true},
		"by somebody else, as it is wanted":  {second, second, false},
		"by the configuration":               {second, first, false},
		"to the system key by somebody else": {first, "the system key", true},
	} {
		diags := owned("one", test.wanted, test.present).Claim(t.Context(), new(azure.Client), created)
		if changed := len(diags) == 1 && strings.Contains(diags[0].Summary(), "Changed By Somebody Else"); changed != test.changed ||
			!changed && len(diags) > 0 {
			t.Errorf("%s: %v", name, diags)
		}
	}

	// It gives up what it owned.
	if diags := owned("one", "", second).Applied(t.Context(), new(azure.Client), created); diags.HasError() {
		t.Fatal(diags)
	}
	plan(new(azure.Client), created, owned("one", first, second), 0)
}
