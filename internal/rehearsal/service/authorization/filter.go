// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// filter is what $filter may say in the lists of this namespace.
type filter struct {
	// atScope leaves out what lies below the scope.
	atScope bool
	// equal are the values asked for, by property in lower case; "assignedto()" is the function
	// of that name.
	equal map[string]string
}

// parseFilter reads $filter: terms joined by "and", each one "atScope()", "atScopeAndBelow()",
// "assignedTo('…')" or "property eq '…'".
func parseFilter(r *engine.Request) (filter, error) {
	parsed := filter{equal: map[string]string{}}
	text := strings.TrimSpace(r.Query["$filter"])
	if text == "" {
		return parsed, nil
	}
	and := regexp.MustCompile(`(?i)\s+and\s+`)
	equals := regexp.MustCompile(`(?i)^(\w+)\s+eq\s+'([^']*)'$`)
	assigned := regexp.MustCompile(`(?i)^assignedTo\('([^']*)'\)$`)
	for _, term := range and.Split(text, -1) {
		switch lower := strings.ToLower(strings.ReplaceAll(term, " ", "")); {
		case lower == "atscope()":
			parsed.atScope = true
		case lower == "atscopeandbelow()", lower == "":
		case assigned.MatchString(term):
			parsed.equal["assignedto()"] = assigned.FindStringSubmatch(term)[1]
		case equals.MatchString(term):
			pair := equals.FindStringSubmatch(term)
			switch property := strings.ToLower(pair[1]); property {
			case "principalid", "roledefinitionid", "rolename", "type":
				parsed.equal[property] = pair[2]
			default:
				return filter{}, unsupported(r, term)
			}
		default:
			return filter{}, unsupported(r, term)
		}
	}
	return parsed, nil
}

func unsupported(r *engine.Request, term string) error {
	r.Note("unknown filter %q", term)
	return engine.Ownf(http.StatusBadRequest, "UnsupportedQuery",
		"The filter '%s' is not supported.", term)
}
