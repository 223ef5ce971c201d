// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Removal is a change that takes access to keys away, and the accounts that lose it.
type Removal struct {
	Access customerkey.Access
	// SubscriptionID holds the resource that is changed. Accounts are looked for there as well.
	SubscriptionID string
	// Affected returns the accounts of a survey that need the access.
	Affected func(context.Context, Survey) ([]Account, error)
}

// Warning returns the warning at plan, if accounts lose access that the plan itself neither detaches nor
// destroys, or if accounts that may do so could not be listed. A caller who may not look can still plan: there
// is no warning then.
func (r Removal) Warning(ctx context.Context, client *azure.Client, replaces bool) (rule.Violation, bool) {
	accounts, unlisted, err := r.losing(ctx, client, Planned)
	if err != nil {
		return rule.Violation{}, false
	}
	access := r.Access.Beside(unlisted)
	if violation, found := access.Taking(usesOf(IntentsOf(client).Staying(accounts)), replaces); found {
		return violation, true
	}
	return access.Unlisted()
}

// Planned is [Removal.Warning] about the accounts that could be listed, for a caller who has to know whether one
// could look.
func (r Removal) Planned(ctx context.Context, client *azure.Client, replaces bool,
) (violation rule.Violation, found bool, err error) {
	accounts, err := r.Staying(ctx, client)
	if err != nil {
		return rule.Violation{}, false, err
	}
	violation, found = r.Access.Taking(usesOf(accounts), replaces)
	return violation, found, nil
}

// Refuse returns a [rule.Violation] if accounts lose access. Call it just before the change: Terraform
// destroys the attachment first, so accounts that the same apply detaches are detached by then.
func (r Removal) Refuse(ctx context.Context, client *azure.Client) error {
	accounts, unlisted, err := r.losing(ctx, client, NewSurvey)
	if err != nil {
		return err
	}
	if violation, found := r.Access.Beside(unlisted).Refusing(usesOf(accounts)); found {
		return violation
	}
	return nil
}

// Staying returns the accounts that lose access by a plan which itself neither detaches nor destroys them.
func (r Removal) Staying(ctx context.Context, client *azure.Client) ([]Account, error) {
	accounts, _, err := r.losing(ctx, client, Planned)
	return IntentsOf(client).Staying(accounts), err
}

// Losing returns the accounts that lose access, as Azure shows them now.
func (r Removal) Losing(ctx context.Context, client *azure.Client) ([]Account, error) {
	accounts, _, err := r.losing(ctx, client, NewSurvey)
	return accounts, err
}

// Refusal returns the violation that names the accounts. It reports false if there are none.
func (r Removal) Refusal(accounts []Account) (rule.Violation, bool) {
	return r.Access.Refusing(usesOf(accounts))
}

// losing returns the affected accounts that have access now, and the lists of accounts that could not be read.
func (r Removal) losing(ctx context.Context, client *azure.Client,
	survey func(context.Context, *azure.Client, ...string) (Survey, error),
) (accounts []Account, unlisted []string, err error) {
	found, err := survey(ctx, client, r.SubscriptionID)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range found.Unseen {
		unlisted = append(unlisted, one.String())
	}
	accounts, err = r.Affected(ctx, found)
	if err == nil {
		accounts, err = confirmed(ctx, client, accounts, r.Affected)
	}
	if err != nil || len(accounts) == 0 {
		return nil, unlisted, err
	}
	accounts, err = WithAccess(ctx, client, accounts)
	return accounts, unlisted, err
}

// WithoutGrant returns the accounts that have no access to their key in a vault by roles or by access
// policies, whichever the vault uses now. A role assignment with the ID without does not count, if that is
// not empty. What the caller may not see does not count either.
func WithoutGrant(ctx context.Context, client *azure.Client, accounts []Account, vaultID string,
	byRoles bool, without string,
) (found []Account, err error) {
	for _, account := range accounts {
		lacking, err := Lacking(ctx, client, account, vaultID, byRoles, without)
		if err != nil {
			return nil, err
		}
		if len(lacking) > 0 {
			found = append(found, account)
		}
	}
	return found, nil
}

// Lacking returns the identities of an account that lack the access of [WithoutGrant].
func Lacking(ctx context.Context, client *azure.Client, account Account, vaultID string, byRoles bool,
	without string,
) (found []Reader, err error) {
	reader := facts.New(client)
	for _, identity := range account.Readers() {
		grant, err := reader.GrantIn(ctx, byRoles, vaultID, account.Encryption.Key.Name,
			identity.PrincipalID, without)
		if err != nil {
			return nil, err
		}
		if !grant.Complete() {
			found = append(found, identity)
		}
	}
	return found, nil
}

// usesOf returns how accounts use their keys, each its own.
func usesOf(accounts []Account) (uses []customerkey.Use) {
	for _, account := range accounts {
		if use, ok := account.use(account.Encryption.Key); ok {
			uses = append(uses, use)
		}
	}
	return uses
}
