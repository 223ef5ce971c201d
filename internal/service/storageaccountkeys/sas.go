// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccountkeys

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// letters are the letters that names have in a signature, in the order in which Azure documents them ("Create an
// account SAS").
type letters []struct{ name, letter string }

func services() letters {
	return letters{{"blob", "b"}, {"queue", "q"}, {"table", "t"}, {"file", "f"}}
}

func resourceTypes() letters {
	return letters{{"service", "s"}, {"container", "c"}, {"object", "o"}}
}

func permissions() letters {
	return letters{
		{"read", "r"},
		{"write", "w"},
		{"delete", "d"},
		{"delete_version", "x"},
		{"permanent_delete", "y"},
		{"list", "l"},
		{"add", "a"},
		{"create", "c"},
		{"update", "u"},
		{"process", "p"},
		{"filter", "f"},
		{"tag", "t"},
		{"set_immutability_policy", "i"},
	}
}

func (l letters) names() (names []string) {
	for _, one := range l {
		names = append(names, one.name)
	}
	return names
}

// of returns the letters of the names in a set.
func (l letters) of(names types.Set) string {
	var text strings.Builder
	for _, one := range l {
		if slices.ContainsFunc(names.Elements(), types.StringValue(one.name).Equal) {
			text.WriteString(one.letter)
		}
	}
	return text.String()
}
