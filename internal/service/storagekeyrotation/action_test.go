// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	rotateAction    = "azuremedia_rotate_storage_keys"
	syncAction      = "azuremedia_sync_storage_keys"
	verifyAction    = "azuremedia_verify"
	emergencyAction = "azuremedia_emergency_rotation"
)

// invoke invokes an action in a run of its own, and returns what it tells of its progress. It fails the test on
// anything else that is said.
func (w *world) invoke(action string, config acctest.Value) string {
	w.t.Helper()
	progress, diags := w.Proto().Invoke(action, config)
	if len(diags) > 0 {
		w.t.Fatalf("%s: %s", action, diags.Text())
	}
	return strings.Join(progress, "\n")
}

func wantTold(t *testing.T, progress string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(progress, text) {
			t.Errorf("it does not tell %q:\n%s", text, progress)
		}
	}
}

// TestAction_rotatesBatch rotates the keys of a dependent that reports what it has read: each action takes the next
// step, and however often it is repeated, no key is regenerated before the other one has settled.
func TestAction_rotatesBatch(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key1 of contoso. The action asks for a rotation.", "Syncing the keys of contoso to 1 dependent: ",
		"Done for now with contoso: key1 was synced at", "key2 follows 6 hours later")
	w.wantCalls(regenerate, syncedBatch)
	for range 2 {
		wantTold(t, w.invoke(rotateAction, config), "Done for now")
		w.Advance(2 * hours)
	}
	w.wantCalls()
	w.Advance(3 * hours)
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key2 of contoso", "Done with contoso.")
	w.wantCalls(regenerate, syncedBatch)
	wantTold(t, w.invoke(rotateAction, config), "Done for now with contoso: key2 was synced at")
	w.wantCalls()
	w.Advance(7 * hours) // Whoever invokes it now wants another rotation.
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key1 of contoso")
	w.wantCalls(regenerate, syncedBatch)
}

// TestAction_rotatesWhatDoesNotReport rotates the keys of an account that does not say what it has read: the action
// after the first half syncs it again, because nobody knows whether it was, and waits from then on.
func TestAction_rotatesWhatDoesNotReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.calls()
	config := w.rotation()
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key1 of contoso")
	w.wantCalls(synced, regenerate, synced)
	w.Advance(day)
	wantTold(t, w.invoke(rotateAction, config), "Done for now", "key2 follows 6 hours later")
	w.wantCalls(synced)
	w.Advance(day)
	progress := w.invoke(rotateAction, with(config, acctest.Value{"wait_for_settle": true}))
	wantTold(t, progress, "Waiting until ", "6h0m0s left", "5m0s left", "Regenerating key2 of contoso", "Done with contoso.")
	w.wantCalls(synced, regenerate, synced)
	w.Advance(day) // A whole one, from a sync that settles first.
	progress = w.invoke(rotateAction, with(config, acctest.Value{"wait_for_settle": true}))
	wantTold(t, progress, "Regenerating key1 of contoso", "Regenerating key2 of contoso", "Done with contoso.")
	w.wantCalls(synced, regenerate, synced, regenerate, synced)
}

// TestAction_rotatesInterrupted has the sync fail after a key was regenerated: the next action syncs it, and does
// not regenerate it again.
func TestAction_rotatesInterrupted(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	w.faulty(fault.Fault{Kind: fault.Error, Status: http.StatusForbidden, Code: "AuthorizationFailed", Times: 1, Method: http.MethodPost, Path: "*/syncAutoStorageKeys"})
	_, diags := w.Proto().Invoke(rotateAction, config)
	wantTold(t, diags.Errors().Text(), "Storage Key Rotation Not Completed", "Batch account fabrikam was not synced", "Invoke the action again")
	w.wantCalls(regenerate, syncedBatch+" refused")
	w.Advance(day)
	wantTold(t, w.invoke(rotateAction, config), "Syncing the keys of contoso to 1 dependent: ", "Done for now", "key2 follows 6 hours later")
	w.wantCalls(syncedBatch)
	w.Advance(7 * hours)
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key2")
}

// TestAction_takesTurns has two actions of one run on the same storage account: the second sees what the first did.
func TestAction_takesTurns(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	proto := w.Proto()
	told := make(chan string)
	for range 2 {
		go func() {
			progress, diags := proto.Invoke(rotateAction, config)
			told <- strings.Join(progress, "\n") + diags.Text()
		}()
	}
	if both := <-told + <-told; strings.Count(both, "Regenerating") != 1 || strings.Count(both, "Done for now") != 2 {
		t.Errorf("they tell:\n%s", both)
	}
	w.wantCalls(regenerate, syncedBatch)
}

