// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// TestPlan_again plans again for the apply, after somebody has regenerated a key: it is refused where the
// apply would come to something else than the plan shows.
func TestPlan_again(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ key, trigger, says string }{
		{"", "2", ""}, // Nobody has.
		{"key1", "2", ""},
		{"key2", "2", "Storage Key Rotation Outdated (ROT007)"},
		{"key1", "1", ""}, // A plan without a refresh syncs the key as any other.
	} {
		t.Run(test.key+" "+test.trigger, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
			object := w.apply(acctest.Object{}, config)
			object, _ = w.proto.Read(object)
			config["rotate_when_changed"] = acctest.Value{"n": test.trigger}
			first := w.proto.Plan(resourceType, object, config)
			if test.key != "" {
				w.regenerate("contoso", test.key)
			}
			w.proto = w.Proto() // As Terraform starts the provider again for the apply.
			again := w.proto.Plan(resourceType, object, config)
			if test.says != "" {
				wantSaid(t, again.Diagnostics, test.says, "a key of contoso that was regenerated after this plan was made",
					"Plan again, with a refresh", "Nothing was changed.")
				return
			}
			if errors := again.Diagnostics.Errors(); len(errors) > 0 {
				t.Fatal(errors.Text())
			}
			if test.trigger == "2" && again.State["phase"] != first.State["phase"] {
				t.Errorf("the phase was planned as %v, and then as %v", first.State["phase"], again.State["phase"])
			}
		})
	}
}

// TestPlan_againLater plans again for the apply when a step has come due, which the plan of another change
// does not show, and when nothing has.
func TestPlan_againLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotation_interval": "P90D"})
	object := w.apply(acctest.Object{}, config)
	object, _ = w.proto.Read(object)
	config["rotation_interval"] = "P60D"
	first := w.proto.Plan(resourceType, object, config)
	wantUnknown(t, first)
	w.Advance(55 * day)
	again := w.proto.Plan(resourceType, object, config)
	if len(again.Diagnostics) > 0 || changes(again, first.Object) {
		t.Errorf("it is planned otherwise a few days before the rotation: %s\n%s",
			cmp.Diff(first.State, again.State), again.Diagnostics.Text())
	}
	w.Advance(6 * day)
	wantSaid(t, w.proto.Plan(resourceType, object, config).Diagnostics, "Storage Key Rotation Outdated (ROT007)",
		"a step of the rotation of contoso that has come due after this plan was made")
}

// TestAccRotation_outdatedPlan applies a plan that was saved before somebody regenerated the other key.
func TestAccRotation_outdatedPlan(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), &calls{t: t, terraform: acctest.CommandLine(t), provider: buildProvider(t)})
	p.configure(ground)
	p.must()
	p.configure(ground + rotating(p.server.Ready().SubscriptionID, "1", ""))
	p.must()
	p.configure(ground + rotating(p.server.Ready().SubscriptionID, "2", ""))
	if output, code := p.run(nil, "plan", "-out=saved", "-no-color"); code != 0 {
		t.Fatalf("planning: %s", output)
	}
	answer, err := p.server.Azure().Ask(context.WithoutCancel(t.Context()), rehearsal.Question{
		Method: "POST", Body: []byte(`{"keyName": "key2"}`),
		URL: "/subscriptions/{subscriptionId}/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contoso/" +
			"regenerateKey?api-version=" + url.QueryEscape("2023-05-01"),
	})
	if err != nil || answer.Status != 200 {
		t.Fatalf("regenerating key2: %d %v", answer.Status, err)
	}
	output, code := p.run(nil, "apply", "-no-color", "saved")
	if code != 1 || !strings.Contains(output, "Error: Storage Key Rotation Outdated (ROT007)") ||
		strings.Contains(output, "bug in the provider") {
		t.Errorf("applying the saved plan ends with %d:\n%s", code, output)
	}
	p.must()
	p.advance(7)
	p.must()
	if p.phase() != "settling" {
		t.Errorf("the rotation goes on to %s", p.phase())
	}
	p.advance(7)
	p.must()
	if p.phase() != "complete" || !p.empty() {
		t.Errorf("the rotation ends %s", p.phase())
	}
}
