// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fault_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestLimits uses each limit up, and goes on when Azure has said that it may.
func TestLimits(t *testing.T) {
	t.Parallel()
	const storage = "/subscriptions/11111111-2222-3333-4444-555555555555/providers/Microsoft.Storage/storageAccounts"
	for _, test := range []struct {
		name, method, path string
		accepted           int    // Until the first refusal.
		header             string // What says how many are left.
		wait               time.Duration
		then               int // How many are accepted after the wait.
	}{
		{"reads", http.MethodGet, toy, 250, "Reads", time.Second, 25},
		{"writes", http.MethodPut, toy, 200, "Writes", time.Second, 10},
		{"deletions", http.MethodDelete, toy, 200, "Deletes", time.Second, 10},
		{"lists of storage accounts", http.MethodGet, storage, 100, "Reads", 5 * time.Minute, 100},
		{"storage accounts", http.MethodPut, group + "/providers/Microsoft.Storage/storageAccounts/a", 10, "Writes", time.Second, 10},
		{"a vault's keys", http.MethodGet, "/keys/media", 4000, "", 10 * time.Second, 4000},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(fault.Fault{Kind: fault.Limits})
			last := 1 << 30
			send := func() (accepted int, wait string) {
				for range 5000 {
					got, err := w.send(t.Context(), test.method, test.path, `{"location":"westus2"}`)
					if err != nil {
						t.Fatal(err)
					}
					if got.status == http.StatusTooManyRequests {
						return accepted, got.header.Get("Retry-After")
					}
					left, err := strconv.Atoi(got.header.Get("x-ms-ratelimit-remaining-subscription-" + test.header))
					if test.header != "" && (err != nil || left >= last) {
						t.Fatalf("%d are left after %d: %v", left, last, err)
					}
					last, accepted = left, accepted+1
				}
				return accepted, ""
			}
			accepted, wait := send()
			if accepted != test.accepted || wait != strconv.Itoa(int(test.wait.Seconds())) {
				t.Errorf("accepts %d, then asks to wait %s s", accepted, wait)
			}
			w.transact(func(tx *engine.Tx) { tx.Advance(test.wait) })
			last = 1 << 30
			if accepted, _ = send(); accepted != test.then {
				t.Errorf("accepts %d after the wait, want %d", accepted, test.then)
			}
		})
	}
}
