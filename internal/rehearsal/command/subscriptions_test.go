// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func TestSubscriptions(t *testing.T) {
	t.Parallel()
	const second = "11111111-2222-3333-4444-555555555555"
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subscriptions := func(args ...string) string {
				return must(t, append(append([]string{"subscriptions"}, at...), args...)...)
			}
			unknown := append(slices.Clone(at), "request", "GET", "/subscriptions/"+second+"/resourceGroups?api-version=2021-04-01")
			if said, err := run(t, unknown...); err == nil || !strings.Contains(said, "SubscriptionNotFound") {
				t.Errorf("before: %s, %v", said, err)
			}
			if said := subscriptions("add", strings.ToUpper(second), "--name", "Security"); said != second+"\n" {
				t.Errorf("add: %s", said)
			}
			if said := subscriptions("add", second, "--name", "Other"); said != second+"\n" {
				t.Errorf("add again: %s", said)
			}
			must(t, unknown...)
			var third rehearsal.Subscription
			if err := json.Unmarshal([]byte(subscriptions("add", "-o", "json")), &third); err != nil || third.ID == "" || third.ID == second {
				t.Errorf("add without an ID: %v, %v", third, err)
			}
			if said := subscriptions("list"); !strings.Contains(said, second+"  Security\n") || strings.Count(said, "\n") != 4 {
				t.Errorf("list: %s", said)
			}
			for words, args := range map[string][]string{
				"its ID is not a GUID": {"add", "security"},
				"has no place for":     {"add", second, "security"},
			} {
				if _, err := run(t, append(append([]string{"subscriptions"}, at...), args...)...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %v", args, err)
				}
			}
		})
	}
}

// The remedy of a refused subscription works before the provider has begun a rehearsal.
func TestSubscriptions_beginARehearsal(t *testing.T) {
	t.Chdir(t.TempDir())
	must(t, "subscriptions", "add")
	if _, err := os.Stat(".azuremedia-rehearsal.db"); err != nil {
		t.Error(err)
	}
	must(t, "subscriptions", "add", "--data", "other.db")
	if _, err := os.Stat("other.db"); err != nil {
		t.Error(err)
	}
	if said := must(t, "subscriptions", "list"); strings.Count(said, "\n") != 3 {
		t.Error(said)
	}
}
