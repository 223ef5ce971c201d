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
	// Sync the keys to every dependant that uses them.
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
// waits that they ask for, in Nothing.
func Decide(o Observed, r Recorded, w Wanted, verified bool) Step {
	r = r.under(w)
	if !r.Adopted() {
		return Step{Action: Sync, Reason: "Every dependant is told of the present keys, since it " +
			"is not known when it was last"}
	}
	if step, needed := r.sync(o); needed {
		return step
	}
	switch {
	case r.Phase == Settling:
		return r.second(o, w, verified)
	case r.Phase == Closing && w.Verify && !verified:
		return Step{Action: Verify, Reason: "The rotation ends with a verification"}
	default:
		return r.begin(o, w)
	}
}

// sync returns the sync that a regeneration calls for, whoever made it.
func (r Recorded) sync(o Observed) (Step, bool) {
	for _, key := range []Key{Key1, Key2} {
		if created := o.Created.Of(key); created.After(r.Created.Of(key)) {
			return Step{Action: Sync, Reason: fmt.Sprintf("%s was regenerated at %s, after the "+
				"last sync", key, created.Format(time.RFC3339))}, true
		}
		if created := o.Created.Of(key); !o.StalestSync.IsZero() && created.After(o.StalestSync) {
			return Step{Action: Sync, Reason: fmt.Sprintf("A dependant was last synced at %s, "+
				"before %s was regenerated", o.StalestSync.Format(time.RFC3339), key)}, true
		}
	}
	return Step{}, false
}

// begin starts a rotation where there is a reason to.
func (r Recorded) begin(o Observed, w Wanted) Step {
	reason, due := r.reason(w, o.Now)
	if !due {
		return Step{Action: Nothing, Until: r.dueAt(w), Reason: reason}
	}
	return r.regenerate(o, w, r.first(w), reason)
}

// second goes on with a rotation whose first key is new.
func (r Recorded) second(o Observed, w Wanted, verified bool) Step {
	step := r.regenerate(o, w, Key2, "key1 is new, and everything has had time to settle on it")
	if step.Action == Regenerate && w.Verify && !verified {
		return Step{Action: Verify, Reason: "What depends on the keys has to work before the " +
			"second key is touched"}
	}
	return step
}

// regenerate regenerates a key, or waits until everything has settled on the other one: a consumer
// that has not learnt of that one yet still depends on this.
func (r Recorded) regenerate(o Observed, w Wanted, key Key, reason string) Step {
	settle := max(Settle, w.Settle)
	settled := r.Synced.Of(key.Other()).Add(settle)
	if o.Now.Before(settled) && !w.Emergency {
		return Step{Action: Wait, Key: key, Until: settled, Reason: fmt.Sprintf("%s was synced "+
			"at %s; %s follows %g hours later, at %s", key.Other(),
			r.Synced.Of(key.Other()).Format(time.RFC3339), key, settle.Hours(),
			settled.Format(time.RFC3339))}
	}
	return Step{Action: Regenerate, Key: key, Reason: reason}
}

// first is the key that a rotation begins with.
func (r Recorded) first(w Wanted) Key {
	if w.Strategy == Alternate && r.Created.Key2.Before(r.Created.Key1) {
		return Key2
	}
	return Key1
}

// reason returns why a rotation is due at a time, or why none is.
func (r Recorded) reason(w Wanted, at time.Time) (string, bool) {
	switch due := r.dueAt(w); {
	case w.Emergency && !r.Emergency:
		return "An emergency was declared", true
	case w.RotateOnCreate && r.Trigger == unrotated:
		return "A rotation was asked for with the creation", true
	case w.Trigger != "" && w.Trigger != r.Trigger:
		return "rotate_when_changed has changed", true
	case due.IsZero():
		return "Nothing asks for a rotation", false
	case at.Before(due):
		return fmt.Sprintf("The next rotation is due at %s", due.Format(time.RFC3339)), false
	default:
		return fmt.Sprintf("The rotation interval ended at %s", due.Format(time.RFC3339)), true
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
		since = r.Created.Of(r.first(w).Other())
	}
	return since.Add(w.Interval)
}

// Done returns the record after a step has been completed. observed is what Azure showed when the
// step was decided, and its time the time by which the step was completed: a key that was
// regenerated while the dependants were told of it is found by the next look.
func (r Recorded) Done(step Step, o Observed, w Wanted) Recorded {
	r = r.under(w)
	switch step.Action {
	case Sync:
		return r.synced(o, w)
	case Verify, Nothing:
		if r.Phase == Closing {
			r.Phase = Complete
		}
	case Wait, Regenerate:
		// Time and creation times speak for themselves.
	}
	return r
}

// under is the record under what is wanted now: an emergency that was called off can be declared
// again, and a rotation that is no longer asked for with the creation is none.
func (r Recorded) under(w Wanted) Recorded {
	r.Emergency = r.Emergency && w.Emergency
	if r.Trigger == imported || r.Trigger == unrotated && !w.RotateOnCreate {
		r.Trigger = w.Trigger
	}
	return r
}

// synced records a sync, and what it ends: with the first key it is the first half of a rotation,
// with the second key the second.
func (r Recorded) synced(o Observed, w Wanted) Recorded {
	if !r.Adopted() {
		return r.adopted(o, w)
	}
	renewed := Keys[bool]{
		Key1: o.Created.Key1.After(r.Created.Key1),
		Key2: o.Created.Key2.After(r.Created.Key2),
	}
	if first := r.first(w); r.Phase != Settling && renewed.Of(first) {
		// A regeneration for the age of a key is one that came after the age was reached.
		if _, due := r.reason(w, o.Created.Of(first)); due {
			r.Phase, r.Trigger, r.Emergency = Settling, w.Trigger, w.Emergency
		}
	}
	if r.Phase == Settling && (w.Strategy == Alternate || renewed.Key2) {
		r.Phase = Closing
	}
	for _, key := range []Key{Key1, Key2} {
		if renewed.Of(key) {
			r.Synced = r.Synced.With(key, o.Now)
		}
	}
	r.Created, r.LastSync = o.Created, o.Now
	return r
}

// adopted records the first sync. Whether the dependants knew the present keys before it nobody can
// tell, so that they have to settle on it. The exception are keys of the same age: they were never
// regenerated, and whoever uses the account has known them from the beginning.
//
// Where a rotation is asked for with the creation, a key1 that is newer than key2 is taken for the
// first half of it: nothing else tells of a creation that was interrupted there.
func (r Recorded) adopted(o Observed, w Wanted) Recorded {
	r = Recorded{Phase: Complete, Created: o.Created, LastSync: o.Now, Trigger: w.Trigger}
	if !o.Created.Key1.Equal(o.Created.Key2) {
		r.Synced = Keys[time.Time]{Key1: o.Now, Key2: o.Now}
	}
	if !w.RotateOnCreate {
		return r
	}
	if w.Strategy == Alternate || !o.Created.Key1.After(o.Created.Key2) {
		r.Trigger = unrotated
		return r
	}
	r.Phase = Settling
	return r
}

// unrotated is a trigger that no configuration has: the rotation that was asked for with the
// creation has not begun.
const unrotated = "rotate_on_create"

// SecondaryDue is from when the second key can be regenerated; the zero time where none waits.
func (r Recorded) SecondaryDue(w Wanted) time.Time {
	if r.Phase != Settling {
		return time.Time{}
	}
	return r.Synced.Key1.Add(max(Settle, w.Settle))
}

// RotationDue is when the age of the keys calls for a rotation; the zero time where it never does.
func (r Recorded) RotationDue(w Wanted) time.Time { return r.dueAt(w) }
