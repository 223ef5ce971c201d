// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import "time"

// Done returns the record after a completed step. o is the reading on which the step was decided,
// with the time of its completion as Now: the next reading finds a key that was regenerated during
// the sync.
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
		// The clock and the creation times show these.
	}
	return r
}

// under returns the record as the present configuration has it: a withdrawn emergency can be declared
// again, and without rotate_on_create no rotation is due on creation.
func (r Recorded) under(w Wanted) Recorded {
	r.Emergency = r.Emergency && w.Emergency
	r.Urgent = r.Urgent && w.Emergency
	if r.Trigger == imported || r.Trigger == unrotated && !w.RotateOnCreate {
		r.Trigger = w.Trigger
	}
	return r
}

// synced records a sync, and the half of a rotation that it ends: the first half with a new first
// key, the second half with a new second key.
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
		// A regeneration before the keys reached their age is no rotation for their age.
		if _, due := r.reason(w, o.Created.Of(first)); due {
			r.Urgent = r.alarmed(w)
			r.Phase, r.Trigger, r.Emergency = Settling, w.Trigger, w.Emergency
			second = first.Other()
		}
	}
	if r.Phase == Settling && (renewed.Of(second) || w.Strategy == Alternate && !r.Urgent) {
		r.Phase, r.Urgent = Closing, false
	}
	r.Created, r.LastSync = o.Created, o.Now
	kept := r.Kept(w)
	for _, key := range []Key{Key1, Key2} {
		// Its settling time starts now, whatever a clock that is late says.
		if renewed.Of(key) || o.unread(key) || key == kept && o.moves(key) {
			r.Synced = r.Synced.With(key, latest(o.Now, o.Created.Of(key)))
		}
	}
	return r
}

// adopted records the first sync. Nobody knows whether the dependents had the present keys before it,
// so both keys settle from now on. The exception is keys of the same age: they were never
// regenerated, so every dependent has had them from the beginning, unless it reports otherwise.
//
// With rotate_on_create, a key1 that is newer than key2 counts as the first half of the rotation:
// nothing else shows that a creation was interrupted there.
func (r Recorded) adopted(o Observed, w Wanted) Recorded {
	r = Recorded{Phase: Complete, Created: o.Created, LastSync: o.Now, Trigger: w.Trigger}
	if !o.Created.Key1.Equal(o.Created.Key2) || o.unread(Key1) || o.unread(Key2) {
		now := latest(o.Now, latest(o.Created.Key1, o.Created.Key2))
		r.Synced = Keys[time.Time]{Key1: now, Key2: now}
	}
	switch {
	case w.RotateOnCreate && w.Strategy != Alternate && o.Created.Key1.After(o.Created.Key2):
		r.Phase = Settling
	case w.RotateOnCreate:
		r.Trigger = unrotated
	}
	return r
}

// unrotated is a trigger that no configuration has: the rotation that rotate_on_create asks for has
// not begun.
const unrotated = "rotate_on_create"

// SecondaryDue returns the time from which the second key can be regenerated; the zero time where no
// rotation waits for it.
func (r Recorded) SecondaryDue(w Wanted) time.Time {
	if r.Phase != Settling {
		return time.Time{}
	}
	return r.Synced.Of(r.SecondKey(w).Other()).Add(w.Settling())
}

// RotationDue returns when the age of the keys makes a rotation due; the zero time where it never
// does.
func (r Recorded) RotationDue(w Wanted) time.Time { return r.dueAt(w) }

// Overdue reports whether the age of the keys asks for a rotation, and since when: the zero time if
// Azure does not know how old they are.
func (r Recorded) Overdue(w Wanted, now time.Time) (since time.Time, overdue bool) {
	due := r.dueAt(w)
	if due.IsZero() || due.After(now) {
		return time.Time{}, false
	}
	if due.Equal(time.Time{}.Add(w.Interval)) {
		return time.Time{}, true
	}
	return due, true
}

// Recalled completes a record that lacks the times at which the present keys were synced, of which
// secondaryDue shows one during the settling time. The other counts from the last sync, which is no
// earlier. Keys of the same age were never regenerated.
func (r Recorded) Recalled(w Wanted, secondaryDue time.Time) Recorded {
	if r.Phase == Settling || !r.Created.Key1.Equal(r.Created.Key2) {
		r.Synced = Keys[time.Time]{Key1: r.LastSync, Key2: r.LastSync}
	}
	if r.Phase == Settling && !secondaryDue.IsZero() {
		r.Synced = r.Synced.With(r.SecondKey(w).Other(), secondaryDue.Add(-w.Settling()))
	}
	return r
}

// Reported returns the record of a storage account without one, every dependent of which reports that it has had
// both keys since a time; the zero time stands for no dependents. No sync has to begin with.
func Reported(o Observed, since time.Time, w Wanted) Recorded {
	r := Recorded{}.adopted(o, w)
	if !r.Synced.Key1.IsZero() {
		r.Synced = Keys[time.Time]{Key1: latest(since, o.Created.Key1), Key2: latest(since, o.Created.Key2)}
	}
	return r
}

// Leaked returns the record and the configuration of a run that regenerates each key that was made before a time,
// and no other. A key that is newer is synced, because nobody knows whether it was.
func Leaked(o Observed, before time.Time, w Wanted) (Recorded, Wanted) {
	// An emergency takes both keys; with this strategy the older one comes first.
	w = Wanted{Strategy: Alternate, Settle: w.Settle, Verify: w.Verify, Emergency: true}
	r := Recorded{Phase: Complete, Created: o.Created}
	fresh := 0
	for _, key := range []Key{Key1, Key2} {
		if !o.Created.Of(key).Before(before) {
			r.Created = r.Created.With(key, time.Time{})
			fresh++
		}
	}
	if fresh == 2 {
		r.Phase, r.Emergency = Closing, true
	}
	return r, w
}

// Imported returns the record of an imported storage account, which had no sync: its keys settle
// before one is regenerated, and the first trigger of the configuration is no reason to rotate.
func Imported(o Observed) Recorded {
	r := Recorded{}.adopted(o, Wanted{})
	r.LastSync = time.Time{} // There was none.
	r.Trigger = imported
	return r
}

// imported is a trigger that no configuration has: it stands for the next one.
const imported = "imported"
