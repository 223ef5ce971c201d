// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"fmt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Survey holds the accounts of every kind in some subscriptions, each with its storage accounts. It
// tells which accounts depend on a storage account.
type Survey struct {
	dependents []Dependent
	// Unseen is what could not be listed: accounts there may depend on any storage account.
	Unseen []Unseen
}

// Unseen is a list of accounts that failed.
type Unseen = azure.Unlisted[AccountKind]

// NewSurvey lists the accounts in the subscriptions of the client and in the others, at a cost of one
// list for each kind and subscription. It is for the moment just before a change. The error is that
// of a list that failed for another reason than that the caller may not see it; the survey then holds
// what the other lists show.
func NewSurvey(ctx context.Context, client *azure.Client, others ...string) (Survey, error) {
	return survey(ctx, client, new(azure.Memory[azure.Listing[Dependent]]), others)
}

// Planned is [NewSurvey] at plan: all nouns of a run share its lists, until the run itself changes
// something.
func Planned(ctx context.Context, client *azure.Client, others ...string) (Survey, error) {
	return survey(ctx, client, azure.SharedUntilChange[azure.Listing[Dependent]](client), others)
}

func survey(ctx context.Context, client *azure.Client, lists *azure.Memory[azure.Listing[Dependent]],
	others []string,
) (Survey, error) {
	found, err := nearby(ctx, client, lists, others)
	found.dependents = append(found.dependents, azure.ListDiscovered(ctx, client, Kinds(client),
		append(client.Subscriptions(), others...)...)...)
	return found, err
}

// PlannedNearby is [Planned] without the subscriptions that the login sees and nobody has configured: accounts
// hold keys of storage accounts in their own subscription.
func PlannedNearby(ctx context.Context, client *azure.Client, others ...string) (Survey, error) {
	return nearby(ctx, client, azure.SharedUntilChange[azure.Listing[Dependent]](client), others)
}

func nearby(ctx context.Context, client *azure.Client, lists *azure.Memory[azure.Listing[Dependent]],
	others []string,
) (Survey, error) {
	dependents, unseen, err := azure.ListAll(ctx, lists, Kinds(client), append(client.Subscriptions(), others...)...)
	if err != nil {
		err = fmt.Errorf("listing the accounts that use storage accounts: %w", err)
	}
	return Survey{dependents, unseen}, err
}

// ByIdentity returns the accounts that access a storage account with a user-assigned identity.
func (s Survey) ByIdentity(id string) (found []Dependent) {
	for _, one := range s.dependents {
		if azure.ContainsID(one.IdentityIDs, id) {
			found = append(found, one)
		}
	}
	return found
}

// Unlisted names the accounts that could not be listed, such as "Batch accounts in the subscription ID
// (AuthorizationFailed)".
func (s Survey) Unlisted() (names []string) {
	for _, one := range s.Unseen {
		names = append(names, fmt.Sprintf("%ss in the subscription %s (%s)", one.Kind.Noun(), one.SubscriptionID,
			one.Reason()))
	}
	return names
}

// Still returns the dependents that their accounts confirm: a list may show an account for some seconds
// after it was deleted or the storage account was detached.
func Still(ctx context.Context, found []Dependent) (confirmed []Dependent, err error) {
	for _, one := range found {
		now, err := one.Kind.Read(ctx, one.ID, one.StorageAccountID)
		if err != nil && !azure.IsNotFound(err) {
			return nil, err
		}
		if now.Attached {
			confirmed = append(confirmed, now)
		}
	}
	return confirmed, nil
}

// On returns the accounts to which a storage account is attached, by its keys or by identity, in the
// order of their kinds. Where a list leaves out which of the two it is, it reads the account.
func (s Survey) On(ctx context.Context, storageAccountID string) ([]Dependent, error) {
	var found []Dependent
	for _, one := range s.dependents {
		if azure.SameID(one.StorageAccountID, storageAccountID) {
			found = append(found, one)
		}
	}
	g, ctx := azure.Together(ctx)
	g.SetLimit(azure.ConcurrentReads)
	for i, one := range found {
		if one.unsure {
			g.Go(func() (err error) {
				found[i], err = one.Kind.Read(ctx, one.ID, storageAccountID)
				return err
			})
		}
	}
	return found, g.Wait()
}
