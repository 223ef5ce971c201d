// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

const day = 24 * time.Hour

func (w *world) setPolicy(vault, key, policy string) map[string]any {
	w.t.Helper()
	return want(w.t, w.data(http.MethodPut, vault, "keys/"+key+"/rotationpolicy", policy), 200).Body
}

func TestARotationPolicyIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("policy", nil)
	w.key("policy", "k", ec)
	const id = "https://policy.vault.azure.net/keys/k/rotationpolicy"
	notice := map[string]any{
		"trigger": map[string]any{"timeBeforeExpiry": "P30D"},
		"action":  map[string]any{"type": "Notify"},
	}
	got := want(t, w.data(http.MethodGet, "policy", "keys/k/rotationpolicy", ""), http.StatusOK).Body
	if diff := cmp.Diff(map[string]any{
		"id": id, "lifetimeActions": []any{notice}, "attributes": map[string]any{},
	}, got); diff != "" {
		t.Errorf("the default policy (-want +got):\n%s", diff)
	}
	w.setPolicy("policy", "k", `{"attributes":{"expiryTime":"P1Y"}}`)
	w.advance(time.Minute)
	set := w.setPolicy("policy", "k", `{"lifetimeActions":[
		{"trigger":{"timeAfterCreate":"P30D"},"action":{"type":"rotate"}},
		{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Notify"}}],
		"attributes":{"expiryTime":"P90D"}}`)
	wanted := map[string]any{
		"id": id,
		"lifetimeActions": []any{map[string]any{
			"trigger": map[string]any{"timeAfterCreate": "P30D"},
			"action":  map[string]any{"type": "Rotate"},
		}, notice},
		"attributes": map[string]any{
			"expiryTime": "P90D",
			"created":    float64(start.Unix()), "updated": float64(start.Unix() + 60),
		},
	}
	if diff := cmp.Diff(wanted, set); diff != "" {
		t.Errorf("the policy (-want +got):\n%s", diff)
	}
	got = w.data(http.MethodGet, "policy", "keys/k/rotationpolicy", "").Body
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("the policy that is kept (-want +got):\n%s", diff)
	}
	for _, path := range []string{"keys/none/rotationpolicy", "keys/none/rotate"} {
		method := http.MethodGet
		if path == "keys/none/rotate" {
			method = http.MethodPost
		}
		want(t, w.data(method, "policy", path, ""), http.StatusNotFound)
	}
	want(t, w.data(http.MethodPut, "policy", "keys/none/rotationpolicy", `{}`), http.StatusNotFound)
}

func TestRotationPoliciesThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("policy", nil)
	w.key("policy", "k", ec)
	action := func(trigger, kind string) string {
		return `{"trigger":{` + trigger + `},"action":{"type":"` + kind + `"}}`
	}
	for _, test := range []struct{ actions, expiry string }{
		{"", "P27D"},
		{"", "3 months"},
		{"", "P"},
		{action(`"timeAfterCreate":"P6D"`, "Rotate"), ""},
		{action(`"timeAfterCreate":"PT1H"`, "Rotate"), ""},
		{action(`"timeBeforeExpiry":"P6D"`, "Rotate"), "P90D"},
		{action(`"timeBeforeExpiry":"P30D"`, "Rotate"), ""},
		{action(`"timeAfterCreate":"P30D"`, "Notify"), ""},
		{action(`"timeAfterCreate":"P30D","timeBeforeExpiry":"P30D"`, "Rotate"), "P90D"},
		{action("", "Rotate"), "P90D"},
		{action(`"timeAfterCreate":"P30D"`, "Wake"), ""},
		{action(`"timeAfterCreate":"P30D"`, "Rotate") + "," +
			action(`"timeAfterCreate":"P60D"`, "rotate"), ""},
	} {
		attributes := `{}`
		if test.expiry != "" {
			attributes = `{"expiryTime":"` + test.expiry + `"}`
		}
		body := `{"lifetimeActions":[` + test.actions + `],"attributes":` + attributes + `}`
		answer := w.data(http.MethodPut, "policy", "keys/k/rotationpolicy", body)
		if answer.Status != 400 || answer.Code() != "BadParameter" {
			t.Errorf("%s: %d %v", body, answer.Status, answer.Body)
		}
	}
	for _, expiry := range []string{"P28D", "P4W", "P1M", "P1Y2M3W4DT5H6M7S", "PT672H"} {
		w.setPolicy("policy", "k", `{"attributes":{"expiryTime":"`+expiry+`"}}`)
	}
}

func TestAKeyIsRotated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("turning", nil)
	first := w.key("turning", "k", `{"kty":"EC","crv":"P-384","key_ops":["sign"],"tags":{"a":"b"}}`)
	rotated := want(t, w.data(http.MethodPost, "turning", "keys/k/rotate", ""), http.StatusOK)
	attributes, _ := rotated.Body["attributes"].(map[string]any)
	if rotated.Text("key", "kid") == first || rotated.Text("key", "crv") != "P-384" ||
		rotated.Text("tags", "a") != "b" || attributes["exp"] != nil {
		t.Errorf("rotated %v", rotated.Body)
	}
	w.setPolicy("turning", "k", `{"attributes":{"expiryTime":"P30D"}}`)
	w.published = nil
	rotated = want(t, w.data(http.MethodPost, "turning", "keys/k/rotate", ""), http.StatusOK)
	attributes, _ = rotated.Body["attributes"].(map[string]any)
	if attributes["exp"] != float64(start.Add(30*day).Unix()) {
		t.Errorf("the attributes are %v", attributes)
	}
	if !w.heard(keyvault.KeyVersionAdded, "https://turning.vault.azure.net/keys/k") {
		t.Error("nobody heard of the version")
	}
}

