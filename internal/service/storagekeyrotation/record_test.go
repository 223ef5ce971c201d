// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// wantUnknown fails the test unless the plan leaves exactly these attributes unknown.
func wantUnknown(t *testing.T, plan acctest.Plan, want ...string) {
	t.Helper()
	var unknown []string
	for _, name := range slices.Sorted(maps.Keys(plan.State)) {
		if _, ok := plan.State[name].(acctest.Unknown); ok {
			unknown = append(unknown, name)
		}
	}
	if diff := cmp.Diff(want, unknown); diff != "" {
		t.Errorf("what is known after the apply (-want +got):\n%s", diff)
	}
}

// TestPlan_known plans the halves of a rotation, and changes without one: a plan shows everything but
// the times that only the apply knows.
func TestPlan_known(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{
		"rotate_when_changed": acctest.Value{"n": "1"}, "rotation_interval": "P90D",
	})
	object := w.apply(acctest.Object{}, config)
	config["verify"] = []any{acctest.Value{"url": "https://contoso.example"}}
	plan := w.plan(object, config)
	wantUnknown(t, plan)
	config["verify"] = nil

	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	plan = w.plan(object, config)
	wantUnknown(t, plan, "key1_created_at", "last_synced_at", "next_rotation_at", "secondary_due_at")
	if plan.State["phase"] != "settling" || plan.State["rotated_for"] == object.State["rotated_for"] {
		t.Errorf("the first half is planned as %v", plan.State)
	}
	object = w.apply(object, config)

	w.Advance(3 * hours)
	config["rotation_interval"] = "P60D" // The second half may be due when this is applied.
	plan = w.plan(object, config)
	wantUnknown(t, plan, "key2_created_at", "last_synced_at", "phase", "secondary_due_at")
	object = w.apply(object, config)
	wantPhase(t, object, "settling")

	w.Advance(4 * hours)
	plan = w.plan(object, config)
	wantUnknown(t, plan, "key2_created_at", "last_synced_at")
	if plan.State["phase"] != "complete" || plan.State["secondary_due_at"] != nil {
		t.Errorf("the second half is planned as %v", plan.State)
	}
	object = w.apply(object, config)

	w.Advance(day)
	w.regenerate("contoso", "key2")
	plan = w.plan(object, config)
	wantUnknown(t, plan, "last_synced_at")
	object = w.apply(object, config)
	wantPhase(t, object, "complete")
}

// TestRotation_overdue creates a rotation of keys that have reached their age: the plan and the apply say
// that the next one rotates, which it does.
func TestRotation_overdue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.Advance(100 * day)
	config := with(w.rotation(), acctest.Value{"rotation_interval": "P90D"})
	plan := w.plan(acctest.Object{}, config)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Overdue", "The rotation of the keys of contoso is overdue since 20",
		"This apply will record and sync them, and regenerate none", "with the next apply from this state",
		"pipeline without a backend", w.storage("contoso"))
	object, diags := w.proto.Apply(plan)
	wantSaid(t, diags, "Storage Key Rotation Overdue", "is overdue since 20", "This apply recorded and synced them")
	w.wantCalls(synced)
	wantPhase(t, object, "complete")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "settling")

	// key1 is of another age than key2 now: the sync of a creation settles first.
	w.Advance(100 * day)
	plan = w.plan(acctest.Object{}, config)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Overdue", "with the first apply from this state after 20",
		"when the settling time of the sync is over")
	plan = w.plan(acctest.Object{}, with(config, acctest.Value{"rotate_on_create": true}))
	wantSilence(t, plan.Diagnostics)
	wantSilence(t, w.plan(acctest.Object{}, with(config, acctest.Value{"rotation_interval": "P365D"})).Diagnostics)
}

// TestRotation_forgotten has Terraform forget the private state after each apply, as it does when the
// provider is killed. The rotation goes the same way.
func TestRotation_forgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	apply := func(object acctest.Object, phase string, calls ...string) acctest.Object {
		t.Helper()
		object = w.apply(object, config)
		w.wantCalls(calls...)
		wantPhase(t, object, phase)
		if len(object.Private) == 0 {
			t.Error("the private state is empty")
		}
		object.Private = nil
		w.wantEmpty(object, config)
		return object
	}
	object := apply(acctest.Object{}, "complete", synced)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = apply(object, "settling", regenerate, synced)
	w.Advance(5 * hours)
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Settling")
	w.Advance(2 * hours)
	object = apply(object, "complete", regenerate, synced)

	// A rotation that is asked for before the keys have settled.
	config["rotate_when_changed"] = acctest.Value{"n": "3"}
	object = w.forget(object, config, "complete")
	w.wantCalls()
	w.Advance(7 * hours)
	object = apply(object, "settling", regenerate, synced)

	// A key that an interrupted run has regenerated, which a refresh must not take for synced.
	w.regenerate("contoso", "key1")
	object, _ = w.proto.Read(object)
	object.Private = nil
	object = apply(object, "settling", synced)
	w.Advance(7 * hours)
	object = apply(object, "complete", regenerate, synced)

	// An emergency is answered once.
	config["emergency"] = true
	object = apply(object, "complete", regenerate, synced, regenerate, synced)
	w.wantEmpty(object, config)
	config["emergency"] = false
	object = apply(object, "complete")
	config["emergency"] = true
	apply(object, "complete", regenerate, synced, regenerate, synced)
}

