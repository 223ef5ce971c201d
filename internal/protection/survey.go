// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// Survey holds the accounts of every kind in some subscriptions, each with its encryption and its
// identities. It tells which accounts depend on a key, a version, a vault, a grant or an identity.
type Survey struct {
	// Accounts are in the order of their IDs.
	Accounts []Account
	// Unseen is what the caller could not list: accounts may depend on anything there.
	Unseen []Unseen
}

// Unseen is a list of accounts that Azure did not show the caller.
type Unseen struct {
	Kind           customerkey.Kind
	SubscriptionID string
	// Reason is the code of Azure's answer, such as "AuthorizationFailed".
	Reason string
}

// String names the accounts, such as "Batch accounts in the subscription ID (AuthorizationFailed)".
func (u Unseen) String() string {
	return fmt.Sprintf("%ss in the subscription %s (%s)", u.Kind.Name, u.SubscriptionID, u.Reason)
}

// NewSurvey lists the accounts in the subscriptions of the client and in the others, at a cost of one
// list for each kind and subscription, and those in other subscriptions that the login sees, once a run.
// It is for the moment just before a change.
func NewSurvey(ctx context.Context, client *azure.Client, others ...string) (Survey, error) {
	return survey(ctx, client, new(azure.Memory[azure.Listing[Account]]), others)
}

// confirmed returns the accounts as they are now, of those for which something holds by a survey. It reads
// those whose lists may be old.
func confirmed(ctx context.Context, client *azure.Client, accounts []Account,
	holds func(context.Context, Survey) ([]Account, error),
) (found []Account, err error) {
	var old []string
	for _, account := range accounts {
		if account.remembered {
			old = append(old, account.ID)
		} else {
			found = append(found, account)
		}
	}
	now, err := readExisting(ctx, client, old)
	if err != nil || len(now) == 0 {
		return found, err
	}
	still, err := holds(ctx, Survey{Accounts: now})
	return append(found, still...), err
}

// readExisting reads those of the accounts that exist.
func readExisting(ctx context.Context, client *azure.Client, ids []string) (found []Account, err error) {
	for _, id := range ids {
		account, err := Read(ctx, client, id)
		switch {
		case azure.IsNotFound(err):
		case err != nil:
			return nil, err
		default:
			found = append(found, account)
		}
	}
	return found, nil
}

// Planned is [NewSurvey] at plan: all nouns of a run share its lists, until the run itself changes
// something. Ask it only where a plan changes or destroys what accounts may depend on.
func Planned(ctx context.Context, client *azure.Client, others ...string) (Survey, error) {
	return survey(ctx, client, azure.SharedUntilChange[azure.Listing[Account]](client), others)
}

func survey(ctx context.Context, client *azure.Client, lists *azure.Memory[azure.Listing[Account]],
	others []string,
) (Survey, error) {
	subscriptions := append(client.Subscriptions(), others...)
	found, err := listed(ctx, client, lists, subscriptions...)
	if err != nil {
		return Survey{}, err
	}
	for _, account := range azure.ListDiscovered(ctx, client, kinds(client), subscriptions...) {
		account.remembered = true
		found.Accounts = append(found.Accounts, account)
	}
	found.sort()
	return found, nil
}

// listed returns the survey of some subscriptions and no others.
func listed(ctx context.Context, client *azure.Client, lists *azure.Memory[azure.Listing[Account]],
	subscriptions ...string,
) (Survey, error) {
	accounts, unlisted, err := azure.ListAll(ctx, lists, kinds(client), subscriptions...)
	if err != nil {
		return Survey{}, fmt.Errorf("listing the accounts that use customer-managed keys: %w", err)
	}
	found := Survey{Accounts: accounts}
	for _, one := range unlisted {
		found.Unseen = append(found.Unseen, Unseen{one.Kind.Traits(), one.SubscriptionID, one.Reason()})
	}
	found.sort()
	return found, nil
}

func (s Survey) sort() {
	slices.SortFunc(s.Accounts, func(a, b Account) int { return strings.Compare(a.ID, b.ID) })
}

// ByKey returns the accounts that use a key, in whatever version.
func (s Survey) ByKey(key customerkey.KeyID) []Account {
	return s.where(func(account Account) bool { return account.Encryption.Key.SameKey(key) })
}

// ByVersion returns the accounts that need one version of a key: they run on it, or move to it as
// the newest. An account that does not report its version may run on any.
func (s Survey) ByVersion(version customerkey.KeyID, newest bool) []Account {
	return s.where(func(account Account) bool {
		use, ok := account.use(version)
		return ok && use.Needs(version.Version, newest)
	})
}

// ByVault returns the accounts whose key is in the vault at a URI.
func (s Survey) ByVault(vaultURI string) []Account {
	return s.where(func(account Account) bool { return account.Encryption.Key.InVault(vaultURI) })
}

// ByGrant returns the accounts that read a key in the vault at a URI as a principal. A name of a key
// restricts it to the accounts that use this key; "" means any.
func (s Survey) ByGrant(vaultURI, principalID, keyName string) []Account {
	return s.where(func(account Account) bool {
		key := account.Encryption.Key
		return key.InVault(vaultURI) && (keyName == "" || strings.EqualFold(key.Name, keyName)) &&
			slices.ContainsFunc(account.Readers(), func(reader Reader) bool {
				return strings.EqualFold(reader.PrincipalID, principalID)
			})
	})
}