// TestAction_alternates regenerates the older key, and never one before the other has settled.
func TestAction_alternates(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	config["strategy"], config["settling_time"] = "alternate", "PT8H"
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key1", "Done with contoso.")
	w.Advance(7 * hours)
	wantTold(t, w.invoke(rotateAction, config), "Done for now", "key2 follows 8 hours later")
	w.Advance(2 * hours)
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key2", "Done with contoso.")
	w.wantCalls(regenerate, syncedBatch, regenerate, syncedBatch)
}

// TestAction_besideTheResource has actions regenerate keys of a rotation in a state. Its next plan says which keys are
// new, and after that the plan is empty.
func TestAction_besideTheResource(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]struct {
		action string
		config acctest.Value
		said   string
	}{
		"a step":       {rotateAction, nil, "key1 was regenerated at"},
		"an emergency": {emergencyAction, acctest.Value{"leaked_at": "NOW"}, "key1 was regenerated at"},
		"a sync":       {syncAction, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _, config := newBatch(t)
			object := w.apply(acctest.Object{}, config)
			w.Advance(time.Hour)
			given := with(config, act.config)
			if given["leaked_at"] == "NOW" {
				given["leaked_at"] = w.now()
			}
			w.invoke(act.action, given)
			w.calls()
			if act.said == "" {
				w.wantEmpty(object, config)
				return
			}
			wantSaid(t, w.plan(object, config).Diagnostics, planned, act.said, "(ROT005)")
			object = w.apply(object, config)
			w.wantCalls(syncedBatch)
			wantPhase(t, object, "complete")
		})
	}
}

// TestAction_endsTheRotationOfTheResource has an action take the second half of a rotation that a state has begun: the
// next plan takes note of it, and the rotation is complete.
func TestAction_endsTheRotationOfTheResource(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	object = w.apply(object, config)
	wantPhase(t, object, "settling")
	w.Advance(7 * hours)
	w.calls()
	given := acctest.Value{"storage_account_id": config["storage_account_id"], "dependent_ids": config["dependent_ids"]}
	wantTold(t, w.invoke(rotateAction, given), "Regenerating key2 of contoso", "Done with contoso.")
	wantSaid(t, w.plan(object, config).Diagnostics, planned, "key2 was regenerated at", "(ROT005)")
	object = w.apply(object, config)
	w.wantCalls(regenerate, syncedBatch, syncedBatch)
	wantPhase(t, object, "complete")
}

// TestAction_emergency regenerates what is older than the leak, one key after the other, and nothing twice.
func TestAction_emergency(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	w.Advance(day)
	config["leaked_at"] = w.now()
	wantTold(t, w.invoke(emergencyAction, config), "Regenerating key1 of contoso. An emergency was declared",
		"Regenerating key2 of contoso", "Done with contoso.")
	w.wantCalls(regenerate, syncedBatch, regenerate, syncedBatch)
	wantTold(t, w.invoke(emergencyAction, config), "Syncing the keys of contoso to 1 dependent: ", "Done with contoso.")
	w.wantCalls(syncedBatch)

	for _, interrupted := range []string{"key1", "key2"} {
		w.Advance(day)
		config["leaked_at"] = w.now()
		w.Advance(time.Hour)
		w.regenerate("contoso", interrupted) // All that the action before did.
		progress := w.invoke(emergencyAction, config)
		w.wantCalls(syncedBatch, regenerate, syncedBatch)
		if strings.Contains(progress, "Regenerating "+interrupted) {
			t.Errorf("%s is regenerated again:\n%s", interrupted, progress)
		}
	}
	config["leaked_at"] = w.Client.TimeOf("").Add(day).UTC().Format(time.RFC3339)
	_, diags := w.Proto().Invoke(emergencyAction, config)
	wantTold(t, diags.Errors().Text(), "Leak In The Future", "a time that has passed", "Nothing was changed")
	config["leaked_at"] = "yesterday"
	_, diags = w.Proto().Invoke(emergencyAction, config)
	wantTold(t, diags.Errors().Text(), "leaked_at", "RFC")
	w.wantCalls()
}

