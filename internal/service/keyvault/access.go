// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// managePermissions returns the key permissions that managing keys takes. It leaves out using the
// keys and purging them.
func managePermissions() []string {
	return []string{
		string(armkeyvault.KeyPermissionsGet), string(armkeyvault.KeyPermissionsList),
		string(armkeyvault.KeyPermissionsCreate), string(armkeyvault.KeyPermissionsUpdate),
		string(armkeyvault.KeyPermissionsDelete), string(armkeyvault.KeyPermissionsRecover),
		string(armkeyvault.KeyPermissionsRotate), string(armkeyvault.KeyPermissionsGetrotationpolicy),
		string(armkeyvault.KeyPermissionsSetrotationpolicy),
	}
}

// callerAccess reports whether the vault itself grants the caller what managing its keys takes.
func (r *Resource) callerAccess(ctx context.Context, vault armkeyvault.Vault) (bool, error) {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return false, err
	}
	if !vaultaccess.ByRole(vault) {
		return hasPolicy(vault, caller), nil
	}
	assignmentID, err := r.callerRole(azure.Deref(vault.ID), caller).Find(ctx)
	return assignmentID != "", err
}

// hasPolicy reports whether the caller's access policy grants everything that managing keys takes.
func hasPolicy(vault armkeyvault.Vault, caller azure.Caller) bool {
	wanted := managePermissions()
	return len(vaultaccess.Held(vault, caller.ObjectID, wanted)) == len(wanted)
}

// grantCaller grants the caller what managing the vault's keys takes, by a role or by an access
// policy. It keeps what the caller has already.
func (r *Resource) grantCaller(ctx context.Context, id string, byRole bool, backoff *azure.Backoff,
) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.callerPolicy(id, caller).Add(ctx, managePermissions(), backoff)
	}
	_, err = r.callerRole(id, caller).Assign(ctx, backoff)
	if azure.HasCode(err, "RoleAssignmentExists") {
		return nil // Somebody else assigned the same role there.
	}
	return err
}

// revokeCaller revokes what grantCaller granted, and nothing else.
func (r *Resource) revokeCaller(ctx context.Context, id string, byRole bool, backoff *azure.Backoff,
) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.callerPolicy(id, caller).Remove(ctx, managePermissions(), backoff)
	}
	role := r.callerRole(id, caller)
	return role.Unassign(ctx, role.ID())
}

func (r *Resource) callerPolicy(id string, caller azure.Caller) vaultaccess.Policy {
	return vaultaccess.Policy{
		Client: r.Client, VaultID: id, TenantID: caller.TenantID, PrincipalID: caller.ObjectID,
	}
}

// callerRole returns the assignment of the role that lets the caller manage the vault's keys.
func (r *Resource) callerRole(id string, caller azure.Caller) vaultaccess.Role {
	return vaultaccess.Role{
		Client: r.Client, VaultID: id, Scope: id, PrincipalID: caller.ObjectID,
		RoleID: customerkey.RoleCryptoOfficerID,
		Name:   vaultaccess.AssignmentName(id, customerkey.RoleCryptoOfficerID, caller.ObjectID),
	}
}
