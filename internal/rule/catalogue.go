// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule

import (
	"fmt"
	"strings"
)

// Catalogue returns rules as a Markdown table, in the order given. The documentation prints this
// table, so it cannot differ from the code.
func Catalogue(rules List) string {
	var table strings.Builder
	table.WriteString("| Rule | What is required | Error | Found at | Source |\n|---|---|---|---|---|\n")
	for _, r := range rules {
		moments := make([]string, 0, len(r.Found))
		for _, moment := range Moments() {
			if r.FoundAt(moment) {
				moments = append(moments, string(moment))
			}
		}
		fmt.Fprintf(&table, "| <a id=\"%s\"></a>**%s** %s | %s | %s | %s | %s |\n",
			r.anchor(), r.ID, cell(r.Name),
			cell(r.Sentence), cell(r.Title), strings.Join(moments, ", "), cell(r.Source))
	}
	return table.String()
}

// cell returns the text escaped for one cell of a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\r\n", " ", "\n", " ").Replace(text)
}
