// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
)

// busyPause is the pause before another sync of a dependent that was busy.
const busyPause = 10 * time.Second

// dependents are the accounts of dependent_ids, which hold a copy of a storage account's keys.
type dependents struct {
	client           *azure.Client
	storageAccountID string
	ids              []string

	// answers are the latest readings of the dependents that were read, by ID.
	answers map[string]answer
	// synced says that this run has synced all of them, after which there is nothing to ask.
	synced bool
}

// answer is a dependent, or the reason that it could not be read.
type answer struct {
	keyholder.Dependent
	err error
}

// ask reads the dependents that report when they last read the keys, all at once.
func (d *dependents) ask(ctx context.Context) {
	if !d.synced {
		d.readAll(ctx, func(id string) bool {
			kind, err := keyholder.Of(d.client, id)
			return err == nil && kind.ReportsLastSync()
		})
	}
}

// look reads the dependents that were not read before, all at once.
func (d *dependents) look(ctx context.Context) error {
	d.readAll(ctx, func(id string) bool {
		answer, ok := d.answers[id]
		return !ok || answer.err != nil
	})
	return d.unread()
}

// readAll reads the dependents that wanted selects.
func (d *dependents) readAll(ctx context.Context, wanted func(id string) bool) {
	var mu sync.Mutex
	var g azure.Group
	answers := map[string]answer{}
	for _, id := range d.ids {
		if wanted(id) {
			g.Go(func() error {
				found, err := d.read(ctx, id)
				mu.Lock()
				defer mu.Unlock()
				answers[id] = answer{found, err}
				return nil
			})
		} else if known, ok := d.answers[id]; ok {
			answers[id] = known
		}
	}
	_ = g.Wait() // Each has its own error.
	d.answers = answers
}

func (d *dependents) read(ctx context.Context, id string) (keyholder.Dependent, error) {
	kind, err := keyholder.Of(d.client, id)
	if err != nil {
		return keyholder.Dependent{}, err
	}
	return kind.Read(ctx, id, d.storageAccountID)
}

// unread returns why one of the dependents could not be read, or nil.
func (d *dependents) unread() error {
	for _, id := range d.ids {
		if err := d.answers[id].err; err != nil {
			return err
		}
	}
	return nil
}

// found returns the dependents that were read, in the order of their IDs.
func (d *dependents) found() (found []keyholder.Dependent) {
	for _, id := range d.ids {
		if answer, ok := d.answers[id]; ok && answer.err == nil {
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
func (d *dependents) sync(ctx context.Context) error {
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

// syncNew syncs the dependents that are new in the configuration: which keys they have is unknown.
func (d *dependents) syncNew(ctx context.Context, known []string) error {
	g, ctx := azure.Together(ctx)
	for _, id := range d.ids {
		if azure.ContainsID(known, id) {
			continue
		}
		g.Go(func() error {
			one, err := d.read(ctx, id)
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
		err := one.Kind.Sync(ctx, one.ID, d.storageAccountID)
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