// ByIdentity returns the accounts that read their key by a user-assigned identity.
func (s Survey) ByIdentity(id string) []Account {
	return s.where(func(account Account) bool {
		return slices.ContainsFunc(account.Readers(), func(reader Reader) bool {
			return azure.SameID(reader.IdentityID, id)
		})
	})
}

// has reports whether the survey shows an account.
func (s Survey) has(id string) bool {
	return slices.ContainsFunc(s.Accounts, func(account Account) bool { return azure.SameID(account.ID, id) })
}

// without returns the survey without one account.
func (s Survey) without(id string) Survey {
	s.Accounts = slices.DeleteFunc(slices.Clone(s.Accounts), func(account Account) bool {
		return azure.SameID(account.ID, id)
	})
	return s
}

// where returns the accounts with a customer-managed key for which something holds.
func (s Survey) where(holds func(Account) bool) (found []Account) {
	for _, account := range s.Accounts {
		if account.Encryption.CustomerKey && holds(account) {
			found = append(found, account)
		}
	}
	return found
}

// Reader is an identity by which an account reads its key.
type Reader struct {
	// IdentityID is empty for the system-assigned identity.
	IdentityID string
	// PrincipalID is the object ID under which vaults know the identity.
	PrincipalID string
}

// Readers returns the identity by which the account reads its key. A Batch account with several
// user-assigned identities does not tell which of them it is: any may be.
func (a Account) Readers() (found []Reader) {
	system, _ := a.SystemAssigned.Value()
	switch reader := a.Encryption.UserAssignedIdentityID; {
	case !a.Encryption.CustomerKey:
		return nil
	case reader != "":
		return []Reader{{reader, a.UserPrincipalIDs[strings.ToLower(reader)]}}
	case system:
		return []Reader{{PrincipalID: a.SystemPrincipalID}}
	}
	listed, _ := a.UserAssigned.Value()
	for _, id := range listed {
		found = append(found, Reader{id, a.UserPrincipalIDs[strings.ToLower(id)]})
	}
	return found
}

// WithAccess returns the accounts that can access their key, and leaves out those that this run has seen fail for
// want of access. It examines each of them, at the cost of
// some calls for each vault, key and identity.
func WithAccess(ctx context.Context, client *azure.Client, accounts []Account) ([]Account, error) {
	lost := make([]bool, len(accounts))
	g, ctx := azure.Together(ctx)
	g.SetLimit(azure.ConcurrentReads)
	reader := facts.New(client)
	for i, account := range accounts {
		g.Go(func() error {
			answer, err := reader.Read(ctx, account.Question())
			lost[i] = err == nil && (Judge(account, answer, client.TimeOf(answer.KeyID.VaultURI)).Lost || IntentsOf(client).of(account.ID).lacks)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var found []Account
	for i, account := range accounts {
		if !lost[i] {
			found = append(found, account)
		}
	}
	return found, nil
}

// Uses returns how accounts use a key, for the rules about it.
func Uses(key customerkey.KeyID, accounts []Account) (uses []customerkey.Use) {
	for _, account := range accounts {
		if use, ok := account.use(key); ok {
			uses = append(uses, use)
		}
	}
	return uses
}

// use returns how the account uses a key, where it does.
func (a Account) use(key customerkey.KeyID) (customerkey.Use, bool) {
	if !a.Encryption.CustomerKey || !a.Encryption.Key.SameKey(key) {
		return customerkey.Use{}, false
	}
	return customerkey.Use{
		AccountID: a.ID, Kind: a.Kind, Wanted: a.Encryption.Key, Current: a.Encryption.Current.Version,
	}, true
}

// InSubscription lists the accounts of one subscription, and shares the lists with [Planned].
func InSubscription(ctx context.Context, client *azure.Client, subscriptionID string) (Survey, error) {
	return listed(ctx, client, azure.SharedUntilChange[azure.Listing[Account]](client), subscriptionID)
}

// Searched is [Planned] for a search, which may need no survey. It tells of what the caller could not list.
func Searched(ctx context.Context, client *azure.Client, hidden func(what, reason string), needed bool,
) (Survey, error) {
	if !needed {
		return Survey{}, nil
	}
	found, err := Planned(ctx, client)
	for _, unseen := range found.Unseen {
		hidden(unseen.String(), unseen.Reason)
	}
	return found, err
}

// ExamineEach examines accounts, some at a time, and tells of each in their order, until a function returns
// false.
func ExamineEach(ctx context.Context, client *azure.Client, accounts []Account, each func(Account, Access) bool,
) error {
	reader := facts.New(client)
	for batch := range slices.Chunk(accounts, azure.ConcurrentReads) {
		found := make([]Access, len(batch))
		g, gctx := azure.Together(ctx)
		for i, account := range batch {
			g.Go(func() error {
				answer, err := reader.Read(gctx, account.Question())
				found[i] = Judge(account, answer, client.TimeOf(answer.KeyID.VaultURI))
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for i, account := range batch {
			if !each(account, found[i]) {
				return nil
			}
		}
	}
	return nil
}
