// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Retirements holds access that nouns kept in one apply, because accounts still read their key by it
// when new access came: an older grant, or an identity that an account lists. It goes when the last
// of these accounts has moved, in the same apply. What does not go in its apply, the noun that kept
// it has to remember for the next one.
type Retirements struct {
	turn sync.Mutex // Held while Azure is asked, so that accounts that move at once take turns.
	mu   sync.Mutex // Guards kept.
	kept []*keptAccess
}

// keptAccess is access that goes when nobody reads a key by it any more.
type keptAccess struct {
	accountIDs []string
	what       string
	needs      func(context.Context, Survey) ([]Account, error)
	undo       func(context.Context) error
}

// RetirementsOf returns the retirements of the apply that the client was made for.
func RetirementsOf(client *azure.Client) *Retirements {
	return azure.PerRun(client, func() *Retirements { return new(Retirements) })
}

// Keep notes that the accounts still read their key by some access, which undo takes away. What names
// it, such as "the access policy of the identity reader on the vault keys". Needs returns the accounts
// that depend on it, of all that a survey has: those noted are only the ones to wait for. Undo has to
// look at Azure once more itself where it may take away what others depend on by now.
func (r *Retirements) Keep(accountIDs []string, what string,
	needs func(context.Context, Survey) ([]Account, error), undo func(context.Context) error,
) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = append(r.kept, &keptAccess{slices.Clone(accountIDs), what, needs, undo})
}

// Retire takes away the access that was kept for an account, which has moved to another key or
// identity or uses none any more, if no account depends on it. Call it after the account has changed.
// The errors do not concern the account: they name the access that is left.
func Retire(ctx context.Context, client *azure.Client, accountID string) (errs []error) {
	retirements := RetirementsOf(client)
	retirements.turn.Lock()
	defer retirements.turn.Unlock()
	kept := retirements.keptFor(accountID)
	if len(kept) == 0 {
		return nil
	}
	now, err := surveyAround(ctx, client, accountID, kept)
	if err != nil {
		return []error{err}
	}
	for _, one := range kept {
		accounts, err := one.needs(ctx, now)
		if err == nil && len(accounts) > 0 {
			continue
		}
		if err == nil {
			err = one.undo(ctx)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("taking away %s: %w", one.what, err))
			continue
		}
		retirements.drop(one)
	}
	return errs
}

// surveyAround lists the accounts. It reads the one that has moved, which a list may show as it was for
// some seconds, and those that are waited for and are on no list: the caller may not see theirs.
func surveyAround(ctx context.Context, client *azure.Client, movedID string, kept []*keptAccess,
) (Survey, error) {
	var waitedFor, subscriptions []string
	for _, one := range kept {
		for _, id := range one.accountIDs {
			waitedFor = append(waitedFor, id)
			subscriptions = append(subscriptions, azure.SubscriptionOf(id))
		}
	}
	now, err := NewSurvey(ctx, client, subscriptions...)
	if err != nil {
		return Survey{}, err
	}
	now = now.without(movedID)
	slices.Sort(waitedFor)
	unlisted, err := readExisting(ctx, client, slices.DeleteFunc(slices.Compact(waitedFor), now.has))
	now.Accounts = append(now.Accounts, unlisted...)
	return now, err
}

func (r *Retirements) keptFor(accountID string) (found []*keptAccess) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.kept {
		if azure.ContainsID(one.accountIDs, accountID) {
			found = append(found, one)
		}
	}
	return found
}

func (r *Retirements) drop(gone *keptAccess) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = slices.DeleteFunc(r.kept, func(one *keptAccess) bool { return one == gone })
}
