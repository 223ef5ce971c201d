// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

const (
	// betweenSyncs is how long an account is left alone that was busy when it was to be synced.
	betweenSyncs = 10 * time.Second
	// betweenLooks is how often a wait looks at Azure's clock.
	betweenLooks = 5 * time.Minute
)

// account is a storage account with its dependents, on Azure.
type account struct {
	client     *azure.Client
	id         string
	dependents []string
	checks     []check

	// uses are how the dependents use the keys, which is read once; nil before.
	uses []keyholder.Dependent
	// asked are the dependents that were asked when they last read the keys, as they answered; nil
	// before. unanswered is why one did not.
	asked      map[string]keyholder.Dependent
	unanswered error
	// told says that this run has told all of them.
	told bool
	// last are the keys' creation times as they were last read.
	last keyrotation.Keys[time.Time]
}

var _ keyrotation.Account = (*account)(nil)

// Observe reads the keys' creation times, which takes no permission on the keys themselves, and asks
// those dependents that can tell when they last read the keys. One that does not answer is as one that
// cannot tell.
func (a *account) Observe(ctx context.Context) (keyrotation.Observed, error) {
	var observed keyrotation.Observed
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { observed, err = a.age(ctx); return err })
	g.Go(func() error { a.ask(ctx); return nil })
	if err := g.Wait(); err != nil {
		return keyrotation.Observed{}, err
	}
	a.last, observed.LastRead = observed.Created, a.toldAt()
	return observed, nil
}

// age is [account.Observe] without the dependents.
func (a *account) age(ctx context.Context) (keyrotation.Observed, error) {
	created, err := a.created(ctx)
	return keyrotation.Observed{Now: a.client.ServerTime(), Created: created}, err
}

// ask reads the dependents that can tell when they last read the keys, all at once. After a sync of
// this run there is nothing to ask.
func (a *account) ask(ctx context.Context) {
	if a.told {
		return
	}
	a.asked, a.unanswered = map[string]keyholder.Dependent{}, nil
	var mu sync.Mutex
	var asking sync.WaitGroup
	for _, id := range a.dependents {
		kind, err := keyholder.Of(a.client, id)
		if err != nil || !kind.ReportsLastSync() {
			continue
		}
		asking.Go(func() {
			use, err := kind.Read(ctx, id, a.id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				a.unanswered = err
				return
			}
			a.asked[id] = use
		})
	}
	asking.Wait()
}

