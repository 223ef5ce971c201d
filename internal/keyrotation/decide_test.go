// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// circumstance is one thing that a decision depends on, and the values that it can have: a column
// of the table of decisions.
type circumstance struct {
	name   string
	values []string
}

func circumstances() []circumstance {
	return []circumstance{
		{"record", []string{"none", "complete", "settling", "closing"}},
		{"newer than recorded", []string{"no key", "key1", "key2", "both keys"}},
		{"dependents", []string{"silent", "up to date", "behind", "stale"}},
		{"held alone", []string{"no key", "key1", "key2"}},
		{"asked for", []string{
			"nothing", "trigger", "interval", "on create", "emergency", "emergency answered",
			"emergency under way",
		}},
		{"settled", []string{"yes", "no"}},
		{"verification", []string{"none", "due", "passed"}},
		{"strategy", []string{"both", "alternate"}},
	}
}

var (
	now     = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	older   = now.Add(-90 * 24 * time.Hour)
	younger = now.Add(-60 * 24 * time.Hour)
)

// decide puts one combination of circumstances before Decide.
func decide(t *testing.T, ok map[string]string) keyrotation.Step {
	t.Helper()
	wanted := keyrotation.Wanted{
		Strategy: keyrotation.Strategy(ok["strategy"]), Verify: ok["verification"] != "none",
	}
	synced := now.Add(-keyrotation.Settle)
	if ok["settled"] == "no" {
		synced = synced.Add(time.Second)
	}
	// key1 is the younger one, as it is in the middle of a rotation.
	recorded := keyrotation.Recorded{
		Phase:   keyrotation.Phase(ok["record"]),
		Created: keyrotation.Keys[time.Time]{Key1: younger, Key2: older},
		Synced:  keyrotation.Keys[time.Time]{Key1: synced, Key2: synced},
	}
	switch ok["asked for"] {
	case "trigger":
		wanted.Trigger = "new"
	case "interval":
		wanted.Interval = 30 * 24 * time.Hour
	case "on create":
		wanted.RotateOnCreate = true
		creation := keyrotation.Keys[time.Time]{Key1: older, Key2: older}
		recorded.Trigger = keyrotation.Recorded{}.Done(keyrotation.Step{Action: keyrotation.Sync},
			keyrotation.Observed{Now: now, Created: creation}, wanted).Trigger
	case "emergency":
		wanted.Emergency = true
	case "emergency answered":
		wanted.Emergency, recorded.Emergency = true, true
	case "emergency under way":
		wanted.Emergency, recorded.Emergency, recorded.Urgent = true, true, true
	}
	if ok["record"] == "none" {
		recorded = keyrotation.Recorded{}
	}
	observed := keyrotation.Observed{
		Now: now, Created: keyrotation.Keys[time.Time]{Key1: younger, Key2: older},
	}
	for _, key := range []keyrotation.Key{keyrotation.Key1, keyrotation.Key2} {
		if newer := ok["newer than recorded"]; newer == string(key) || newer == "both keys" {
			observed.Created = observed.Created.With(key, now.Add(-time.Minute))
		}
	}
	switch ok["dependents"] {
	case "up to date":
		observed.LastRead = now
	case "behind":
		observed.LastRead = younger.Add(-time.Second)
	case "stale":
		observed.Stale = "A secret was changed by hand"
	}
	if held := keyrotation.Key(ok["held alone"]); held != "no key" {
		observed.Held = observed.Held.With(held, older)
	}
	return keyrotation.Decide(observed, recorded, wanted, ok["verification"] == "passed")
}

// TestDecide_table holds every combination of circumstances against testdata/decisions.md, in which
// exactly one row has to be about it.
func TestDecide_table(t *testing.T) {
	t.Parallel()
	rows := readTable(t)
	used := make([]bool, len(rows))
	each(circumstances(), func(ok map[string]string) {
		step := decide(t, ok)
		got := strings.TrimSpace(fmt.Sprintf("%s %s", step.Action, step.Key))
		if step.Action == keyrotation.Sync || step.Action == keyrotation.Verify {
			got = string(step.Action)
		}
		if step.Reason == "" || strings.HasSuffix(step.Reason, ".") {
			t.Errorf("%v: the reason %q is no sentence without its full stop", ok, step.Reason)
		}
		about := 0
		for i, row := range rows {
			if !row.about(ok) {
				continue
			}
			about++
			used[i] = true
			if row["step"] != got {
				t.Errorf("%v: got %s (%s), row %d says %s", ok, got, step.Reason, i+1, row["step"])
			}
		}
		if about != 1 {
			t.Errorf("%v: %d rows are about it", ok, about)
		}
	})
	for i := range rows {
		if !used[i] {
			t.Errorf("row %d is about nothing: %v", i+1, rows[i])
		}
	}
}

// row is a row of the table by column. A cell holds one value, several with commas between them,
// or "any".
type row map[string]string

func (r row) about(ok map[string]string) bool {
	for name, value := range ok {
		if cell := r[name]; cell != "any" && !slices.Contains(strings.Split(cell, ", "), value) {
			return false
		}
	}
	return true
}

