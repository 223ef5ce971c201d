// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"strings"
	"unicode"
)

// NormalizeLocation returns the name under which Azure compares a region: "West US 2" and
// "westus2" are the same place, and services answer with either spelling.
func NormalizeLocation(location string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, location)
}

// SameLocation reports whether two spellings name the same region.
func SameLocation(a, b string) bool {
	return NormalizeLocation(a) == NormalizeLocation(b)
}
