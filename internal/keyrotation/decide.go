// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"cmp"
	"fmt"
	"time"
)

// Action is the kind of a step.
type Action string

// The actions.
const (
	// Nothing is left to do before the step's time, if it has one.
	Nothing Action = "nothing"
	// Wait until the step's time, when the rotation goes on.
	Wait Action = "wait"
	// Sync the keys to every dependent that uses them.
	Sync Action = "sync"
	// Regenerate the step's key.
	Regenerate Action = "regenerate"
	// Verify that clients of the storage account work.
	Verify Action = "verify"
)

// Step is the next thing to do.
type Step struct {
	Action Action
	// Key is the key to regenerate.
	Key Key
	// Until is the time to go on, for Wait, and the time of the next rotation, for Nothing; the zero
	// time where none is due.
	Until time.Time
	// Reason says why, as a sentence without its full stop.
	Reason string
}

// Decide returns the next step. verified says that a verification has passed in this run since the
// last change.
//
// Decide is total: every combination has a next step, and the steps end in Nothing, after the waits
// that they ask for. testdata/decisions.md lists them all.
func Decide(o Observed, r Recorded, w Wanted, verified bool) Step {
	r = r.under(w)
	if !r.Adopted() {
		return Step{Action: Sync, Reason: "When each dependent last read the keys is unknown"}
	}
	for _, key := range []Key{Key1, Key2} {
		if created := o.Created.Of(key); created.After(r.Created.Of(key)) {
			return Step{Action: Sync, Key: key, Reason: fmt.Sprintf("%s was regenerated at %s, by an "+
				"interrupted run or elsewhere, and not synced since", key, clock(created))}
		}
	}
	for _, key := range []Key{Key1, Key2} {
		if o.unread(key) {
			return Step{Action: Sync, Key: key, Reason: fmt.Sprintf("A dependent last read the keys at %s, "+
				"before %s was made at %s", clock(o.LastRead), key, clock(o.Created.Of(key)))}
		}
	}
	switch {
	case o.Stale != "":
		return Step{Action: Sync, Reason: o.Stale}
	case r.Phase == Settling && !r.alarmed(w):
		return r.second(o, w, verified)
	case r.Phase == Closing && w.Verify && !verified:
		return Step{Action: Verify, Reason: "A rotation ends with a verification"}
	default:
		return r.begin(o, w)
	}
}

// begin starts a rotation if one is due.
func (r Recorded) begin(o Observed, w Wanted) Step {
	reason, due := r.reason(w, o.Now)
	if !due {
		return Step{Action: Nothing, Until: r.dueAt(w), Reason: reason}
	}
	return r.regenerate(o, w, r.firstKey(w), reason)
}

// second continues a rotation whose first key is new.
func (r Recorded) second(o Observed, w Wanted, verified bool) Step {
	key := r.SecondKey(w)
	step := r.regenerate(o, w, key, fmt.Sprintf(
		"%s is new, and its settling time is over", key.Other()))
	if r.Urgent {
		step.Reason = fmt.Sprintf("%s is new, and an emergency does not wait", key.Other())
	}
	if step.Action == Regenerate && w.Verify && !verified {
		return Step{Action: Verify, Key: key, Reason: fmt.Sprintf(
			"Clients of the storage account must work before %s is regenerated", key)}
	}
	return step
}

// regenerate regenerates a key, or waits until the other key has settled: a client that has not read
// the other key yet still uses this one. A dependent that holds this key alone gets the other one first.
func (r Recorded) regenerate(o Observed, w Wanted, key Key, reason string) Step {
	if !o.Held.Of(key).IsZero() {
		return Step{Action: Sync, Key: key, Reason: fmt.Sprintf("%s. A dependent holds %s alone, and gets %s before "+
			"%s is regenerated", reason, key, key.Other(), key)}
	}
	settle, synced := w.Settling(), latest(r.Synced.Of(key.Other()), o.Held.Of(key.Other()))
	settled := synced.Add(settle)
	if o.Now.Before(settled) && !r.alarmed(w) && !r.Urgent {
		return Step{Action: Wait, Key: key, Until: settled, Reason: fmt.Sprintf("%s was synced "+
			"at %s; %s follows %g hours later, at %s", key.Other(), clock(synced), key,
			settle.Hours(), clock(settled))}
	}
	return Step{Action: Regenerate, Key: key, Reason: reason}
}

// alarmed reports whether an emergency is declared and no rotation has answered it yet.
func (r Recorded) alarmed(w Wanted) bool { return w.Emergency && !r.Emergency }

// firstKey returns the key that a rotation regenerates first.
func (r Recorded) firstKey(w Wanted) Key {
	if w.Strategy == Alternate && r.Created.Key2.Before(r.Created.Key1) {
		return Key2
	}
	return Key1
}

// SecondKey returns the key that a rotation regenerates once its first key is new.
func (r Recorded) SecondKey(w Wanted) Key {
	if w.Strategy == Alternate {
		return r.firstKey(w) // The first key is new, so the other one is the older now.
	}
	return Key2
}

// Kept returns the key that is not regenerated next, which dependents get that hold one key.
func (r Recorded) Kept(w Wanted) Key {
	if r.Phase == Settling && !r.alarmed(w) {
		return r.SecondKey(w).Other()
	}
	return r.firstKey(w).Other()
}

// reason returns why a rotation is due at a time, or why none is.
func (r Recorded) reason(w Wanted, at time.Time) (string, bool) {
	switch due := r.dueAt(w); {
	case r.alarmed(w):
		return "An emergency was declared", true
	case w.RotateOnCreate && r.Trigger == unrotated:
		return cmp.Or(w.Asked, "rotate_on_create") + " asks for a rotation", true
	case w.Trigger != "" && w.Trigger != r.Trigger:
		return "rotate_when_changed has changed", true
	case due.IsZero():
		return "Nothing asks for a rotation", false
	case at.Before(due):
		return fmt.Sprintf("The next rotation is due at %s", clock(due)), false
	default:
		return fmt.Sprintf("The rotation interval ended at %s", clock(due)), true
	}
}

// dueAt returns when the age of the keys makes a rotation due; the zero time where it never does.
// [Both] goes by the age of key1, its first key; [Alternate] by that of the newer key, which the last
// rotation made.
func (r Recorded) dueAt(w Wanted) time.Time {
	if w.Interval == 0 {
		return time.Time{}
	}
	since := r.Created.Key1
	if w.Strategy == Alternate {
		since = r.Created.Of(r.firstKey(w).Other())
	}
	return since.Add(w.Interval)
}

// clock formats a time for a sentence.
func clock(at time.Time) string { return at.UTC().Format(time.RFC3339) }
