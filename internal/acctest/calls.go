// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"regexp"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Calls returns the requests that Azure got while do ran, in short: the method, and the path from the
// resource provider on, or the host and the path without one. It leaves out sign-ins and the
// challenges of vaults.
func (a *Azure) Calls(do func()) []string {
	a.t.Helper()
	before := len(a.journal())
	do()
	var calls []string
	for _, entry := range a.journal()[before:] {
		if !strings.HasPrefix(entry.Host, "login.") && entry.Code != "Unauthorized" {
			calls = append(calls, call(entry))
		}
	}
	return calls
}

// made matches the random IDs that Azure generates.
var made = regexp.MustCompile(`[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}`)

func call(entry engine.Entry) string {
	asked := entry.Host + entry.Path
	const provider = "/providers/"
	if at := strings.LastIndex(entry.Path, provider); at >= 0 {
		asked = entry.Path[at+len(provider):]
	}
	return entry.Method + " " + made.ReplaceAllString(strings.TrimSuffix(asked, "/"), "{id}")
}
