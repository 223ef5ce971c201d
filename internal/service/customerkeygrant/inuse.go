// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// access is what a resource granted, and in which mode: what it takes away again.
type access struct {
	grant
	mode             mode
	roleAssignmentID string
	record           added
}

// removal returns who loses access to a key without the access.
func (r *Resource) removal(a access) protection.Removal {
	return protection.Removal{
		Access:         customerkey.GrantAccess(a.vaultID, a.keyName, a.principalID),
		SubscriptionID: azure.SubscriptionOf(a.vaultID),
		Affected: func(ctx context.Context, survey protection.Survey) ([]protection.Account, error) {
			return r.affected(ctx, a, survey)
		},
	}
}

// affected returns the accounts that have access by the grant alone. Nobody has access by it if the vault
// is gone, or if it grants access in the other way by now.
func (r *Resource) affected(ctx context.Context, a access, survey protection.Survey,
) ([]protection.Account, error) {
	vault, err := r.vault(ctx, a.vaultID)
	switch {
	case azure.IsNotFound(err), azure.IsForbidden(err): // It is gone, or nobody can tell.
		return nil, nil
	case err != nil:
		return nil, err
	case a.mode != modeOf(vault):
		return nil, nil
	}
	accounts := survey.ByGrant(azure.Deref(azure.Deref(vault.Properties).VaultURI), a.principalID, a.keyName)
	if modeOf(vault) == byRole {
		return protection.WithoutGrant(ctx, r.Client, accounts, a.vaultID, true, a.roleAssignmentID)
	}
	taken := vaultaccess.Held(vault, a.principalID, a.record.owned())
	if !slices.ContainsFunc(customerkey.RequiredKeyPermissions(), func(required string) bool {
		return slices.Contains(taken, required)
	}) {
		return nil, nil // It takes nothing away that accounts need.
	}
	return accounts, nil
}

// revoke takes access away.
func (r *Resource) revoke(ctx context.Context, a access, backoff *azure.Backoff) error {
	if a.mode == byRole {
		return r.role(a.grant).Unassign(ctx, a.roleAssignmentID)
	}
	return r.policy(a.grant).Remove(ctx, a.record.owned(), backoff)
}
