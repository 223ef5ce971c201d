// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyrotation decides how to rotate the two access keys of a storage account while every
// client keeps a working key. It is pure: it imports no Terraform and no azure, sends no requests
// and has no clock.
//
// [Decide] takes what Azure shows ([Observed]), what the last completed step left ([Recorded]) and
// what the configuration wants ([Wanted]), and returns the next [Step]. [Run] performs steps, and
// [Recorded.Done] turns a performed step into the next record.
//
//	(no record)
//	    │ Sync
//	    ▼
//	 Complete ───────────────────▶ Settling ───────────────────▶ Closing
//	    ▲    Regenerate first key,     Wait for the settling time,   │
//	    │    Sync                      Verify,                       │
//	    │                              Regenerate second key, Sync   │
//	    └────────────────────────────────────────────────────────────┘
//	                               Verify
//
//	rotation              first key   second key   Settling lasts
//	Both                  key1        key2         the settling time, at least 6 hours
//	Alternate             older key   none         no time: the first Sync ends in Closing
//	emergency, Both       key1        key2         until Verify has passed, if configured
//	emergency, Alternate  older key   other key    until Verify has passed, if configured
//
// What moves a record besides the arrows above:
//
//   - Reason. A rotation leaves Complete or Closing when one is due: a changed trigger, the age of
//     the keys, a creation that asks for it, an emergency. It first waits until the other key has
//     settled, except in an emergency.
//   - Alarmed ([Wanted.Emergency] without [Recorded.Emergency]): a declared emergency starts a
//     rotation from any phase at once, from Settling as well. The first Sync answers it and makes
//     the record Urgent, the second Sync ends that. The declaration counts once until withdrawn.
//   - Evidence. In every phase a key that is newer than recorded, a dependent that last read the
//     keys before one was made ([Observed.LastRead]), or one that lacks a present key
//     ([Observed.Stale]) leads to Sync before anything else. The phase changes only where the newer
//     key is one that the rotation was about to regenerate.
//   - One key. Some dependents hold a single key ([Observed.Held]), as a Key Vault secret does. A Sync
//     gives them the key that is not regenerated next ([Recorded.Kept]). A key that such a dependent
//     holds is never regenerated: it gets the other one first, and its readers have the settling
//     time to follow.
//   - Adoption. The first Sync makes the record. It ends in Complete; or in Settling, where a
//     rotation is due on creation and key1 is newer than key2: an interrupted creation looks so. The
//     run that adopts leaves an emergency and the age of the keys to the next one.
//   - Verify. Without anything to verify, Settling and Closing pass it by.
//
// The creation time of a key is the evidence for all of this. Each regeneration changes it, whoever
// made it, and reading it takes no permission on the key. A key that is newer than at its last sync
// was regenerated since, even if the run that did it was interrupted before it could record it: the
// key needs a sync, and is never regenerated again for the same reason.
package keyrotation

import "time"

// Settle is the time that clients of a storage account may take to read a new key: "Wait 6 hours.
// Verify the streaming scenarios are working" (Media Services, Update Media Services after rolling
// storage access keys).
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

// Keys holds one value for each key.
type Keys[T any] struct {
	Key1 T `json:"key1"`
	Key2 T `json:"key2"`
}

// Of returns the value for a key.
func (k Keys[T]) Of(key Key) T {
	if key == Key1 {
		return k.Key1
	}
	return k.Key2
}

// With returns a copy with another value for a key.
func (k Keys[T]) With(key Key, value T) Keys[T] {
	if key == Key1 {
		k.Key1 = value
	} else {
		k.Key2 = value
	}
	return k
}

// Strategy selects the keys that a rotation regenerates.
type Strategy string

// The strategies.
const (
	// Both regenerates key1 and, after the settling time, key2. Media Services documents this
	// procedure, for dependents that hold both keys.
	Both Strategy = "both"
	// Alternate regenerates the older key and leaves the key in use alone. Storage documents this
	// procedure, for clients that hold one key. An emergency regenerates both keys all the same,
	// because nobody knows which one leaked.
	Alternate Strategy = "alternate"
)

// Phase is the progress of a rotation.
type Phase string

// The phases.
const (
	// Complete: no rotation is under way.
	Complete Phase = "complete"
	// Settling: the first key is new and synced; the second follows after the settling time.
	Settling Phase = "settling"
	// Closing: the last key is new and synced; the final verification is left.
	Closing Phase = "closing"
)

// Observed is a reading of Azure.
type Observed struct {
	// Now is the time by the clock of the storage accounts' service.
	Now time.Time
	// Jump is how far that clock has moved against another one since this run began.
	Jump time.Duration
	// Created are the keys' creation times.
	Created Keys[time.Time]
	// LastRead is when the dependent that is furthest behind last read the keys, as the dependents
	// report it; the zero time where none of them reports it.
	LastRead time.Time
	// Held tells the present keys that dependents hold which hold one key alone: since when all of them
	// hold it; the zero time where none does.
	Held Keys[time.Time]
	// Stale says why a dependent that holds one key needs a sync, as a sentence without its full stop:
	// its key is none of the present ones, or nobody knows which it is. It is empty where none does.
	Stale string
}

// unread reports whether a dependent lacks a key: it last read the keys before this one was made.
func (o Observed) unread(key Key) bool {
	return !o.LastRead.IsZero() && o.LastRead.Before(o.Created.Of(key))
}

// moves reports whether a sync that leaves a key with the dependents that hold one key changes what one
// of them holds.
func (o Observed) moves(kept Key) bool { return o.Stale != "" || !o.Held.Of(kept.Other()).IsZero() }

// Recorded is the outcome of the last completed step. The zero value stands for a storage account
// without a record.
type Recorded struct {
	Phase Phase `json:"phase"`
	// Created are the keys' creation times when they were last synced.
	Created Keys[time.Time] `json:"created"`
	// Synced are the times at which the present keys were synced.
	Synced Keys[time.Time] `json:"synced"`
	// LastSync is the time of the last sync.
	LastSync time.Time `json:"last_sync"`
	// Trigger is the trigger of the present or the last rotation.
	Trigger string `json:"trigger"`
	// Emergency says that a rotation has answered the declared emergency.
	Emergency bool `json:"emergency"`
	// Urgent says that the rotation under way answers an emergency and skips the settling time. The
	// next rotation does not, although the emergency may still be declared.
	Urgent bool `json:"urgent"`
}

// Adopted reports whether the storage account has a record.
func (r Recorded) Adopted() bool { return r.Phase != "" }

// Wanted is the configuration of a rotation.
type Wanted struct {
	Strategy Strategy
	// Trigger stands for a reason to rotate: a value other than the recorded one is a new reason.
	Trigger string
	// Settle is the settling time; a shorter one than [Settle] stands for [Settle].
	Settle time.Duration
	// Interval is the age at which a key is rotated; 0 stands for never.
	Interval time.Duration
	// Emergency starts one rotation of both keys, which skips the settling time.
	Emergency bool
	// RotateOnCreate starts a rotation right after the adoption.
	RotateOnCreate bool
	// Asked says who asks for that rotation; empty for rotate_on_create.
	Asked string
	// Verify says that the configuration verifies before the second key and at the end.
	Verify bool
}

// Settling returns the settling time that counts: [Settle] at least.
func (w Wanted) Settling() time.Duration { return max(Settle, w.Settle) }