// toldAt is when the dependent that is furthest behind read the keys; the zero time where none tells.
func (a *account) toldAt() (oldest time.Time) {
	for _, use := range a.asked {
		if at := use.LastSync; !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	return oldest
}

// shown are the creation times to show: those that were last read, or else those of the record.
func (a *account) shown(r keyrotation.Recorded) keyrotation.Keys[time.Time] {
	if a.last == (keyrotation.Keys[time.Time]{}) {
		return r.Created
	}
	return a.last
}

// look reads how the dependents use the keys, once.
func (a *account) look(ctx context.Context) error {
	if a.uses != nil {
		return nil
	}
	uses := make([]keyholder.Dependent, len(a.dependents))
	g, ctx := errgroup.WithContext(ctx)
	for i, id := range a.dependents {
		if use, known := a.asked[id]; known {
			uses[i] = use
			continue
		}
		g.Go(func() (err error) { uses[i], err = a.dependent(ctx, id); return err })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	a.uses = uses
	return nil
}

func (a *account) created(ctx context.Context) (keyrotation.Keys[time.Time], error) {
	accounts, at, err := azure.Open(a.id, azure.StorageAccountType, a.client.StorageAccounts)
	if err != nil {
		return keyrotation.Keys[time.Time]{}, err
	}
	got, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return keyrotation.Keys[time.Time]{}, err
	}
	// An account from before the service kept the times has none until a key is regenerated.
	times := azure.Deref(azure.Deref(got.Properties).KeyCreationTime)
	return keyrotation.Keys[time.Time]{
		Key1: azure.Deref(times.Key1), Key2: azure.Deref(times.Key2),
	}, nil
}

func (a *account) dependent(ctx context.Context, id string) (keyholder.Dependent, error) {
	kind, err := keyholder.Of(a.client, id)
	if err != nil {
		return keyholder.Dependent{}, err
	}
	return kind.Read(ctx, id, a.id)
}

// Regenerate regenerates a key. The request is sent once: azcore would repeat one that was answered
// by a server error, and regenerate the key again. The answer holds both keys; only the time is
// taken from it.
//
// An answer without the time leaves open what happened, as one that was lost does.
func (a *account) Regenerate(ctx context.Context, key keyrotation.Key) (time.Time, error) {
	accounts, at, err := azure.Open(a.id, azure.StorageAccountType, a.client.StorageAccounts)
	if err != nil {
		return time.Time{}, err
	}
	name := string(key)
	answer, err := accounts.RegenerateKey(azure.WithoutRetry(ctx), at.ResourceGroupName, at.Name,
		armstorage.AccountRegenerateKeyParameters{KeyName: &name}, nil)
	if err != nil {
		return time.Time{}, err
	}
	for _, regenerated := range answer.Keys {
		if strings.EqualFold(azure.Deref(regenerated.KeyName), name) &&
			regenerated.CreationTime != nil {
			return *regenerated.CreationTime, nil
		}
	}
	return time.Time{}, fmt.Errorf("the answer does not say when %s was made", name)
}

// Sync tells every dependent that uses the keys, all at once. Azure tells the time in whole
// seconds: the sync is over by the end of the present one.
func (a *account) Sync(ctx context.Context) (time.Time, error) {
	if err := a.look(ctx); err != nil {
		return time.Time{}, err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, use := range a.uses {
		if use.UsesKeys {
			g.Go(func() error { return a.sync(ctx, use) })
		}
	}
	err := g.Wait()
	a.told = err == nil
	return a.client.ServerTime().Truncate(time.Second).Add(time.Second), err
}

// introduce tells the dependents that are new in the configuration: which keys they know, nobody
// can tell.
func (a *account) introduce(ctx context.Context, known []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, id := range a.dependents {
		if has(known, id) {
			continue
		}
		g.Go(func() error {
			use, err := a.dependent(ctx, id)
			if err != nil || !use.UsesKeys {
				return err
			}
			return a.sync(ctx, use)
		})
	}
	return g.Wait()
}

// sync tells one dependent. Other rotations in this run may be about to tell it of other storage
// accounts: they take turns, and one that is busy all the same is asked again.
func (a *account) sync(ctx context.Context, use keyholder.Dependent) error {
	unlock, err := a.client.Lock(ctx, use.ID)
	if err != nil {
		return err
	}
	defer unlock()
	for {
		err := use.Kind.Sync(ctx, use.ID, a.id)
		if !azure.IsConflict(err) {
			if err != nil {
				return &SyncError{Dependent: use, Err: err}
			}
			return nil
		}
		if waited := a.client.Wait(ctx, betweenSyncs); waited != nil {
			return &SyncError{Dependent: use, Err: err}
		}
	}
}

// SyncError says that a dependent could not be told.
type SyncError struct {
	Dependent keyholder.Dependent
	Err       error
}

// Error implements error.
func (e *SyncError) Error() string {
	return fmt.Sprintf("syncing the %s %s: %v", e.Dependent.Kind.Noun(), e.Dependent.ID, e.Err)
}

// Unwrap returns what Azure said.
func (e *SyncError) Unwrap() error { return e.Err }

// Wait waits until the time has come by Azure's clock, which it looks at now and then.
func (a *account) Wait(ctx context.Context, until time.Time) error {
	for {
		left := until.Sub(a.client.ServerTime())
		if left <= 0 {
			return nil
		}
		tflog.Info(ctx, "waiting for everything to settle on the new key", map[string]any{
			"storage_account_id": a.id, "until": until.Format(time.RFC3339), "left": left.String(),
		})
		if err := a.client.Wait(ctx, min(left, betweenLooks)); err != nil {
			return err
		}
		if _, err := a.created(ctx); err != nil { // Its answer tells the time.
			return err
		}
	}
}

// has reports whether a list of IDs has one.
func has(ids []string, id string) bool {
	return slices.ContainsFunc(ids, func(one string) bool { return azure.SameID(one, id) })
}
