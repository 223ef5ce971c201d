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

// removal returns who loses access to a key without the grant.
func (r *Resource) removal(state *model, record added) protection.Removal {
	g := state.grant()
	return protection.Removal{
		Access:         customerkey.GrantAccess(g.vaultID, g.keyName, g.principalID),
		SubscriptionID: azure.SubscriptionOf(g.vaultID),
		Affected: func(ctx context.Context, survey protection.Survey) ([]protection.Account, error) {
			return r.affected(ctx, state, record, survey)
		},
	}
}

// affected returns the accounts that have access by the grant alone. Nobody has access by it if the vault
// is gone, or if it grants access in the other way by now.
func (r *Resource) affected(ctx context.Context, state *model, record added, survey protection.Survey,
) ([]protection.Account, error) {
	g := state.grant()
	vault, err := r.vault(ctx, g.vaultID)
	switch {
	case azure.IsNotFound(err), azure.IsForbidden(err): // It is gone, or nobody can tell.
		return nil, nil
	case err != nil:
		return nil, err
	case state.Mode.ValueString() != string(modeOf(vault)):
		return nil, nil
	}
	accounts := survey.ByGrant(azure.Deref(azure.Deref(vault.Properties).VaultURI), g.principalID, g.keyName)
	if modeOf(vault) == byRole {
		return protection.WithoutGrant(ctx, r.Client, accounts, g.vaultID, true, state.RoleAssignmentID.ValueString())
	}
	taken := vaultaccess.Held(vault, g.principalID, record.owned())
	if !slices.ContainsFunc(customerkey.RequiredKeyPermissions(), func(required string) bool {
		return slices.Contains(taken, required)
	}) {
		return nil, nil // It takes nothing away that accounts need.
	}
	return accounts, nil
}
