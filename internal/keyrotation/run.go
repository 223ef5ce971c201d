// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Account performs the steps of a rotation on a storage account and its dependents.
type Account interface {
	// Observe reads the keys' creation times and what dependents report.
	Observe(ctx context.Context) (Observed, error)
	// Regenerate regenerates a key and returns its new creation time. It sends one request and
	// never repeats it: an error leaves open whether the key is new. One that passes is a [PassingError].
	Regenerate(ctx context.Context, key Key) (created time.Time, err error)
	// Sync has every dependent that uses the keys read them, and returns the time by Azure's clock
	// when all have. A dependent that holds one key gets the kept one. It may be repeated.
	Sync(ctx context.Context, kept Key) (time.Time, error)
	// Verify checks that clients of the storage account work.
	Verify(ctx context.Context) error
	// Pause waits for a while.
	Pause(ctx context.Context, d time.Duration) error
	// Wait waits until the time by Azure's clock.
	Wait(ctx context.Context, until time.Time) error
}

// Run performs steps until nothing is left to do, or until a wait where waits is false. It returns
// the record of the last completed step, which the caller must keep even after an error, and the step
// that it ended at. It calls before ahead of each step.
func Run(ctx context.Context, account Account, r Recorded, w Wanted, waits bool,
	before func(Step),
) (Recorded, Step, error) {
	if !r.Adopted() {
		// An interrupted creation leaves no record of its steps. An emergency would start again and
		// regenerate key1 twice: the next run answers it. The age of the keys is left to that run as
		// well: a pipeline that loses its state would otherwise regenerate one key and never the other.
		w.Emergency, w.Interval = false, 0
	}
	var known Keys[time.Time]
	verified, synced := false, false
	// The longest way through a rotation: adopt, key1, sync, wait, verify, key2, sync, verify, and
	// the reading that finds nothing left. Twice that, with a sync after every step because somebody
	// else regenerates keys meanwhile, is already more than an orderly run takes.
	var o Observed
	told := false
	for range 36 {
		// The answer to a regeneration tells enough for a sync, which can be repeated. Everything else
		// starts with what Azure shows.
		if !told || Decide(o, r, w, verified).Action != Sync {
			var err error
			if o, err = account.Observe(ctx); err != nil {
				return r, Step{Action: Nothing}, err
			}
		}
		o.Created = later(o.Created, known)
		if synced {
			// This run has synced the dependents, whatever their clocks say, and a key that it
			// regenerates next is newer than recorded.
			o.LastRead = time.Time{}
		}
		step := Decide(o, r, w, verified)
		if step.Action == Nothing || step.Action == Wait && !waits {
			return r.Done(step, o, w), step, nil
		}
		if step.Action == Regenerate {
			if err := r.Doubt(o); err != nil {
				return r, step, err
			}
		}
		before(step)
		var err error
		if step.Action == Regenerate {
			known, err = regenerate(ctx, account, step.Key, o)
		} else {
			o.Now, err = perform(ctx, account, step, r.Done(step, o, w).Kept(w), o.Now)
		}
		if err != nil {
			return r, step, err
		}
		r = r.Done(step, o, w)
		o.Created, told = later(o.Created, known), step.Action == Regenerate
		verified = step.Action == Verify
		synced = synced || step.Action == Sync
	}
	return r, Step{Action: Nothing}, ErrRestless
}

// ErrRestless says that a run does not come to an end, because somebody else keeps regenerating the
// keys.
var ErrRestless = errors.New("the keys keep being regenerated elsewhere")

// perform performs a step that can be repeated, and returns the time of its completion.
func perform(ctx context.Context, account Account, step Step, kept Key, now time.Time) (time.Time, error) {
	switch step.Action {
	case Sync:
		return account.Sync(ctx, kept)
	case Verify:
		return now, account.Verify(ctx)
	case Wait:
		return now, account.Wait(ctx, step.Until)
	case Regenerate, Nothing:
	}
	return now, nil
}

// PassingError is an error of a regeneration that may succeed when it is tried again.
type PassingError struct {
	After time.Duration // How long to wait.
	Err   error
}

func (e *PassingError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PassingError) Unwrap() error { return e.Err }

// attempts is how often a regeneration is tried, if each attempt is known to have done nothing.
const attempts = 4

// regenerate regenerates a key once, and returns the creation times that are certain afterwards. An
// answer can be lost: the creation time then shows whether the key is new. Only where it shows that the
// key is the old one, after a pause, an error that passes leads to another attempt.
func regenerate(ctx context.Context, account Account, key Key, before Observed,
) (Keys[time.Time], error) {
	old := before.Created.Of(key)
	for attempt := 1; ; attempt++ {
		created, err := account.Regenerate(ctx, key)
		if err == nil && !created.After(old) {
			return before.Created, &ClockError{Regenerated: key, Problem: fmt.Sprintf(
				"%s was regenerated at %s, and before that at %s", key, clock(created), clock(old))}
		}
		if err == nil {
			// A reading that comes too soon may show the old time, and lead to a second regeneration.
			return before.Created.With(key, created), nil
		}
		after, renewed, unread := look(ctx, account, key, old)
		passing, ok := errors.AsType[*PassingError](err)
		if ok && unread == nil && !renewed && attempt < attempts {
			if account.Pause(ctx, passing.After) != nil {
				return before.Created, err
			}
			after, renewed, unread = look(ctx, account, key, old)
			if unread == nil && !renewed {
				continue
			}
		}
		switch {
		case unread != nil:
			return before.Created, fmt.Errorf(
				"%w; whether %s was regenerated could not be read either: %w", err, key, unread)
		case renewed:
			return after, nil
		default:
			return before.Created, err
		}
	}
}

// look reads the creation times, and reports whether a key is newer than before.
func look(ctx context.Context, account Account, key Key, old time.Time,
) (after Keys[time.Time], renewed bool, err error) {
	seen, err := account.Observe(ctx)
	return seen.Created, seen.Created.Of(key).After(old), err
}

// later returns the later time of each pair.
func later(a, b Keys[time.Time]) Keys[time.Time] {
	for _, key := range []Key{Key1, Key2} {
		if b.Of(key).After(a.Of(key)) {
			a = a.With(key, b.Of(key))
		}
	}
	return a
}
