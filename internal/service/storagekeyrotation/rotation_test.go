// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// The calls of the storage account and the media account "contoso".
const (
	regenerate = "regenerateKey contoso"
	synced     = "syncStorageKeys contoso"
)

func TestRotation_creationAdopts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := w.rotation()
	wantSilence(t, w.plan(acctest.Object{}, config).Diagnostics)
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)
	wantPhase(t, object, "complete")
	if object.State["id"] != w.storage("contoso") || object.Identity["id"] != w.storage("contoso") {
		t.Errorf("id %v, identity %v", object.State["id"], object.Identity)
	}
	if object.State["key1_created_at"] == nil || object.State["last_synced_at"] == nil {
		t.Errorf("the times are missing: %v", object.State)
	}
	if object.State["secondary_due_at"] != nil || object.State["next_rotation_at"] != nil {
		t.Errorf("something is due: %v", object.State)
	}
}

// TestRotation_twoApplies is the whole of ROT001, ROT002 and ROT003 as a person goes through them.
func TestRotation_twoApplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"month": "may"}})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)

	config["rotate_when_changed"] = acctest.Value{"month": "june"}
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Planned",
		"This apply will regenerate key1 of contoso and sync 1 dependent: Media Services account contoso.",
		w.storage("contoso"), "rotate_when_changed has changed", "ROT001")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "settling")
	due, err := time.Parse(time.RFC3339, object.State["secondary_due_at"].(string))
	if err != nil {
		t.Fatal(err)
	}

	for _, passed := range []time.Duration{0, 3 * hours} {
		w.Advance(passed)
		plan = w.plan(object, config)
		wantSaid(t, plan.Diagnostics, "Storage Key Rotation Settling",
			"key2 follows 6 hours later", due.Format(time.RFC3339), "ROT002")
		w.wantEmpty(object, config)
	}
	w.Advance(3*hours + time.Minute)
	plan = w.plan(object, config)
	if !changes(plan, object) {
		t.Error("the second half is not planned")
	}
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Planned",
		"This apply will regenerate key2 of contoso", w.storage("contoso"),
		"key1 is new, and its settling time is over")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
	wantSilence(t, w.plan(object, config).Diagnostics)
	key1, key2 := object.State["key1_created_at"].(string), object.State["key2_created_at"].(string)
	if key2 <= key1 {
		t.Errorf("key2 is of %s, key1 of %s", key2, key1)
	}

	removed := w.plan(object, nil)
	wantSilence(t, removed.Diagnostics)
}

func TestRotation_waits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{
		"rotate_when_changed": acctest.Value{"n": "1"}, "wait_for_settle": true,
	})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced, regenerate, synced)
	wantPhase(t, object, "complete")
	if gap := between(t, object.State, "key1_created_at", "key2_created_at"); gap < 6*hours || gap > 7*hours {
		t.Errorf("key2 follows key1 after %s", gap)
	}

	w.regenerate("contoso", "key2")
	config["rotate_when_changed"] = acctest.Value{"n": "3"}
	w.proto = w.Proto()
	object = w.apply(object, config)
	w.wantCalls(synced, regenerate, synced, regenerate, synced)
	wantPhase(t, object, "complete")
}

func between(t *testing.T, state acctest.Value, first, second string) time.Duration {
	t.Helper()
	var times []time.Time
	for _, name := range []string{first, second} {
		text, _ := state[name].(string)
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		times = append(times, at)
	}
	return times[1].Sub(times[0])
}

func TestRotation_onCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_on_create": true})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced, regenerate, synced)
	wantPhase(t, object, "settling")
	w.Advance(7 * hours)
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
}

func TestRotation_interval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotation_interval": "P90D"})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)
	if gap := between(t, object.State, "key1_created_at", "next_rotation_at"); gap != 90*day {
		t.Errorf("the next rotation is due after %s", gap)
	}
	w.Advance(89 * day)
	wantSilence(t, w.plan(object, config).Diagnostics)
	w.Advance(2 * day)
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Planned",
		"The rotation interval ended at")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	w.Advance(day)
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
	w.Advance(30 * day)
	w.wantEmpty(object, config)
}

func TestRotation_emergency(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)
	config["emergency"] = true
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Emergency Skips The Settling Time (ROT002)",
		"an emergency, which regenerates both keys one right after the other",
		"streaming stops meanwhile", "emergency = false")
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Planned", "An emergency was declared")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced, regenerate, synced)
	wantPhase(t, object, "complete")
	wantSilence(t, w.plan(object, config).Diagnostics)

	// It stays declared. A rotation for another reason waits as ever.
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	plan = w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Settling", "key1 follows 6 hours later")
	object, diags := w.proto.Apply(plan)
	wantSaid(t, diags, "Storage Key Rotation Settling", "key1 follows 6 hours later")
	w.wantCalls()

	created := w.proto.Plan(resourceType, acctest.Object{}, config)
	_, diags = w.proto.Apply(created)
	wantSaid(t, diags, "Storage Key Rotation Unfinished", "regenerated none", "Apply again to start the emergency rotation")
	w.wantCalls(synced)
	_ = object
}

