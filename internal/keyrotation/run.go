// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Account is a storage account with its dependents, as a rotation works on it.
type Account interface {
	// Observe reads what Azure shows.
	Observe(ctx context.Context) (Observed, error)
	// Regenerate regenerates a key and returns its new creation time. It sends one request and
	// never repeats it: an error leaves open whether the key is new.
	Regenerate(ctx context.Context, key Key) (created time.Time, err error)
	// Sync tells every dependent that uses the keys to read them, and returns the time by Azure's
	// clock when all have. It may be repeated.
	Sync(ctx context.Context) (time.Time, error)
	// Verify checks that what depends on the keys works.
	Verify(ctx context.Context) error
	// Wait waits until the time has come by Azure's clock.
	Wait(ctx context.Context, until time.Time) error
}

// Run takes step after step until nothing is left to do, or nothing before a time that it is not
// to wait for. It returns the record of the last step that was completed, which is to be kept even
// where there is an error, and the step that it ended at. before is called ahead of each step.
func Run(ctx context.Context, account Account, r Recorded, w Wanted, waits bool,
	before func(Step),
) (Recorded, Step, error) {
	if !r.Adopted() {
		// A creation that is interrupted leaves no record of what it has done. An emergency would
		// begin anew, and regenerate key1 again: it is answered by the run after this.
		w.Emergency = false
	}
	var known Keys[time.Time]
	verified, told := false, false
	// The longest way through a rotation: adopt, key1, sync, wait, verify, key2, sync, verify, and
	// the look that finds nothing left; twice that, with a sync for every step where somebody else
	// regenerates keys meanwhile, is already more than an orderly run takes.
	for range 36 {
		o, err := account.Observe(ctx)
		if err != nil {
			return r, Step{Action: Nothing}, err
		}
		o.Created = later(o.Created, known)
		if told {
			// Whatever the dependents' clocks say, this run has told them, and the key that it may
			// regenerate next is newer than recorded.
			o.Told = time.Time{}
		}
		step := Decide(o, r, w, verified)
		if step.Action == Nothing || step.Action == Wait && !waits {
			return r.Done(step, o, w), step, nil
		}
		before(step)
		if step.Action == Regenerate {
			known, err = regenerate(ctx, account, step.Key, o)
		} else {
			o.Now, err = perform(ctx, account, step, o.Now)
		}
		if err != nil {
			return r, step, err
		}
		r = r.Done(step, o, w)
		verified = step.Action == Verify
		told = told || step.Action == Sync
	}
	return r, Step{Action: Nothing}, ErrRestless
}

// ErrRestless says that whatever is done, more is left to do: somebody else keeps regenerating the
// keys.
var ErrRestless = errors.New("the keys keep being regenerated elsewhere")

// perform does a step that can be repeated, and returns the time by which it was done.
func perform(ctx context.Context, account Account, step Step, now time.Time) (time.Time, error) {
	switch step.Action {
	case Sync:
		return account.Sync(ctx)
	case Verify:
		return now, account.Verify(ctx)
	case Wait:
		return now, account.Wait(ctx, step.Until)
	case Regenerate, Nothing:
	}
	return now, nil
}

// regenerate regenerates a key, once, and returns the creation times that are certain then. An
// answer can be lost: whether the key is new is settled by its creation time.
func regenerate(ctx context.Context, account Account, key Key, before Observed,
) (Keys[time.Time], error) {
	created, err := account.Regenerate(ctx, key)
	if err == nil {
		// A look that comes too soon may still show the old time, and would have it done again.
		return before.Created.With(key, created), nil
	}
	after, unseen := account.Observe(ctx)
	if unseen != nil {
		return before.Created, fmt.Errorf(
			"%w; whether %s was regenerated could not be read either: %w", err, key, unseen)
	}
	if after.Created.Of(key).After(before.Created.Of(key)) {
		return after.Created, nil
	}
	return before.Created, err
}

// later are the later ones of two pairs of times.
func later(a, b Keys[time.Time]) Keys[time.Time] {
	for _, key := range []Key{Key1, Key2} {
		if b.Of(key).After(a.Of(key)) {
			a = a.With(key, b.Of(key))
		}
	}
	return a
}
