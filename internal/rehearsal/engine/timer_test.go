// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// TestTimers_areKeptOnTheWay: a process that is killed while many timers run does not have to begin anew.
func TestTimers_areKeptOnTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ran := 0
	w.engine.OnTimer("long", "", func(tx *engine.Tx, _ string) {
		if ran++; ran == 4 {
			panic("killed")
		}
		time.Sleep(60 * time.Millisecond) //nolint:forbidigo // work, by the clock of the machine
		tx.Store("long", ran)
	})
	w.transact(func(tx *engine.Tx) {
		for range 6 {
			tx.Schedule(noon().Add(time.Hour), "long", "")
		}
	})
	func() {
		defer func() {
			if got := recover(); got != "killed" {
				t.Errorf("recovered %v", got)
			}
		}()
		w.transact(func(tx *engine.Tx) { tx.Advance(2 * time.Hour) })
		w.transact(func(*engine.Tx) {})
	}()
	w.transact(func(tx *engine.Tx) {
		var kept int
		if tx.Load("long", &kept); kept != ran || ran >= 4+6 {
			t.Errorf("ran %d timers, and kept those until %d: it began anew", ran, kept)
		}
	})
}
