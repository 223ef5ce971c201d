// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// access is what the caller needs to manage what is in a vault.
type access struct {
	// permissions are those of an access policy, and roleID is the role that permits the same.
	permissions []string
	roleID      string
	// enabled is the argument that asks for it, and byDefault whether it does so where it is omitted: an import
	// then takes it for granted by the vault's resource.
	enabled   func(*model) *types.Bool
	byDefault bool
}

// accesses returns what the caller can be granted. It leaves out using the keys, and purging.
func accesses() []access {
	return []access{
		{
			permissions: []string{
				string(armkeyvault.KeyPermissionsGet), string(armkeyvault.KeyPermissionsList),
				string(armkeyvault.KeyPermissionsCreate), string(armkeyvault.KeyPermissionsUpdate),
				string(armkeyvault.KeyPermissionsDelete), string(armkeyvault.KeyPermissionsRecover),
				string(armkeyvault.KeyPermissionsRotate), string(armkeyvault.KeyPermissionsGetrotationpolicy),
				string(armkeyvault.KeyPermissionsSetrotationpolicy),
			},
			roleID:    customerkey.RoleCryptoOfficerID,
			enabled:   func(m *model) *types.Bool { return &m.CallerKeyAccess },
			byDefault: true,
		},
		{
			permissions: onSecrets(
				armkeyvault.SecretPermissionsGet, armkeyvault.SecretPermissionsList, armkeyvault.SecretPermissionsSet,
				armkeyvault.SecretPermissionsDelete, armkeyvault.SecretPermissionsRecover),
			roleID:  vaultaccess.RoleSecretsOfficerID,
			enabled: func(m *model) *types.Bool { return &m.CallerSecretAccess },
		},
	}
}

func onSecrets(permissions ...armkeyvault.SecretPermissions) (names []string) {
	for _, permission := range permissions {
		names = append(names, vaultaccess.SecretPermission+string(permission))
	}
	return names
}

// isGranted reports whether the vault itself grants it to the caller.
func (r *Resource) isGranted(ctx context.Context, a access, vault armkeyvault.Vault) (bool, error) {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return false, err
	}
	if !vaultaccess.ByRole(vault) {
		return a.hasPolicy(vault, caller), nil
	}
	assignmentID, err := r.callerRole(a, azure.Deref(vault.ID), caller).Find(ctx)
	return assignmentID != "", err
}

// hasPolicy reports whether the caller's access policy grants all of it.
func (a access) hasPolicy(vault armkeyvault.Vault, caller azure.Caller) bool {
	return len(vaultaccess.Lacking(vault, caller.ObjectID, a.permissions)) == 0
}

// grant grants it to the caller, by a role or by an access policy. It keeps what the caller has already.
func (r *Resource) grant(ctx context.Context, a access, id string, byRole bool, backoff *azure.Backoff) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.callerPolicy(id, caller).Add(ctx, a.permissions, backoff)
	}
	_, err = r.callerRole(a, id, caller).Assign(ctx, backoff)
	if azure.HasCode(err, "RoleAssignmentExists") {
		return nil // Somebody else assigned the same role there.
	}
	return err
}

// revoke revokes what grant granted, and nothing else.
func (r *Resource) revoke(ctx context.Context, a access, id string, byRole bool, backoff *azure.Backoff) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.callerPolicy(id, caller).Remove(ctx, a.permissions, backoff)
	}
	role := r.callerRole(a, id, caller)
	return role.Unassign(ctx, role.ID())
}

func (r *Resource) callerPolicy(id string, caller azure.Caller) vaultaccess.Policy {
	return vaultaccess.Policy{
		Client: r.Client, VaultID: id, TenantID: caller.TenantID, PrincipalID: caller.ObjectID,
	}
}

// callerRole returns the assignment of the role that grants it to the caller.
func (r *Resource) callerRole(a access, id string, caller azure.Caller) vaultaccess.Role {
	return vaultaccess.Role{
		Client: r.Client, VaultID: id, Scope: id, PrincipalID: caller.ObjectID, RoleID: a.roleID,
		Name: vaultaccess.AssignmentName(id, a.roleID, caller.ObjectID),
	}
}
