// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"fmt"
	"time"
)

// Action is what a step does.
type Action string

// The actions.
const (
	// Nothing is left to do before the step's time, if it has one.
	Nothing Action = "nothing"
	// Wait until the step's time: then the rotation goes on.
	Wait Action = "wait"
	// Sync the keys to every dependent that uses them.
	Sync Action = "sync"
	// Regenerate the step's key.
	Regenerate Action = "regenerate"
	// Verify that what depends on the keys works.
	Verify Action = "verify"
)

// Step is the next thing to do.
type Step struct {
	Action Action
	// Key is the key to regenerate.
	Key Key
	// Until is when to go on, for Wait, and when a rotation is due, for Nothing; the zero time
	// where none will be.
	Until time.Time
	// Reason says why, as a sentence without its full stop.
	Reason string
}

// Decide returns the next step. verified says that a verification has succeeded since the last
// change, in this run.
//
// It is total: from every combination there is a next step, and following the steps ends, with the
// waits that they ask for, in Nothing. testdata/decisions.md lists them all.
func Decide(o Observed, r Recorded, w Wanted, verified bool) Step {
	r = r.under(w)
	if !r.Adopted() {
		return Step{Action: Sync, Reason: "Every dependent is told of the present keys, since it " +
			"is not known when it was last"}
	}
	for _, key := range []Key{Key1, Key2} {
		if created := o.Created.Of(key); created.After(r.Created.Of(key)) {
			return Step{Action: Sync, Key: key, Reason: fmt.Sprintf("%s was regenerated at %s and has "+
				"not been synced since: by a run that was interrupted, or elsewhere", key, clock(created))}
		}
	}
	for _, key := range []Key{Key1, Key2} {
		if o.unknown(key) {
			return Step{Action: Sync, Key: key, Reason: fmt.Sprintf("A dependent says that it last read "+
				"the keys at %s, before %s was made at %s", clock(o.Told), key, clock(o.Created.Of(key)))}
		}
	}
	switch {
	case r.Phase == Settling && !r.alarmed(w):
		return r.second(o, w, verified)
	case r.Phase == Closing && w.Verify && !verified:
		return Step{Action: Verify, Reason: "The rotation ends with a verification"}
	default:
		return r.begin(o, w)
	}
}

// begin starts a rotation where there is a reason to.
func (r Recorded) begin(o Observed, w Wanted) Step {
	reason, due := r.reason(w, o.Now)
	if !due {
		return Step{Action: Nothing, Until: r.dueAt(w), Reason: reason}
	}
	return r.regenerate(o, w, r.firstKey(w), reason)
}

// second goes on with a rotation whose first key is new.
func (r Recorded) second(o Observed, w Wanted, verified bool) Step {
	key := r.SecondKey(w)
	step := r.regenerate(o, w, key, fmt.Sprintf(
		"%s is new, and everything has had time to settle on it", key.Other()))
	if r.Urgent {
		step.Reason = fmt.Sprintf("%s is new, and an emergency waits for nothing", key.Other())
	}
	if step.Action == Regenerate && w.Verify && !verified {
		return Step{Action: Verify, Key: key, Reason: fmt.Sprintf(
			"What depends on the keys has to work before %s is touched", key)}
	}
	return step
}

// regenerate regenerates a key, or waits until everything has settled on the other one: a consumer
// that has not learnt of that one yet still depends on this.
func (r Recorded) regenerate(o Observed, w Wanted, key Key, reason string) Step {
	settle, synced := max(Settle, w.Settle), r.Synced.Of(key.Other())
	settled := synced.Add(settle)
	if o.Now.Before(settled) && !r.alarmed(w) && !r.Urgent {
		return Step{Action: Wait, Key: key, Until: settled, Reason: fmt.Sprintf("%s was synced "+
			"at %s; %s follows %g hours later, at %s", key.Other(), clock(synced), key,
			settle.Hours(), clock(settled))}
	}
	return Step{Action: Regenerate, Key: key, Reason: reason}
}

// alarmed reports whether an emergency is declared that no rotation has answered yet.
func (r Recorded) alarmed(w Wanted) bool { return w.Emergency && !r.Emergency }

// firstKey is the key that a rotation begins with.
func (r Recorded) firstKey(w Wanted) Key {
	if w.Strategy == Alternate && r.Created.Key2.Before(r.Created.Key1) {
		return Key2
	}
	return Key1
}

// SecondKey is the key that a rotation goes on with, once its first one is new.
func (r Recorded) SecondKey(w Wanted) Key {
	if w.Strategy == Alternate {
		return r.firstKey(w) // The older one now is the other one.
	}
	return Key2
}

// reason returns why a rotation is due at a time, or why none is.
func (r Recorded) reason(w Wanted, at time.Time) (string, bool) {
	switch due := r.dueAt(w); {
	case r.alarmed(w):
		return "An emergency was declared", true
	case w.RotateOnCreate && r.Trigger == unrotated:
		return "A rotation was asked for with the creation", true
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

// dueAt is when the age of the keys calls for a rotation; the zero time where it never does. Both
// keys are rotated by the age of key1, which a rotation begins with; alternating, the newer one
// tells when the last rotation was.
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

// clock writes a time as the sentences have it.
func clock(at time.Time) string { return at.UTC().Format(time.RFC3339) }