func readTable(t *testing.T) (rows []row) {
	t.Helper()
	document, err := os.ReadFile("testdata/decisions.md")
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for line := range strings.Lines(string(document)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|--") {
			continue
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		if columns == nil {
			columns = cells
			continue
		}
		r := row{}
		for i, cell := range cells {
			r[columns[i]] = cell
		}
		rows = append(rows, r)
	}
	var want []string
	for _, c := range circumstances() {
		want = append(want, c.name)
	}
	if diff := cmp.Diff(append(want, "step"), columns); diff != "" {
		t.Fatalf("columns (-want +got):\n%s", diff)
	}
	return rows
}

// each calls do with every combination.
func each(of []circumstance, do func(map[string]string)) {
	if len(of) == 0 {
		do(map[string]string{})
		return
	}
	for _, value := range of[0].values {
		each(of[1:], func(ok map[string]string) {
			ok[of[0].name] = value
			do(ok)
		})
	}
}

func TestDecide_saysWhen(t *testing.T) {
	t.Parallel()
	recorded := keyrotation.Recorded{
		Phase:   keyrotation.Settling,
		Created: keyrotation.Keys[time.Time]{Key1: younger, Key2: older},
		Synced:  keyrotation.Keys[time.Time]{Key1: now},
	}
	observed := keyrotation.Observed{Now: now, Created: recorded.Created}
	longer := keyrotation.Wanted{Strategy: keyrotation.Both, Settle: 8 * time.Hour}
	if step := keyrotation.Decide(observed, recorded, longer, false); !step.Until.Equal(now.Add(8 * time.Hour)) {
		t.Errorf("a longer settling time is not kept: %+v", step)
	}
	shorter := keyrotation.Wanted{Strategy: keyrotation.Both, Settle: time.Minute}
	step := keyrotation.Decide(observed, recorded, shorter, false)
	if due := now.Add(keyrotation.Settle); !step.Until.Equal(due) || !recorded.SecondaryDue(shorter).Equal(due) {
		t.Errorf("a settling time under six hours is taken: %+v", step)
	}
	want := "key1 was synced at 2026-06-01T12:00:00Z; key2 follows 6 hours later, at 2026-06-01T18:00:00Z"
	if step.Reason != want {
		t.Errorf("got %q, want %q", step.Reason, want)
	}

	recorded.Phase = keyrotation.Complete
	aging := keyrotation.Wanted{Strategy: keyrotation.Both, Interval: 90 * 24 * time.Hour}
	due := younger.Add(90 * 24 * time.Hour)
	if step := keyrotation.Decide(observed, recorded, aging, false); !step.Until.Equal(due) {
		t.Errorf("got %+v, want nothing until %s", step, due)
	}
	if !recorded.RotationDue(aging).Equal(due) || !recorded.SecondaryDue(aging).IsZero() {
		t.Errorf("due at %s, the second key at %s", recorded.RotationDue(aging), recorded.SecondaryDue(aging))
	}
}

// TestDone_emergency goes through an emergency and what comes after it: it is answered once, and
// only its own rotation is in a hurry.
func TestDone_emergency(t *testing.T) {
	t.Parallel()
	for _, strategy := range []keyrotation.Strategy{keyrotation.Both, keyrotation.Alternate} {
		t.Run(string(strategy), func(t *testing.T) {
			t.Parallel()
			wanted := keyrotation.Wanted{Strategy: strategy, Trigger: "1", Emergency: true}
			a := &script{t: t, now: now, created: keyrotation.Keys[time.Time]{Key1: older, Key2: older}}
			recorded := a.adopted(wanted)
			a.run(&recorded, wanted)
			both := []string{"regenerate key1", "sync", "regenerate key2", "sync"}
			if diff := cmp.Diff(both, a.did); diff != "" {
				t.Fatalf("an emergency (-want +got):\n%s", diff)
			}
			a.did = nil
			wanted.Trigger = "2"
			if step := a.run(&recorded, wanted); step.Action != keyrotation.Wait || len(a.did) > 0 {
				t.Errorf("the rotation after an emergency does not wait: %v, then %+v", a.did, step)
			}
			a.now = a.now.Add(24 * time.Hour)
			a.run(&recorded, wanted)
			if diff := cmp.Diff([]string{"regenerate key1", "sync"}, a.did); diff != "" {
				t.Errorf("the rotation after it (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDone_interruptedCreation has a creation that was to rotate the keys be interrupted after
// key1: the next creation knows nothing of it but the ages of the keys.
func TestDone_interruptedCreation(t *testing.T) {
	t.Parallel()
	wanted := keyrotation.Wanted{Strategy: keyrotation.Both, RotateOnCreate: true}
	a := &script{t: t, now: now, created: keyrotation.Keys[time.Time]{Key1: now, Key2: older}}
	var recorded keyrotation.Recorded
	if step := a.run(&recorded, wanted); step.Action != keyrotation.Wait || step.Key != keyrotation.Key2 {
		t.Errorf("ends at %+v", step)
	}
	a.now = a.now.Add(keyrotation.Settle)
	a.run(&recorded, wanted)
	if diff := cmp.Diff([]string{"sync", "regenerate key2", "sync"}, a.did); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if recorded.Phase != keyrotation.Complete {
		t.Errorf("ends %s", recorded.Phase)
	}
}