func TestRotation_alternate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"strategy": "alternate", "rotation_interval": "P30D"})
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)
	before := object.State
	for i, key := range []string{"key1", "key2", "key1"} {
		w.Advance(31 * day)
		wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Planned", "regenerate "+key+" of ")
		object = w.apply(object, config)
		w.wantCalls(regenerate, synced)
		wantPhase(t, object, "complete")
		for _, one := range []string{"key1", "key2"} {
			renewed := object.State[one+"_created_at"] != before[one+"_created_at"]
			if renewed != (one == key) {
				t.Errorf("period %d: %s is new: %t", i+1, one, renewed)
			}
		}
		before = object.State
	}
}

// TestRotation_elsewhere has a key regenerated by somebody else (ROT005).
func TestRotation_elsewhere(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"key1", "key2"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			config := w.rotation()
			object := w.apply(acctest.Object{}, config)
			w.regenerate("contoso", key)
			plan := w.plan(object, config)
			if !changes(plan, object) {
				t.Error("no sync is planned")
			}
			wantSaid(t, plan.Diagnostics, "Storage Key Rotation Planned", key+" was regenerated at",
				"does not regenerate a key for it", "ROT005", "Media Services account contoso")
			object = w.apply(object, config)
			w.wantCalls(synced)
			wantPhase(t, object, "complete")
		})
	}
}

// TestRotation_twoResources has two rotations of one storage account, which were planned apart, applied at
// once (ROT007).
func TestRotation_twoResources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	first, second := w.apply(acctest.Object{}, config), w.apply(acctest.Object{}, config)
	w.wantCalls(synced, synced)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	for range 3 {
		one, two := w.plan(first, config), w.plan(second, config)
		done := make(chan acctest.Object)
		go func() {
			object, _ := w.proto.Apply(one)
			done <- object
		}()
		var diags acctest.Diagnostics
		second, diags = w.proto.Apply(two)
		if len(diags.Errors()) > 0 {
			t.Errorf("the other one fails: %s", diags.Text())
		}
		first = <-done
		w.Advance(7 * hours)
	}
	wantPhase(t, first, "complete")
	wantPhase(t, second, "complete")
	regenerated := 0
	for _, call := range w.calls() {
		if call == regenerate {
			regenerated++
		}
	}
	if regenerated != 2 {
		t.Errorf("two rotations of one account regenerate %d keys, want key1 and key2 once", regenerated)
	}
	w.wantEmpty(first, config)
	w.wantEmpty(second, config)
}

func TestRotation_standsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newStorage("alone")
	config := acctest.Value{"storage_account_id": w.storage("alone"), "rotate_on_create": true}
	object := w.apply(acctest.Object{}, config)
	w.wantCalls("regenerateKey alone")
	w.Advance(7 * hours)
	object = w.apply(object, config)
	w.wantCalls("regenerateKey alone")
	wantPhase(t, object, "complete")
}

func TestRotation_goneAndUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := w.rotation()
	wantSilence(t, w.plan(acctest.Object{}, with(config, acctest.Value{
		"storage_account_id": acctest.Unknown{}, "dependent_ids": acctest.Unknown{},
	})).Diagnostics)
	wantSilence(t, w.plan(acctest.Object{}, with(config, acctest.Value{
		"dependent_ids": []any{acctest.Unknown{}},
	})).Diagnostics)
	wantSilence(t, w.plan(acctest.Object{}, with(config, acctest.Value{
		"storage_account_id": w.storage("comes"),
	})).Diagnostics)
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(synced)

	_, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, acctest.Value{
		"storage_account_id": w.storage("nobody"),
	}))
	wantSaid(t, diags, "Storage Key Rotation Not Created", w.storage("nobody"), "Nothing was changed")

	object.State["id"], object.State["storage_account_id"] = w.storage("nobody"), w.storage("nobody")
	if read, _ := w.proto.Read(object); read.State != nil {
		t.Errorf("the rotation of an account that is gone is there: %v", read.State)
	}
}

func TestRotation_import(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.regenerate("contoso", "key1")
	id := w.storage("contoso")
	byID, diags := w.proto.ImportByID(resourceType, strings.ToUpper(id[:20])+id[20:])
	wantSilence(t, diags)
	byIdentity, diags := w.proto.ImportByIdentity(resourceType, map[string]string{"id": id})
	wantSilence(t, diags)
	for _, object := range []acctest.Object{byID, byIdentity} {
		w.wantEmpty(object, acctest.Value{"storage_account_id": id})
	}
	w.wantCalls()

	// The dependents are told, and the first triggers are those of the last rotation.
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(byIdentity, config)
	w.wantCalls(synced)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Settling", "key1 follows 6 hours")
	w.Advance(7 * hours)
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "settling")

	if _, diags := w.proto.ImportByID(resourceType, w.account("contoso")); len(diags.Errors()) != 1 {
		t.Errorf("a media account is imported: %s", diags.Text())
	}
}
