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

// late moves the clock of the services whose URL has the part, from now on, for the runs from now on.
func (w *world) late(part string, by func() time.Duration) {
	w.Wrap(func(through http.RoundTripper) http.RoundTripper {
		return acctest.RoundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := through.RoundTrip(req)
			if err != nil || !strings.Contains(strings.ToLower(req.URL.String()), strings.ToLower(part)) {
				return resp, err
			}
			if date, failed := http.ParseTime(resp.Header.Get("Date")); failed == nil {
				resp.Header.Set("Date", date.Add(by()).Format(http.TimeFormat))
			}
			return resp, err
		})
	})
	w.proto = w.Proto()
}

// halfway is a rotation whose first key is new and synced.
func halfway(t *testing.T) (*world, acctest.Object, acctest.Value) {
	t.Helper()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = w.apply(object, config)
	wantPhase(t, object, "settling")
	w.calls()
	return w, object, config
}

// TestClock_ofAnotherServiceDoesNotCount: by that of the sign-in the settling time is over.
func TestClock_ofAnotherServiceDoesNotCount(t *testing.T) {
	t.Parallel()
	for _, other := range []string{"login.microsoftonline.com", "Microsoft.Media", "vault.azure.net"} {
		w, object, config := halfway(t)
		w.late(other, func() time.Duration { return 7 * hours })
		plan := w.plan(object, config)
		if changes(plan, object) {
			t.Errorf("%s is ahead, and the plan goes on: %s", other, plan.Diagnostics.Text())
		}
		wantSaid(t, plan.Diagnostics, "Storage Key Rotation Settling", "(ROT002)")
		if left, diags := w.proto.Apply(plan); left.State["phase"] != "settling" || len(diags.Errors()) > 0 {
			t.Errorf("%s: phase %v: %s", other, left.State["phase"], diags.Text())
		}
		w.wantCalls()
	}
}

// TestClock_thatContradictsTheKeys regenerates none of them, and says so: it shows a time before the new
// key1 was made, and before the sync.
func TestClock_thatContradictsTheKeys(t *testing.T) {
	t.Parallel()
	w, object, config := halfway(t)
	w.Advance(7 * hours)
	behind := 10 * hours
	w.late("Microsoft.Storage", func() time.Duration { return -behind })
	config["emergency"] = true // It waits for nothing.
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Clock Cannot Be Trusted (ROT009)", "key1 was made at", "Remedy: Plan again later.")
	_, diags := w.proto.Apply(plan)
	wantSaid(t, diags.Errors(), "Clock Cannot Be Trusted (ROT009)", "No key was regenerated.")
	w.wantCalls()

	behind = 0
	w.proto = w.Proto()
	object = w.apply(object, config)
	if object.State["key1_created_at"] == "" {
		t.Error("the rotation does not go on")
	}
	if calls := w.calls(); len(calls) == 0 || calls[0] != regenerate {
		t.Errorf("once the clock is right, the calls are %v", calls)
	}
}

// TestClock_thatJumps while a run waits does not end the wait.
func TestClock_thatJumps(t *testing.T) {
	t.Parallel()
	w, object, config := halfway(t)
	var ahead time.Duration
	w.late("Microsoft.Storage", func() time.Duration { return ahead })
	config["wait_for_settle"] = true
	plan := w.plan(object, config)
	ahead = 7 * hours
	left, diags := w.proto.Apply(plan)
	wantSaid(t, diags.Errors(), "Clock Cannot Be Trusted (ROT009)", "it has jumped by 7h", "No key was regenerated.", "(ROT006)")
	wantPhase(t, left, "settling")
	w.wantCalls()
}

// TestRegenerate_isTriedAgain where the key's age shows that nothing has happened: Azure was asked too
// often, or nothing arrived.
func TestRegenerate_isTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault.Fault

		want []string
	}{
		"throttled":   {fault.Fault{Kind: fault.Throttle, RetryAfter: moment}, []string{regenerate + " refused", regenerate, synced}},
		"not arrived": {fault.Fault{Kind: fault.Reset}, []string{regenerate + " refused", regenerate, synced}},
		"answer lost": {fault.Fault{Kind: fault.Lost}, []string{regenerate, synced}},
		"throttled afterwards": {
			fault.Fault{Kind: fault.ErrorAfter, Status: http.StatusTooManyRequests, Code: "TooManyRequests", RetryAfter: moment},
			[]string{regenerate + " refused", synced},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			config := with(w.rotation(), acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
			object := w.apply(acctest.Object{}, config)
			w.calls()
			test.Method, test.Path = http.MethodPost, "*/regenerateKey"
			if _, err := w.Rehearsal().AddFault(t.Context(), test.Fault); err != nil {
				t.Fatal(err)
			}
			before := object.State["key1_created_at"]
			config["rotate_when_changed"] = acctest.Value{"n": "2"}
			object, diags := w.proto.Apply(w.plan(object, config))
			if len(diags.Errors()) > 0 || object.State["phase"] != "settling" || object.State["key1_created_at"] == before {
				t.Errorf("phase %v: %s", object.State["phase"], diags.Text())
			}
			w.wantCalls(test.want...)
		})
	}
}
