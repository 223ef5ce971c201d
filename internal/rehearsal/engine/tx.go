// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// Tx is one transaction: the documents as they are at one moment, and the time.
//
// Its methods panic with a [CorruptError] if a stored document cannot be read, because something else
// wrote the data file; the engine then answers the request with 500.
type Tx struct {
	engine  *Engine
	stored  *store.Transaction
	overlay *store.Overlay
	now     time.Time
	stale   time.Duration
	// claimless has challenges ask for no claims.
	claimless bool
}

// CorruptError reports that a stored document cannot be read by this version.
type CorruptError struct {
	Key string
	Err error
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("reading the stored document %q: %v", e.Key, e.Err)
}

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// Now returns the time by rehearsal's clock. Inside a timer it is the moment at which the timer was
// due, so that timers run in order however far the clock was advanced.
func (tx *Tx) Now() time.Time { return tx.now }

// Load decodes the document under key into document and reports whether there is one.
func (tx *Tx) Load(key string, document any) bool {
	value := tx.overlay.Get(key)
	if value == nil {
		return false
	}
	if err := json.Unmarshal(value, document); err != nil {
		panic(&CorruptError{Key: key, Err: err})
	}
	return true
}

// Store puts a document under key.
func (tx *Tx) Store(key string, document any) {
	value, err := json.Marshal(document)
	if err != nil {
		panic(fmt.Errorf("storing %q: %w", key, err)) // a defect of the service's
	}
	tx.overlay.Put(key, value)
}

// Erase removes the document under key.
func (tx *Tx) Erase(key string) { tx.overlay.Delete(key) }

// Each calls fn for every document whose key begins with prefix, in the order of the keys. decode
// reads the document.
func (tx *Tx) Each(prefix string, fn func(key string, decode func(document any))) {
	tx.each(prefix, "", fn)
}

// each calls fn for the documents after a key.
func (tx *Tx) each(prefix, after string, fn func(key string, decode func(document any))) {
	tx.overlay.Scan(prefix, after, func(key string, value []byte) bool {
		fn(key, func(document any) {
			if err := json.Unmarshal(value, document); err != nil {
				panic(&CorruptError{Key: key, Err: err})
			}
		})
		return true
	})
}

// NewID returns a new random GUID.
func (tx *Tx) NewID() string { return uuid.NewString() }

// Addresses returns the addresses at which clients reach the services.
func (tx *Tx) Addresses() Addresses { return tx.engine.addresses }

// Publish calls every subscriber of the topic with the subject, within this transaction.
func (tx *Tx) Publish(topic, subject string) {
	for _, handle := range tx.engine.subscribers[topic] {
		handle(tx, subject)
	}
}

const timerPrefix = "timer/"

// Schedule calls the handler registered under kind with subject when the clock reaches due. The same
// kind and subject may be scheduled many times.
func (tx *Tx) Schedule(due time.Time, kind, subject string) {
	tx.Store(fmt.Sprintf("%s%020d/%s", timerPrefix, due.UnixNano(), uuid.NewString()),
		timer{Due: due, Kind: kind, Subject: subject})
}

type timer struct {
	Due     time.Time `json:"due"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
}

// Due is something that happens when the clock reaches its time.
type Due struct {
	Time time.Time `json:"time"`
	// What says what happens, to the subject.
	What    string `json:"what"`
	Subject string `json:"subject"`
}

// Due returns what is due next, at most so many, earliest first.
func (tx *Tx) Due(most int) []Due {
	due := []Due{}
	tx.overlay.Scan(timerPrefix, "", func(key string, value []byte) bool {
		var next timer
		if err := json.Unmarshal(value, &next); err != nil {
			panic(&CorruptError{Key: key, Err: err})
		}
		due = append(due, Due{Time: next.Due, What: tx.engine.timers[next.Kind].does, Subject: next.Subject})
		return len(due) < most
	})
	return due
}

// nextTimer returns the timer that is due first, and its key; the key is empty if there is none.
func nextTimer(from store.Tx) (next timer, key string) {
	from.Scan(timerPrefix, "", func(first string, value []byte) bool {
		key = first
		if err := json.Unmarshal(value, &next); err != nil {
			panic(&CorruptError{Key: key, Err: err})
		}
		return false
	})
	return next, key
}

// ripe reports whether a timer is due. Timers that others add meanwhile are not in the way.
func (tx *Tx) ripe() bool {
	next, key := nextTimer(tx.stored.Glance())
	return key != "" && !next.Due.After(tx.now)
}

// runTimers runs timers that are due, earliest first, each at its own moment, for so long by the
// machine's clock.
func (tx *Tx) runTimers(spell time.Duration) {
	until := tx.now
	defer func() { tx.now = until }()
	for begun := time.Now(); time.Since(begun) < spell; { //nolint:forbidigo // the clock of the machine is meant
		next, key := nextTimer(tx.overlay)
		if key == "" || next.Due.After(until) {
			return
		}
		tx.Erase(key)
		tx.now = next.Due
		if kind, known := tx.engine.timers[next.Kind]; known {
			kind.handle(tx, next.Subject)
		}
	}
}

const clockKey = "clock/offset"

// Advance moves the clock forward by d. Timers that become due run with the next request.
func (tx *Tx) Advance(d time.Duration) {
	var offset time.Duration
	tx.Load(clockKey, &offset)
	tx.Store(clockKey, offset+d)
	tx.now = tx.now.Add(d)
}

// ClientNow returns the time by a client's clock, which does not include the advances of rehearsal's.
// Dates that a client writes are checked against it.
func (tx *Tx) ClientNow() time.Time {
	var offset time.Duration
	tx.Load(clockKey, &offset)
	return tx.now.Add(-offset)
}

// ExpireTokens treats the tokens of this transaction as expired.
func (tx *Tx) ExpireTokens() { tx.stale = 24 * time.Hour }

// WithoutClaims leaves the claims out of the challenges of this transaction: Azure asks for them only
// where access was withdrawn early.
func (tx *Tx) WithoutClaims() { tx.claimless = true }

// TakesClaims reports whether a challenge asks for claims.
func (tx *Tx) TakesClaims() bool { return !tx.claimless }

// TokenTime returns the time that tokens are checked against.
func (tx *Tx) TokenTime() time.Time { return tx.now.Add(tx.stale) }

const grantDelayKey = "clock/grantdelay"

// GrantDelay returns how long a role assignment or an access policy takes to act. In Azure that is up
// to ten minutes; in rehearsal it is 0 unless set.
func (tx *Tx) GrantDelay() time.Duration {
	var delay time.Duration
	tx.Load(grantDelayKey, &delay)
	return delay
}

// SetGrantDelay sets how long grants take to act.
func (tx *Tx) SetGrantDelay(d time.Duration) { tx.Store(grantDelayKey, d) }
