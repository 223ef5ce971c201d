// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// moment is short enough for a test that really waits for it.
const moment = fault.Duration(5 * time.Millisecond)

// faults are the ways in which a call goes wrong.
func faults() map[string]fault.Fault {
	return map[string]fault.Fault{
		"throttled":         {Kind: fault.Throttle, RetryAfter: moment},
		"error before":      {Kind: fault.Error, RetryAfter: moment},
		"error after":       {Kind: fault.ErrorAfter, RetryAfter: moment},
		"conflict":          {Kind: fault.Error, Status: http.StatusConflict, Code: "Conflict"},
		"conflict after":    {Kind: fault.ErrorAfter, Status: http.StatusConflict, Code: "Conflict"},
		"slow":              {Kind: fault.Slow, Delay: moment},
		"forbidden, passes": {Kind: fault.Error, Status: http.StatusForbidden, Code: "AuthorizationFailed"},
	}
}

// TestRotation_faults has each of the calls of a rotation go wrong in each of the ways. Whatever
// happens, streaming works all the while, the rotation comes to an end, and no key is regenerated
// twice.
func TestRotation_faults(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"regenerateKey", "syncStorageKeys"} {
		for name, strikes := range faults() {
			for skip := range 2 { // the first such call of the rotation, or the second
				t.Run(call+" "+name+" "+[]string{"first", "second"}[skip], func(t *testing.T) {
					t.Parallel()
					once := strikes
					once.Method, once.Path, once.Skip = http.MethodPost, "*/"+call, skip
					endures(t, once)
				})
			}
		}
	}
}

// endures goes through a rotation with a fault.
func endures(t *testing.T, strikes fault.Fault) {
	t.Helper()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(acctest.Object{}, config)
	watch := watched(t, w.Rehearsal())
	if _, err := w.Rehearsal().AddFault(t.Context(), strikes); err != nil {
		t.Fatal(err)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	for applies := 1; ; applies++ {
		if applies > 6 {
			t.Fatalf("the rotation does not end: %v", object.State)
		}
		var diags acctest.Diagnostics
		object, diags = w.proto.Apply(w.plan(object, config))
		watch.look()
		if errors := diags.Errors(); len(errors) > 1 || len(errors) == 1 && !strings.Contains(errors.Text(), "(ROT006)") {
			t.Errorf("an interruption does not say that it resumes:\n%s", diags.Text())
		}
		if len(diags.Errors()) == 0 && object.State["phase"] == "complete" {
			break
		}
		for range 7 {
			w.Azure.Advance(time.Hour)
			watch.look()
		}
		w.proto = w.Proto()
	}
	w.wantEmpty(object, config)
	for _, key := range []string{"key1", "key2"} {
		if n := watch.regenerations(key); n != 1 {
			t.Errorf("%s was regenerated %d times", key, n)
		}
	}
	sent := 0
	for _, call := range w.calls() {
		if strings.HasPrefix(call, regenerate) {
			sent++
		}
	}
	if again := sent - 2; again > 1 || strikes.Kind == fault.ErrorAfter && again > 0 {
		t.Errorf("%d regenerations were asked for", sent)
	}
}

// TestRotation_lostAnswer has the connection break off after a regeneration: it is settled by the
// creation time in the same apply, and nobody notices.
func TestRotation_lostAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(acctest.Object{}, config)
	w.calls()
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Lost, Method: http.MethodPost, Path: "*/regenerateKey", Times: -1,
	}); err != nil {
		t.Fatal(err)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = w.apply(object, config)
	w.Advance(7 * hours)
	object = w.apply(object, config)
	wantPhase(t, object, "complete")
	calls := slices.DeleteFunc(w.calls(), func(call string) bool { return !strings.HasPrefix(call, regenerate) })
	if len(calls) != 2 {
		t.Errorf("%d regenerations were asked for: %v", len(calls), calls)
	}
}

// TestRotation_refused has Azure refuse a regeneration: the error says what was asked, what was
// answered, and what is left.
func TestRotation_refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(acctest.Object{}, config)
	w.calls()
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Status: http.StatusForbidden, Code: "AuthorizationFailed",
		Message: "You may not.", Method: http.MethodPost, Path: "*/regenerateKey",
	}); err != nil {
		t.Fatal(err)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object, diags := w.fail(object, config)
	w.wantCalls(regenerate + " refused")
	wantSaid(t, diags, "Storage Key Rotation Not Updated", w.storage("contoso"), "You may not.",
		"creation time of key1 will show whether it was regenerated", "never regenerated twice", "ROT006")
	wantPhase(t, object, "complete")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "settling")
}
