// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// clockPause is the longest pause of a wait between two readings of Azure's clock.
const clockPause = 5 * time.Minute

// account performs a rotation on a storage account in Azure.
type account struct {
	client     *azure.Client
	id         string
	dependents *dependents
	checks     []check
	// strict says that a reading fails if it does not tell which key a dependent holds that holds one: that
	// key must not be regenerated.
	strict bool
	// former is the storage account that this rotation had before it was planned for this one: secrets may still
	// hold a key of that.
	former string
	// progress tells a person what is being waited for; nil where nobody listens. The rotation calls it from its own
	// goroutine.
	progress func(string)
}

// regenerationPause is the pause before another attempt to regenerate a key.
const regenerationPause = time.Minute

var _ keyrotation.Account = (*account)(nil)

func newAccount(client *azure.Client, id string, holders []holder) *account {
	return &account{client: client, id: id, dependents: &dependents{
		client: client, storageAccountID: id, holders: holders,
	}}
}

// Observe reads the keys' creation times, which takes no permission on the keys themselves, and asks
// dependents when they last read the keys. One that does not answer counts as one that does not know.
func (a *account) Observe(ctx context.Context) (keyrotation.Observed, error) {
	var observed keyrotation.Observed
	g, ctx := azure.Together(ctx)
	g.Go(func() (err error) { observed, err = a.readKeys(ctx); return err })
	g.Go(func() error { a.dependents.ask(ctx); return nil })
	if err := g.Wait(); err != nil {
		return keyrotation.Observed{}, err
	}
	observed.LastRead = a.dependents.lastRead()
	observed.Held, observed.Stale = a.dependents.copies(observed.Created)
	if a.strict {
		return observed, a.dependents.untold()
	}
	return observed, nil
}

// readKeys is [account.Observe] without the dependents.
func (a *account) readKeys(ctx context.Context) (keyrotation.Observed, error) {
	accounts, at, err := azure.Open(a.id, azure.StorageAccountType, a.client.StorageAccounts)
	if err != nil {
		return keyrotation.Observed{}, err
	}
	got, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	clock := a.client.ClockOf(a.id)
	return keyrotation.Observed{Now: clock.Now, Jump: clock.Jump, Created: keyholder.Created(got.Properties)}, err
}

// Regenerate regenerates a key. It sends the request once: azcore would repeat it after a server
// error, and regenerate the key again. The answer holds both keys; Regenerate takes only the time
// from it. An answer without the time leaves open whether the key is new, as a lost answer does.
func (a *account) Regenerate(ctx context.Context, key keyrotation.Key) (time.Time, error) {
	accounts, at, err := azure.Open(a.id, azure.StorageAccountType, a.client.StorageAccounts)
	if err != nil {
		return time.Time{}, err
	}
	name := string(key)
	answer, err := accounts.RegenerateKey(azure.WithoutRetry(ctx), at.ResourceGroupName, at.Name,
		armstorage.AccountRegenerateKeyParameters{KeyName: &name}, nil)
	if err != nil {
		return time.Time{}, passing(err)
	}
	for _, regenerated := range answer.Keys {
		if strings.EqualFold(azure.Deref(regenerated.KeyName), name) &&
			regenerated.CreationTime != nil {
			return *regenerated.CreationTime, nil
		}
	}
	return time.Time{}, fmt.Errorf("the answer does not say when %s was made", name)
}

// passing marks the error of a regeneration that may succeed at another attempt: Azure was asked too often,
// or its answer did not arrive. A request that is still on its way takes effect during the pause, if at all.
func passing(err error) error {
	if after := azure.RetryAfter(err); after > 0 {
		return &keyrotation.PassingError{After: after, Err: err}
	}
	_, unanswered := errors.AsType[*azure.NoAnswerError](err)
	_, odd := errors.AsType[*azure.AnswerError](err)
	if !unanswered && !odd && azure.ClassOf(err) != azure.Throttled {
		return err
	}
	return &keyrotation.PassingError{After: regenerationPause, Err: err}
}

// Pause implements [keyrotation.Account].
func (a *account) Pause(ctx context.Context, d time.Duration) error { return a.client.Wait(ctx, d) }

// Sync syncs the dependents. Azure shows times in whole seconds: the sync is over by the end of the
// present one.
func (a *account) Sync(ctx context.Context, kept keyrotation.Key) (time.Time, error) {
	if err := a.foreign(ctx); err != nil {
		return a.client.TimeOf(a.id), err
	}
	err := a.dependents.sync(ctx, kept)
	return a.client.TimeOf(a.id).Truncate(time.Second).Add(time.Second), err
}

// foreign returns an error if a secret holds a key of another storage account that exists: its readers would
// lose that one.
func (a *account) foreign(ctx context.Context) error {
	for _, one := range a.dependents.found() {
		other := one.Copy.AccountID
		if other == "" || azure.SameID(other, a.id) || azure.SameID(other, a.former) {
			continue
		}
		if _, err := newAccount(a.client, other, nil).readKeys(ctx); !azure.IsNotFound(err) {
			return &ForeignSecretError{one}
		}
	}
	return nil
}

// ForeignSecretError says that a secret holds a key of another storage account.
type ForeignSecretError struct{ Secret keyholder.Dependent }

// Error implements error.
func (e *ForeignSecretError) Error() string {
	return fmt.Sprintf("the %s holds a key of %s", e.Secret.Name(), e.Secret.Copy.AccountID)
}

// Wait waits until the time by Azure's clock, and reads that clock now and then.
func (a *account) Wait(ctx context.Context, until time.Time) error {
	for began := a.client.TimeOf(a.id); ; {
		left := until.Sub(a.client.TimeOf(a.id))
		if left <= 0 {
			return nil
		}
		tflog.Info(ctx, "waiting for the settling time of a new storage key", map[string]any{
			"storage_account_id": a.id, "until": until.Format(time.RFC3339), "left": left.String(),
		})
		if a.progress != nil {
			a.progress(fmt.Sprintf("Waiting until %s for the settling time of a new key: %s left.",
				until.UTC().Format(time.RFC3339), left.Round(time.Minute)))
		}
		if err := a.client.Wait(ctx, min(left, clockPause)); err != nil {
			return azure.NewWaitError(a.client.TimeOf(a.id).Sub(began),
				"the settling time of a new key, which ends at "+until.UTC().Format(time.RFC3339), err)
		}
		if _, err := a.readKeys(ctx); err != nil { // Any answer carries the time.
			return err
		}
	}
}
