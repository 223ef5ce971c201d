// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// busyPause is the pause before another sync of a dependent that was busy.
const busyPause = 10 * time.Second

// holder is what holds a copy of the keys: an account of dependent_ids, or one of secrets.
type holder struct {
	id   string
	kind keyholder.Kind
}

// name returns the kind and the name, such as "Batch account contosobatch".
func (h holder) name() string { return keyholder.Name(h.kind, h.id) }

// accounts returns the holders with these IDs, which have been validated.
func accounts(client *azure.Client, ids []string) (holders []holder) {
	for _, id := range ids {
		if kind, err := keyholder.Of(client, id); err == nil {
			holders = append(holders, holder{id, kind})
		}
	}
	return holders
}

// dependents are all that hold a copy of a storage account's keys.
type dependents struct {
	client           *azure.Client
	storageAccountID string
	holders          []holder

	// kept is the key that dependents get that hold one, as far as it is known.
	kept keyrotation.Key
	// answers are the latest readings of the dependents that were read, by ID.
	answers map[string]answer
	// synced says that this run has synced all of them, after which those have nothing to tell that hold both
	// keys.
	synced bool
}

// answer is a dependent, or the reason that it could not be read.
type answer struct {
	keyholder.Dependent
	err error
}

// ask reads the dependents that report when they last read the keys, or which they hold, all at once.
func (d *dependents) ask(ctx context.Context) {
	d.readAll(ctx, func(one holder) bool {
		return one.kind.HoldsOneKey() || one.kind.ReportsLastSync() && !d.synced
	})
}

// look reads the dependents that were not read before, all at once.
func (d *dependents) look(ctx context.Context) error {
	d.readAll(ctx, func(one holder) bool {
		answer, ok := d.answers[one.id]
		return !ok || answer.err != nil
	})
	return d.unread()
}

// readAll reads the dependents that wanted selects.
func (d *dependents) readAll(ctx context.Context, wanted func(holder) bool) {
	var mu sync.Mutex
	var g azure.Group
	answers := map[string]answer{}
	for _, one := range d.holders {
		if wanted(one) {
			g.Go(func() error {
				found, err := d.read(ctx, one)
				mu.Lock()
				defer mu.Unlock()
				answers[one.id] = answer{found, err}
				return nil
			})
		} else if known, ok := d.answers[one.id]; ok {
			answers[one.id] = known
		}
	}
	_ = g.Wait() // Each has its own error.
	d.answers = answers
}

func (d *dependents) read(ctx context.Context, one holder) (keyholder.Dependent, error) {
	return one.kind.Read(ctx, one.id, d.storageAccountID)
}

// unread returns why one of the dependents could not be read, or nil.
func (d *dependents) unread() error {
	for _, one := range d.holders {
		if err := d.answers[one.id].err; err != nil {
			return err
		}
	}
	return nil
}

// untold returns why one of the dependents that hold one key does not tell which, or nil.
func (d *dependents) untold() error {
	for _, one := range d.holders {
		if err := d.answers[one.id].err; err != nil && one.kind.HoldsOneKey() {
			return &UntoldError{one, err}
		}
	}
	return nil
}

// UntoldError says that nobody knows which key a dependent holds that holds one.
type UntoldError struct {
	Holder holder
	Err    error
}

// Error implements error.
func (e *UntoldError) Error() string {
	return fmt.Sprintf("reading which key the %s holds: %v", e.Holder.name(), e.Err)
}

// Unwrap returns Azure's answer.
func (e *UntoldError) Unwrap() error { return e.Err }

// copies returns since when the dependents that hold one key hold each of the present keys, and why one of
// them needs a sync.
func (d *dependents) copies(created keyrotation.Keys[time.Time]) (held keyrotation.Keys[time.Time], stale string) {
	for _, one := range d.found() {
		if !one.Kind.HoldsOneKey() {
			continue
		}
		key, amiss := one.Copy.Key, one.Copy.Stale(created)
		switch {
		case amiss != "":
			stale = one.Name() + " " + amiss
		case one.Copy.Since.After(held.Of(key)):
			held = held.With(key, one.Copy.Since)
		}
	}
	return held, stale
}

// has reports whether the ID is that of a dependent.
func (d *dependents) has(id string) bool {
	return slices.ContainsFunc(d.holders, func(one holder) bool { return azure.SameID(one.id, id) })
}

// found returns the dependents that were read, in the order of their IDs.
func (d *dependents) found() (found []keyholder.Dependent) {
	for _, one := range d.holders {
		if answer, ok := d.answers[one.id]; ok && answer.err == nil {
			found = append(found, answer.Dependent)
		}
	}
	return found
}

// lastRead returns when the dependent that is furthest behind last read the keys; the zero time where
// none reports it.
func (d *dependents) lastRead() (oldest time.Time) {
	for _, one := range d.found() {
		if at := one.LastSync; !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}

// sync syncs every dependent that uses the keys, all at once.
func (d *dependents) sync(ctx context.Context, kept keyrotation.Key) error {
	d.kept = kept
	if err := d.look(azure.Shared(ctx)); err != nil { // A sync can be repeated.
		return err
	}
	g, ctx := azure.Together(ctx)
	for _, one := range d.found() {
		if one.UsesKeys {
			g.Go(func() error { return d.syncOne(ctx, one) })
		}
	}
	err := g.Wait()
	d.synced = err == nil
	return err
}

// syncNew syncs the dependents that are new in the configuration: which keys they have is unknown, unless
// they hold one, which a reading tells.
func (d *dependents) syncNew(ctx context.Context, known []string) error {
	g, ctx := azure.Together(ctx)
	for _, added := range d.holders {
		if azure.ContainsID(known, added.id) || added.kind.HoldsOneKey() {
			continue
		}
		g.Go(func() error {
			one, err := d.read(ctx, added)
			if err != nil || !one.UsesKeys {
				return err
			}
			return d.syncOne(ctx, one)
		})
	}
	return g.Wait()
}

// syncOne syncs one dependent. Other rotations in this run may sync its other storage accounts: they
// take turns, and a dependent that is busy all the same is synced again later.
func (d *dependents) syncOne(ctx context.Context, one keyholder.Dependent) error {
	unlock, err := d.client.Lock(ctx, one.ID)
	if err != nil {
		return err
	}
	defer unlock()
	var busy error
	for spent := time.Duration(0); ; spent += busyPause {
		err := one.Kind.Sync(ctx, one.ID, d.storageAccountID, d.kept)
		switch {
		case err == nil:
			return nil
		case azure.Passes(err):
			busy = err
		case ctx.Err() == nil || busy == nil:
			return &SyncError{Dependent: one, Err: err}
		}
		if d.client.Wait(ctx, busyPause) != nil { // The time is up, maybe since the latest request.
			return &SyncError{Dependent: one, Err: azure.NewWaitError(spent, one.Name()+" to be ready for a sync", busy)}
		}
	}
}

// SyncError says that a dependent could not be synced.
type SyncError struct {
	Dependent keyholder.Dependent
	Err       error
}

// Error implements error.
func (e *SyncError) Error() string {
	return fmt.Sprintf("syncing the %s (%s): %v", e.Dependent.Name(), e.Dependent.ID, e.Err)
}

// Unwrap returns Azure's answer.
func (e *SyncError) Unwrap() error { return e.Err }