// forget applies a plan that waits, and forgets the private state.
func (w *world) forget(object acctest.Object, config acctest.Value, phase string) acctest.Object {
	w.t.Helper()
	object, diags := w.proto.Apply(w.plan(object, config))
	wantSaid(w.t, diags, "Storage Key Rotation Settling")
	wantPhase(w.t, object, phase)
	object.Private = nil
	return object
}

// TestRotation_forgottenEmergency forgets an emergency that a creation leaves unanswered, and one whose
// second half fails.
func TestRotation_forgottenEmergency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"emergency": true, "verify": []any{acctest.Value{
		"url": w.streams(), "expected_status": 418, "attempts": 1,
	}}})
	object, diags := w.proto.Apply(w.plan(acctest.Object{}, config))
	wantSaid(t, diags, "Storage Key Rotation Unfinished", "Apply again to start the emergency rotation")
	w.wantCalls(synced)
	object.Private = nil
	object, _ = w.fail(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "settling")
	object.Private = nil
	config["verify"] = nil
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
}

// TestUpgrade goes on from states of version 0, which kept the record in an attribute.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	// The attributes showed what Azure had at the last refresh, the record what was synced.
	older := func(object acctest.Object) acctest.Object {
		t.Helper()
		state := maps.Clone(object.State)
		delete(state, "rotated_for")
		recorded := map[string]any{
			"phase": state["phase"], "key1_created_at": state["key1_created_at"], "key2_created_at": state["key2_created_at"],
			"key1_synced_at": state["last_synced_at"], "key2_synced_at": nil, "last_synced_at": state["last_synced_at"],
			"started_for": object.State["rotated_for"], "emergency_answered": false, "waits_for_nothing": false,
		}
		state["record"] = recorded
		state["key1_created_at"] = "2026-12-24T00:00:00Z"
		return w.upgrade(object, state)
	}
	object := older(w.apply(acctest.Object{}, config))
	w.wantEmpty(object, config)
	w.calls()
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	object = older(object)
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Settling")
	w.wantEmpty(object, config)
	w.regenerate("contoso", "key1") // As an interrupted run leaves it.
	w.Advance(7 * hours)
	object = w.apply(older(object), config)
	w.wantCalls(synced)
	w.Advance(7 * hours)
	object = w.apply(older(object), config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
	w.wantEmpty(older(object), config)
}

// TestAccRotation_upgrade has the command line go on, half-way through a rotation, from a state that
// version 0 wrote.
func TestAccRotation_upgrade(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), &calls{t: t, terraform: acctest.CommandLine(t), provider: buildProvider(t)})
	p.configure(ground)
	p.must()
	for _, trigger := range []string{"1", "2"} {
		p.configure(ground + rotating(p.server.Ready().SubscriptionID, trigger, ""))
		p.must()
	}
	p.edit(func(resource map[string]any) {
		if resource["type"] != resourceType {
			return
		}
		instance := resource["instances"].([]any)[0].(map[string]any)
		attributes := instance["attributes"].(map[string]any)
		instance["schema_version"] = 0
		delete(instance, "private")
		attributes["record"] = map[string]any{
			"phase": attributes["phase"], "last_synced_at": attributes["last_synced_at"],
			"key1_created_at": attributes["key1_created_at"], "key2_created_at": attributes["key2_created_at"],
			"key1_synced_at": attributes["last_synced_at"], "key2_synced_at": nil,
			"started_for": attributes["rotated_for"], "emergency_answered": false, "waits_for_nothing": false,
		}
		delete(attributes, "rotated_for")
	})
	if !p.empty() {
		t.Error("the plan after the upgrade is not empty")
	}
	p.advance(7)
	p.must()
	if p.phase() != "complete" || !p.empty() {
		t.Errorf("the rotation ends %s", p.phase())
	}
	if content, err := os.ReadFile(filepath.Join(p.folder, stateFile)); err != nil || strings.Contains(string(content), `"record"`) {
		t.Errorf("the state still has a record: %v", err)
	}
}

// upgrade upgrades a state of version 0.
func (w *world) upgrade(object acctest.Object, state map[string]any) acctest.Object {
	w.t.Helper()
	encoded, err := json.Marshal(state)
	if err != nil {
		w.t.Fatal(err)
	}
	upgraded, diags := w.proto.Upgrade(resourceType, 0, encoded)
	wantSilence(w.t, diags)
	object.State, object.Private = upgraded, nil
	return object
}
