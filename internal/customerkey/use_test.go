// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// TestUse says which accounts are in the way of what is to be done to a key, and what to do.
func TestUse(t *testing.T) {
	t.Parallel()
	parse := func(version string) customerkey.KeyID {
		key, err := customerkey.ParseKeyID("https://contoso-vault.vault.azure.net/keys/media" + version)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	key := parse("/" + version2)
	use := func(wanted, current string) customerkey.Use {
		return customerkey.Use{
			AccountID: accountID, Kind: customerkey.MediaServices(), Current: current,
			Wanted: parse(wanted),
		}
	}
	for name, test := range map[string]struct {
		use      customerkey.Use
		disables bool
		names    string
	}{
		"follows and runs on it":   {use("", version2), true, "the Media Services account contoso (resource group media, on version " + version2 + ")"},
		"follows and moves to it":  {use("", version1), true, "on version " + version1},
		"pinned to it":             {use("/"+version2, version2), true, "on version " + version2},
		"pinned to the one before": {use("/"+version1, version1), false, "on version " + version1},
		"does not tell":            {use("", ""), true, "the Media Services account contoso (resource group media)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, judged := range map[string]func() (rule.Violation, bool){
				"disabling": func() (rule.Violation, bool) {
					return customerkey.Disabling(key, "enabled = false", []customerkey.Use{test.use})
				},
				"replacing": func() (rule.Violation, bool) { return customerkey.Replacing(key, []customerkey.Use{test.use}) },
				"deleting":  func() (rule.Violation, bool) { return customerkey.Deleting(key, []customerkey.Use{test.use}) },
			} {
				violation, found := judged()
				if found != (what != "disabling" || test.disables) {
					t.Errorf("%s: found %t", what, found)
				}
				if found && !strings.Contains(violation.Found, test.names) {
					t.Errorf("%s: found %s, want %s", what, violation.Found, test.names)
				}
				if (violation.Severity == rule.Error) != (what == "deleting") {
					t.Errorf("%s: %s", what, violation.Severity)
				}
			}
		})
	}
	for what, judge := range map[string]func(customerkey.KeyID, []customerkey.Use) (rule.Violation, bool){
		"replacing": customerkey.Replacing, "deleting": customerkey.Deleting, "destroying": customerkey.Destroying,
	} {
		if _, found := judge(key, nil); found {
			t.Errorf("%s what nobody uses", what)
		}
	}
}
