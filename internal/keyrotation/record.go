// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import "time"

// Done returns the record after a step has been completed. observed is what Azure showed when the
// step was decided, and its time the time by which the step was completed: a key that was
// regenerated while the dependents were told of it is found by the next look.
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
	r.Urgent = r.Urgent && w.Emergency
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
	second := r.SecondKey(w)
	if first := r.firstKey(w); renewed.Of(first) && (r.Phase != Settling || r.alarmed(w)) {
		// A regeneration for the age of a key is one that came after the age was reached.
		if _, due := r.reason(w, o.Created.Of(first)); due {
			r.Urgent = r.alarmed(w)
			r.Phase, r.Trigger, r.Emergency = Settling, w.Trigger, w.Emergency
			second = first.Other()
		}
	}
	if r.Phase == Settling && (renewed.Of(second) || w.Strategy == Alternate && !r.Urgent) {
		r.Phase, r.Urgent = Closing, false
	}
	for _, key := range []Key{Key1, Key2} {
		if renewed.Of(key) || o.unknown(key) { // Everything has to settle on it from now on.
			r.Synced = r.Synced.With(key, o.Now)
		}
	}
	r.Created, r.LastSync = o.Created, o.Now
	return r
}

// adopted records the first sync. Whether the dependents knew the present keys before it nobody can
// tell, so that they have to settle on it. The exception are keys of the same age: they were never
// regenerated, and whoever uses the account has known them from the beginning, unless it says itself
// that it has not.
//
// Where a rotation is asked for with the creation, a key1 that is newer than key2 is taken for the
// first half of it: nothing else tells of a creation that was interrupted there.
func (r Recorded) adopted(o Observed, w Wanted) Recorded {
	r = Recorded{Phase: Complete, Created: o.Created, LastSync: o.Now, Trigger: w.Trigger}
	if !o.Created.Key1.Equal(o.Created.Key2) || o.unknown(Key1) || o.unknown(Key2) {
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
	return r.Synced.Of(r.SecondKey(w).Other()).Add(max(Settle, w.Settle))
}

// RotationDue is when the age of the keys calls for a rotation; the zero time where it never does.
func (r Recorded) RotationDue(w Wanted) time.Time { return r.dueAt(w) }

// Imported is the record of a storage account that is taken over as it is, without a sync: its
// keys have to settle before one is regenerated, and whatever the configuration says next is not
// taken for a reason to rotate.
func Imported(o Observed) Recorded {
	r := Recorded{}.adopted(o, Wanted{})
	r.LastSync = time.Time{} // Nobody knows.
	r.Trigger = imported
	return r
}

// imported is a trigger that no configuration has: it stands for whichever comes next.
const imported = "imported"
