// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
)

func TestApplications(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			applications := func(args ...string) string {
				t.Helper()
				return must(t, append(append([]string{"applications"}, args...), at...)...)
			}
			const secret = "https://nowhere.vault.azure.net/secrets/key"
			if list := applications("list"); list != "There are no applications.\n" {
				t.Errorf("none: %s", list)
			}
			added := applications("add", "--secret", secret, "--cache", "2d")
			if !strings.HasPrefix(added, "Added application 1: it is down: reading the secret: 404 VaultNotFound: There is no vault nowhere.") {
				t.Errorf("added: %s", added)
			}
			must(t, append([]string{"advance", "1h"}, at...)...)
			if list := applications("list"); !strings.Contains(list, secret+"  48h0m0s") || !strings.Contains(list, "down: reading the secret") {
				t.Errorf("list: %s", list)
			}
			var records []application.Record
			if err := json.Unmarshal([]byte(applications("list", "-o", "json")), &records); err != nil || len(records) != 1 || records[0].Checks < 2 {
				t.Errorf("list: %+v, %v", records, err)
			}
			if removed := applications("remove", "1"); removed != "Removed application 1.\n" {
				t.Errorf("removed: %s", removed)
			}
			if list := applications("list", "-o", "json"); strings.TrimSpace(list) != "[]" {
				t.Errorf("list: %s", list)
			}
			for words, args := range map[string][]string{
				"which secret?":                {"add"},
				`"soon" is not a duration`:     {"add", "--secret", secret, "--cache", "soon"},
				"is not the identifier of a s": {"add", "--secret", "key"},
				`there is no application "1"`:  {"remove", "1"},
				"needs the ID of the appli":    {"remove"},
			} {
				if output, err := run(t, append(append([]string{"applications"}, args...), at...)...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %s, %v", args, output, err)
				}
			}
		})
	}
}
