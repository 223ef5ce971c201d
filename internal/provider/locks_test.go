// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// TestLocks has management locks of Azure stop what the provider does. It says at once where the lock is, and what to
// do; once the lock is gone, the same works.
func TestLocks(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	ask := func(method, scope, body string) {
		t.Helper()
		answer, err := w.Rehearsal().Ask(t.Context(), rehearsal.Question{
			Method: method, URL: scope + "/providers/Microsoft.Authorization/locks/keep?api-version=2020-05-01", Body: []byte(body),
		})
		if err != nil || answer.Refused() {
			t.Fatalf("%d %s, %v", answer.Status, answer.Body, err)
		}
	}
	config := acctest.Value{"name": "contosostore", "resource_group_name": fixture.Group, "location": fixture.Location}
	tagged := acctest.Value{"tags": acctest.Value{"a": "b"}}
	for name, value := range config {
		tagged[name] = value
	}
	subscription := "/subscriptions/" + w.SubscriptionID()
	for name, test := range map[string]struct{ scope, level string }{
		"a lock of the account":             {w.ID(azure.StorageAccountType, "contosostore"), "CanNotDelete"},
		"an inherited lock":                 {subscription + "/resourceGroups/" + fixture.Group, "CanNotDelete"},
		"an inherited lock for all changes": {subscription, "ReadOnly"},
	} {
		account := w.Proto().Create("azuremedia_storage_account", config)
		ask("PUT", test.scope, fmt.Sprintf(`{"properties":{"level":%q}}`, test.level))
		refused := func(what string, config acctest.Value) {
			t.Helper()
			plan := w.Proto().Plan(account.Type, account, config)
			_, diags := w.Proto().Apply(plan)
			text := diags.Text()
			for _, want := range []string{"ScopeLocked", "The lock is on " + test.scope, "Remove the lock"} {
				if len(diags.Errors()) != 1 || !strings.Contains(text, want) {
					t.Errorf("%s, %s, lacks %q: %s", name, what, want, text)
				}
			}
		}
		refused("deleting", nil)
		if test.level == "ReadOnly" {
			refused("changing", tagged)
		} else {
			account = w.Proto().Update(account, tagged)
		}
		ask("DELETE", test.scope, "")
		if gone, diags := w.Proto().Apply(w.Proto().Plan(account.Type, account, nil)); gone.State != nil || len(diags) > 0 {
			t.Errorf("%s that is gone: %v: %s", name, gone.State, diags.Text())
		}
	}
	// A read-only lock keeps the keys of an account from being listed as well.
	account := w.Proto().Create("azuremedia_storage_account", config)
	ask("PUT", subscription, `{"properties":{"level":"ReadOnly"}}`)
	answer, err := w.Rehearsal().Ask(t.Context(), rehearsal.Question{
		Method: "POST", URL: w.ID(azure.StorageAccountType, "contosostore") + "/listKeys?api-version=2023-01-01",
	})
	if err != nil || answer.Status != 409 || !strings.Contains(string(answer.Body), "cannot perform write operation") {
		t.Errorf("listing keys: %d %s, %v", answer.Status, answer.Body, err)
	}
	if read, diags := w.Proto().Read(account); read.State == nil || len(diags) > 0 {
		t.Errorf("reading: %v: %s", read.State, diags.Text())
	}
}
