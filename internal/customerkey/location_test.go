// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

func TestNormalizeLocation(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"West US 2":             "westus2",
		"westus2":               "westus2",
		"WESTUS2":               "westus2",
		" Germany West Central": "germanywestcentral",
		"":                      "",
	} {
		if got := customerkey.NormalizeLocation(location); got != want {
			t.Errorf("%q is %q, want %q", location, got, want)
		}
	}
	if !customerkey.SameLocation("West US 2", "westus2") || customerkey.SameLocation("westus", "westus2") {
		t.Error("regions are the same when their normal names are")
	}
}

// FuzzNormalizeLocation checks that a normal name is normal, and that no spelling of case or
// spaces changes it.
func FuzzNormalizeLocation(f *testing.F) {
	for _, seed := range []string{"West US 2", "westus2", "Central US", "US Gov Virginia", "China North 2", "\u212a", "İ", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, location string) {
		normal := customerkey.NormalizeLocation(location)
		if again := customerkey.NormalizeLocation(normal); again != normal {
			t.Errorf("%q becomes %q, then %q", location, normal, again)
		}
		if !customerkey.SameLocation(location, " "+location+"\t") {
			t.Errorf("%q is not itself with spaces around", location)
		}
	})
}
