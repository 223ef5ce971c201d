// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// streams has the media account stream a file, and returns its URL.
func (w *world) streams() string {
	w.t.Helper()
	url, err := w.Rehearsal().Streaming(context.WithoutCancel(w.t.Context()), w.account("contoso"))
	if err != nil {
		w.t.Fatal(err)
	}
	return url
}

// asked is how often the URL was asked for since the test began.
func (w *world) asked(url string) int {
	w.t.Helper()
	_, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	return len(w.Requests("GET", "/"+path))
}

// TestRotation_verifies has the file that a media account streams be asked for, before key2 and at
// the end.
func TestRotation_verifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	url := w.streams()
	config := with(w.rotation(), acctest.Value{
		"rotate_when_changed": acctest.Value{"n": "1"},
		"verify": []any{acctest.Value{
			"url": url, "expected_body": "^This file is streamed",
			"expected_headers": acctest.Value{"Content-Type": "^text/plain"},
			"expected_status":  200, "attempts": 3,
		}},
	})
	object := w.apply(acctest.Object{}, config)
	config["rotate_when_changed"] = acctest.Value{"n": "2"}
	object = w.apply(object, config)
	w.wantCalls(synced, regenerate, synced)
	if asked := w.asked(url); asked != 0 {
		t.Errorf("it is verified %d times before it has settled", asked)
	}
	w.Advance(7 * hours)
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Planned",
		"This apply will request the addresses in verify", "before key2 is regenerated", "ROT004")
	object = w.apply(object, config)
	w.wantCalls(regenerate, synced)
	wantPhase(t, object, "complete")
	if asked := w.asked(url); asked != 2 {
		t.Errorf("it is verified %d times, want before key2 and at the end", asked)
	}
}

// TestRotation_failedVerification has what is asked for not be as expected (ROT004).
func TestRotation_failedVerification(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		expects acctest.Value
		found   string
	}{
		"status": {acctest.Value{"expected_status": 404}, "answers 200 OK instead of 404"},
		"header": {
			acctest.Value{"expected_headers": acctest.Value{"Content-Type": "^video/"}},
			`has a header Content-Type that does not match "^video/"`,
		},
		"body":      {acctest.Value{"expected_body": "^A film"}, `has a body that does not match "^A film"`},
		"no answer": {acctest.Value{"url": "unreachable"}, "gives no answer ("},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			url := w.streams()
			good := acctest.Value{"url": url, "expected_status": 200, "attempts": 2}
			expects := with(good, test.expects)
			if expects["url"] == "unreachable" {
				expects["url"] = url + "?sig=secret"
				_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
					Kind: fault.Reset, Method: "GET", Path: "*/film.txt", Times: 2,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			config := with(w.rotation(), acctest.Value{
				"rotate_on_create": true, "verify": []any{expects},
			})
			object := w.apply(acctest.Object{}, config)
			w.Advance(7 * hours)
			w.calls()
			object, diags := w.fail(object, config)
			w.wantCalls()
			wantSaid(t, diags, "Verification Failed (ROT004)", "Found: https://",
				test.found, "Required: the configured answer", "Waited 10s for it to answer as expected", "Remedy: ",
				"then apply again",
				"The second key was not regenerated. The next plan says what is left", "ROT006")
			if strings.Contains(diags.Text(), "secret") {
				t.Errorf("a signature is shown: %s", diags.Text())
			}
			if asked := w.asked(url); asked != 2 {
				t.Errorf("it was asked %d times, want twice", asked)
			}
			wantPhase(t, object, "settling")

			config["verify"] = []any{good}
			object = w.apply(object, config)
			w.wantCalls(regenerate, synced)
			wantPhase(t, object, "complete")
		})
	}
}

// TestRotation_failedLastVerification has the verification fail that a rotation ends with.
func TestRotation_failedLastVerification(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	good := acctest.Value{"url": w.streams(), "expected_status": 200, "attempts": 1}
	config := with(w.rotation(), acctest.Value{"rotate_on_create": true})
	object := w.apply(acctest.Object{}, config)
	w.Advance(7 * hours)
	config["verify"] = []any{good}
	// Somebody regenerates key2 meanwhile: what is left is a sync and the verification at the end.
	w.regenerate("contoso", "key2")
	w.calls()
	config["verify"] = []any{with(good, acctest.Value{"expected_status": 418})}
	object, diags := w.fail(object, config)
	wantSaid(t, diags, "Verification Failed (ROT004)", "Both keys are new and synced")
	wantPhase(t, object, "closing")
	w.wantCalls(synced)

	config["verify"] = []any{good}
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Planned",
		"A rotation ends with a verification")
	object = w.apply(object, config)
	w.wantCalls()
	wantPhase(t, object, "complete")
}
