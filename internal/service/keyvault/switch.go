// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// switching returns who loses access to a key when the vault switches between roles and access policies.
func (r *Resource) switching(state, plan *model) protection.Removal {
	id, toRoles := state.Identifier(), plan.RBACAuthorization.ValueBool()
	switching := removal(state)
	switching.Access = customerkey.ModelAccess(id, toRoles)
	switching.Affected = func(ctx context.Context, survey protection.Survey) ([]protection.Account, error) {
		accounts := survey.ByVault(state.VaultURI.ValueString())
		return protection.WithoutGrant(ctx, r.Client, accounts, id, toRoles, "")
	}
	return switching
}

// warnSwitched tells the grants of the same plan that the vault switches, and warns if accounts then lose
// access because these credentials may not give it in the new way (CMK018).
func (r *Resource) warnSwitched(ctx context.Context, state, plan *model) diag.Diagnostics {
	id := state.Identifier()
	protection.IntentsOf(r.Client).Switches(id)
	violation, found := r.switching(state, plan).Warning(ctx, r.Client, false)
	if !found || r.mayGrant(ctx, id, plan.RBACAuthorization.ValueBool()) {
		return nil
	}
	return diag.Diagnostics{diagnostic.FromViolation(violation)}
}

// mayGrant reports whether the caller may give others access in a vault, or whether that is unknown.
func (r *Resource) mayGrant(ctx context.Context, id string, byRole bool) bool {
	action := "Microsoft.KeyVault/vaults/accessPolicies/write"
	if byRole {
		action = "Microsoft.Authorization/roleAssignments/write"
	}
	permissions, err := r.Client.Permissions(ctx, id, azure.VaultType)
	return err != nil || customerkey.Permits(permissions, action)
}

// admitReaders gives each identity by which an account reads a key of the vault access in the way in which
// the vault will grant it, and waits until Azure shows that. Otherwise the vault must not switch (CMK018).
// The grants of the same apply take this access up.
func (r *Resource) admitReaders(ctx context.Context, state, plan *model, backoff *azure.Backoff,
) diag.Diagnostics {
	switching, admitted := r.switching(state, plan), map[string]bool{}
	accounts, err := switching.Losing(ctx, r.Client)
	for _, account := range accounts {
		if err == nil {
			err = r.admit(ctx, account, state, plan, admitted, backoff)
		}
	}
	if err == nil && len(accounts) > 0 {
		accounts, err = r.awaitAdmission(ctx, switching, accounts, backoff)
	}
	if err != nil && !azure.IsForbidden(err) {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Update, r.Subject(state.Identifier()), err)}
	}
	violation, lost := switching.Refusal(accounts)
	if !lost {
		return nil
	}
	if err != nil {
		violation.Why = "These credentials may not give that access: " + err.Error() + ". " + violation.Why
	}
	done := diagnostic.NothingChanged
	if len(admitted) > 0 {
		done = "The vault was not switched. Access that was given in the new way stays."
	}
	return diag.Diagnostics{diagnostic.FromViolationAfter(done, violation)}
}

// awaitAdmission waits until Azure shows the new access of accounts, and returns those that have none then.
func (r *Resource) awaitAdmission(ctx context.Context, switching protection.Removal,
	accounts []protection.Account, backoff *azure.Backoff,
) (lacking []protection.Account, err error) {
	for {
		lacking, err = switching.Affected(ctx, protection.Survey{Accounts: accounts})
		if err != nil || len(lacking) == 0 || !backoff.Wait(ctx, "Azure to show the new access") {
			return lacking, err
		}
	}
}

// admit gives the identities by which an account reads its key access to the keys of the vault. It keeps
// note of the principals that it has admitted.
func (r *Resource) admit(ctx context.Context, account protection.Account, state, plan *model,
	admitted map[string]bool, backoff *azure.Backoff,
) error {
	id, toRoles := state.Identifier(), plan.RBACAuthorization.ValueBool()
	readers, err := protection.Lacking(ctx, r.Client, account, id, toRoles, "")
	if err != nil {
		return err
	}
	for _, reader := range readers {
		if admitted[reader.PrincipalID] || reader.PrincipalID == "" {
			continue
		}
		var lacking []string
		if toRoles {
			_, err = vaultaccess.GrantRole(r.Client, id, id, reader.PrincipalID).Assign(ctx, backoff)
		} else {
			lacking, err = r.addPolicy(ctx, id, state.TenantID.ValueString(), reader.PrincipalID, backoff)
		}
		switch {
		case azure.HasCode(err, "RoleAssignmentExists"): // Somebody else assigned the same role there.
		case err != nil:
			return err
		default:
			vaultaccess.MadeOf(r.Client).Note(id, reader.PrincipalID, lacking)
		}
		admitted[reader.PrincipalID] = true
	}
	return nil
}

// addPolicy adds to a principal's access policy the permissions that it lacks to use keys, and returns them.
func (r *Resource) addPolicy(ctx context.Context, id, tenantID, principalID string, backoff *azure.Backoff,
) (lacking []string, err error) {
	vault, err := r.get(ctx, id)
	if err != nil {
		return nil, err
	}
	lacking = vaultaccess.Lacking(vault, principalID, customerkey.RequiredKeyPermissions())
	policy := vaultaccess.Policy{Client: r.Client, VaultID: id, TenantID: tenantID, PrincipalID: principalID}
	return lacking, policy.Add(ctx, lacking, backoff)
}
