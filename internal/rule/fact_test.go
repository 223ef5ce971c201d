// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func TestFact_zeroValueIsUnknown(t *testing.T) {
	t.Parallel()
	var unknown rule.Fact[string]
	if value, known := unknown.Value(); known || value != "" {
		t.Errorf("zero value is %q, known %t", value, known)
	}
	if value, known := rule.Known("").Value(); !known || value != "" {
		t.Errorf("a known empty text is %q, known %t", value, known)
	}
}
