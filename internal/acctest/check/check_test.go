// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package check_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

func TestAt(t *testing.T) {
	t.Parallel()
	if got := check.At("encryption.status").String(); got != "encryption.status" {
		t.Errorf("got %s", got)
	}
}

func TestSays(t *testing.T) {
	t.Parallel()
	const shown = "│ Error: Name Not\n│ Allowed (ACC003)\n│\n│ Found: a name"
	for _, test := range []struct {
		phrases []string
		want    bool
	}{
		{[]string{"Name Not Allowed (ACC003)", "Found: a name"}, true},
		{[]string{"Found: a name", "Name Not Allowed"}, false},
		{[]string{"Name Allowed"}, false},
		{[]string{"ACC.03"}, false},
	} {
		if got := check.Says(test.phrases...).MatchString(shown); got != test.want {
			t.Errorf("%q: got %t", test.phrases, got)
		}
	}
}
