// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyrotation decides how the two access keys of a storage account are rolled so that
// nothing that uses them is ever without a working one. It is pure: what Azure shows, what the last
// completed step left behind, and what is wanted go in; the next step, or how long to wait, comes
// out. It knows no Terraform, sends no requests and has no clock.
//
// A key's creation time is the evidence on which everything rests. It changes with each
// regeneration, whoever made it, and can be read without the key. A key that is newer than it was
// when it was last synced has been regenerated since, be it by a run that was interrupted before
// it could say so: that key needs a sync, and is never regenerated again for the same reason.
package keyrotation

import "time"

// Settle is how long the consumers of a storage account may take to learn of a new key: "Wait 6
// hours. Verify the streaming scenarios are working" (Media Services, Update Media Services after
// rolling storage access keys).
const Settle = 6 * time.Hour

// Key is one of the two access keys of a storage account, as Azure names them.
type Key string

// The keys.
const (
	Key1 Key = "key1"
	Key2 Key = "key2"
)

// Other returns the other key.
func (k Key) Other() Key {
	if k == Key1 {
		return Key2
	}
	return Key1
}

// Keys is something that there is one of for each key.
type Keys[T any] struct{ Key1, Key2 T }

// Of returns the one of a key.
func (k Keys[T]) Of(key Key) T {
	if key == Key1 {
		return k.Key1
	}
	return k.Key2
}

// With returns a copy in which the one of a key is another.
func (k Keys[T]) With(key Key, value T) Keys[T] {
	if key == Key1 {
		k.Key1 = value
	} else {
		k.Key2 = value
	}
	return k
}

// Strategy is which keys a rotation regenerates.
type Strategy string

// The strategies.
const (
	// Both regenerates key1 and, once everything has settled on it, key2. It is the procedure that
	// Media Services documents, for dependents that hold both keys.
	Both Strategy = "both"
	// Alternate regenerates the older key, so that the one in use is never touched. It is what
	// Storage documents for clients that hold one key. An emergency regenerates both all the same:
	// nobody knows which one leaked.
	Alternate Strategy = "alternate"
)

// Phase is how far a rotation has come.
type Phase string

// The phases.
const (
	// Complete: nothing is going on.
	Complete Phase = "complete"
	// Settling: the first key is new and synced; the second follows after the settling time.
	Settling Phase = "settling"
	// Closing: the second key is new and synced; the final verification is left.
	Closing Phase = "closing"
)

// Observed is what Azure shows.
type Observed struct {
	// Now is the time by Azure's clock.
	Now time.Time
	// Created are the keys' creation times.
	Created Keys[time.Time]
	// Told is when the dependent that is furthest behind read the keys, by what the dependents
	// themselves say; the zero time where none of them says so.
	Told time.Time
}

// unknown reports whether a dependent has not read a key: it says that it last read the keys before
// this one was made.
func (o Observed) unknown(key Key) bool {
	return !o.Told.IsZero() && o.Told.Before(o.Created.Of(key))
}

// Recorded is what the last completed step left behind. The zero value is that of a storage account
// that was never looked after.
type Recorded struct {
	Phase Phase
	// Created are the keys' creation times when they were last synced.
	Created Keys[time.Time]
	// Synced are the times at which the present keys were synced.
	Synced Keys[time.Time]
	// LastSync is when the dependents were last told of the keys.
	LastSync time.Time
	// Trigger is the trigger that the present or the last rotation was started for.
	Trigger string
	// Emergency says that the emergency that is declared has been answered.
	Emergency bool
	// Urgent says that the rotation that is going on is the answer to an emergency. It waits for
	// nothing; the next one does again, although the emergency may still be declared.
	Urgent bool
}

// Adopted reports whether the storage account is looked after already.
func (r Recorded) Adopted() bool { return r.Phase != "" }

// Wanted is what is asked for.
type Wanted struct {
	Strategy Strategy
	// Trigger stands for a reason to rotate: when it differs from the recorded one, it is a new
	// reason.
	Trigger string
	// Settle is how long the first key settles; anything shorter than [Settle] stands for that.
	Settle time.Duration
	// Interval is the age at which a key is rotated; 0 stands for never.
	Interval time.Duration
	// Emergency starts a rotation of both keys, once, and has it not wait.
	Emergency bool
	// RotateOnCreate has a storage account rotated as soon as it is looked after.
	RotateOnCreate bool
	// Verify says that there is something to verify before the second key and at the end.
	Verify bool
}