// TestAction_secrets has a secret always hold the key that is not regenerated next, and its readers a day to follow.
func TestAction_secrets(t *testing.T) {
	t.Parallel()
	w, config := newSecret(t)
	signed := with(config, acctest.Value{"verify": []any{acctest.Value{"signed": true}}})
	wantTold(t, w.invoke(syncAction, config), "Syncing the keys of contoso to 1 dependent: ", "Done with contoso.")
	w.wantHeld("key2")
	wantTold(t, w.invoke(verifyAction, signed), "Verifying clients of contoso", "Every address answers as expected.")
	wantTold(t, w.invoke(rotateAction, config), "Done for now", "24 hours later")
	w.Advance(25 * hours)
	wantTold(t, w.invoke(rotateAction, config), "Regenerating key1", "Done for now", "key2 follows 24 hours later")
	w.wantHeld("key1")
	w.Advance(25 * hours)
	wantTold(t, w.invoke(rotateAction, signed), "Verifying clients of contoso", "Regenerating key2", "Done with contoso.")
	w.wantHeld("key2")
	w.Advance(time.Hour)
	leak := with(config, acctest.Value{"leaked_at": w.now()})
	proto, before := w.Proto(), w.keys("contoso")
	log := proto.Log()
	progress, diags := proto.Invoke(emergencyAction, leak)
	wantTold(t, strings.Join(progress, "\n"), "Regenerating key1", "Regenerating key2", "Done with contoso.")
	w.wantHeld("key2")
	wantTold(t, log.String(), "regenerateKey")
	for _, issued := range []map[string]string{before, w.keys("contoso")} {
		for name, value := range issued {
			if strings.Contains(log.String()+strings.Join(progress, "")+diags.Text(), value) {
				t.Errorf("the value of %s is told (ROT008)", name)
			}
		}
	}
	wantTold(t, w.invoke(verifyAction, signed), "Every address answers as expected.")
}

// TestAction_sync syncs and regenerates nothing.
func TestAction_sync(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.Account("northwind")
	w.calls()
	for range 2 {
		wantTold(t, w.invoke(syncAction, w.rotation()), "Syncing the keys of contoso to 1 dependent: ", "Done with contoso.")
		w.wantCalls(synced)
	}
	w.share("northwind")
	w.calls()
	_, diags := w.Proto().Invoke(syncAction, w.rotation())
	wantTold(t, diags.Warnings().Text(), "northwind", "dependent_ids")
	if len(diags.Errors()) > 0 {
		t.Error(diags.Text())
	}
}

// TestAction_verifies says which address does not answer, and changes nothing.
func TestAction_verifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.newStorage("contoso")
	w.calls()
	_, diags := w.Proto().Invoke(verifyAction, acctest.Value{
		"storage_account_id": w.storage("contoso"),
		"verify": []any{acctest.Value{
			"url": "https://contoso.blob.core.windows.net/none/none", "expected_status": 418, "attempts": 1,
		}},
	})
	wantTold(t, diags.Errors().Text(), "Verification Failed (ROT004)", "instead of 418", "Nothing was changed")
	w.wantCalls()
}

// TestAction_refuses tells what is wrong before anything is changed.
func TestAction_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.calls()
	for name, test := range map[string]struct {
		change acctest.Value
		texts  []string
	}{
		"a short settling time": {acctest.Value{"settling_time": "PT1H"}, []string{"ROT002", "PT6H"}},
		"another strategy":      {acctest.Value{"strategy": "neither"}, []string{"both", "alternate"}},
		"no dependent":          {acctest.Value{"dependent_ids": []any{w.storage("contoso")}}, []string{"dependent_ids"}},
		"null":                  {acctest.Value{"dependent_ids": []any{nil}}, []string{"Null Element"}},
		"no account":            {acctest.Value{"storage_account_id": w.storage("none"), "dependent_ids": nil}, []string{"Storage Key Rotation Not Completed", "ResourceNotFound"}},
	} {
		_, diags := w.Proto().Invoke(rotateAction, with(w.rotation(), test.change))
		if len(diags.Errors()) == 0 {
			t.Errorf("%s is accepted", name)
		}
		wantTold(t, diags.Errors().Text(), test.texts...)
	}
	w.wantCalls()
}

// now is the time by Azure's clock, as a configuration has it.
func (w *world) now() string {
	w.t.Helper()
	now, err := w.Rehearsal().Now(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return now.UTC().Format(time.RFC3339)
}

// faulty has something fail.
func (w *world) faulty(one fault.Fault) {
	w.t.Helper()
	if _, err := w.Rehearsal().AddFault(w.t.Context(), one); err != nil {
		w.t.Fatal(err)
	}
}