func (w *world) versions(vault, key string) int {
	w.t.Helper()
	return len(w.pages(vault, "keys/"+key+"/versions"))
}

// newborn reports whether the newest version of a key was made at this very moment.
func (w *world) newborn(vault, key string) bool {
	w.t.Helper()
	shown := want(w.t, w.data(http.MethodGet, vault, "keys/"+key, ""), http.StatusOK)
	attributes, _ := shown.Body["attributes"].(map[string]any)
	var now float64
	w.Transact(w.t, func(tx *engine.Tx) { now = float64(tx.Now().Unix()) })
	return attributes["created"] == now
}

// TestAVersionIsNotRotatedAtOnce, so that no policy makes versions without end.
func TestAVersionIsNotRotatedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("calm", nil)
	w.key("calm", "k", ec)
	w.setPolicy("calm", "k", `{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P10D"},
		"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P40D"}}`)
	w.key("calm", "k", `{"kty":"EC","attributes":{"exp":`+strconv.FormatInt(start.Add(day).Unix(), 10)+`}}`)
	for _, step := range []struct {
		after    time.Duration
		versions int
	}{{0, 2}, {6 * day, 2}, {day, 3}, {29 * day, 3}, {day, 4}} {
		w.advance(step.after)
		if got := w.versions("calm", "k"); got != step.versions {
			t.Errorf("after %s: %d versions, want %d", step.after, got, step.versions)
		}
	}
}

func TestAKeyRotatesByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.vault("clock", nil)
	for name, policy := range map[string]string{
		"after": `{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P30D"},
			"action":{"type":"Rotate"}}]}`,
		"before": `{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P10D"},
			"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P40D"}}`,
	} {
		w.key("clock", name, ec)
		w.setPolicy("clock", name, policy)
	}
	// A key without an expiry is not rotated before it; the first rotation by hand gives it one.
	want(t, w.data(http.MethodPost, "clock", "keys/before/rotate", ""), http.StatusOK)
	check := func(after string, afterVersions, beforeVersions int) {
		t.Helper()
		if got := w.versions("clock", "after"); got != afterVersions {
			t.Errorf("%s: %d versions by age, want %d", after, got, afterVersions)
		}
		if got := w.versions("clock", "before"); got != beforeVersions {
			t.Errorf("%s: %d versions by expiry, want %d", after, got, beforeVersions)
		}
	}
	w.advance(30*day - time.Second)
	check("a moment before", 1, 2)
	w.advance(time.Second)
	check("at the moment", 2, 3)
	w.advance(60 * day)
	check("after two more", 4, 5)
	// A version by hand moves the next one.
	w.advance(20 * day)
	w.key("clock", "after", ec)
	w.advance(20 * day)
	check("ten days late", 5, 6)
	// What is deleted stands still, and goes on when it is back.
	want(t, w.data(http.MethodDelete, "clock", "keys/after", ""), http.StatusOK)
	w.advance(20 * day)
	want(t, w.data(http.MethodPost, "clock", "deletedkeys/after/recover", ""), http.StatusOK)
	w.advance(0)
	if got := w.versions("clock", "after"); got != 6 || !w.newborn("clock", "after") {
		t.Errorf("recovered: %d versions, or the newest is older than the recovery", got)
	}
	want(t, w.arm(http.MethodDelete, id, ""), http.StatusOK)
	w.advance(35 * day)
	want(t, w.put("clock", map[string]any{"createMode": "recover"}), http.StatusOK)
	w.advance(0)
	if got := w.versions("clock", "after"); got != 7 || !w.newborn("clock", "after") {
		t.Errorf("recovered with its vault: %d versions, or the newest is older than that", got)
	}
	// Without a policy that says so nothing turns.
	w.setPolicy("clock", "after", `{}`)
	w.advance(60 * day)
	if got := w.versions("clock", "after"); got != 7 {
		t.Errorf("without a policy: %d versions", got)
	}
}

// TestAClockIsAdvancedByDecades, over the shortest policy and the longest keys: nobody waits for versions
// that nobody uses. Every version has material of its own all the same.
func TestAClockIsAdvancedByDecades(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.vault("old", nil)
	w.key("old", "k", `{"kty":"RSA","key_size":2048}`)
	w.setPolicy("old", "k", `{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P7D"},
		"action":{"type":"Rotate"}}]}`)
	const years = 4
	w.advance(years * 365 * day)
	if got, want := w.versions("old", "k"), 1+years*365/7; got != want {
		t.Errorf("%d versions, want %d", got, want)
	}
	w.Transact(t, func(tx *engine.Tx) {
		var kept struct {
			Versions []struct {
				Private []byte `json:"private"`
			} `json:"versions"`
		}
		tx.Load("keyvault/key/old/k", &kept)
		for i, v := range kept.Versions[1:] {
			if len(v.Private) > 0 {
				t.Fatalf("somebody has waited for version %d", i+1)
			}
		}
	})
	newest := w.data(http.MethodGet, "old", "keys/k", "")
	again := w.data(http.MethodGet, "old", "keys/k", "")
	if n := newest.Text("key", "n"); n == "" || n != again.Text("key", "n") {
		t.Errorf("the newest version is %q and then %q", n, again.Text("key", "n"))
	}
	if n := w.data(http.MethodPost, "old", "keys/k/rotate", "").Text("key", "n"); n == newest.Text("key", "n") {
		t.Error("two versions are one key")
	}
}
