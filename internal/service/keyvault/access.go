// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// managePermissions are what managing keys takes where access policies decide. Using the keys and
// purging them is left out.
func managePermissions() []*armkeyvault.KeyPermissions {
	return to.SliceOfPtrs(
		armkeyvault.KeyPermissionsGet, armkeyvault.KeyPermissionsList,
		armkeyvault.KeyPermissionsCreate, armkeyvault.KeyPermissionsUpdate,
		armkeyvault.KeyPermissionsDelete, armkeyvault.KeyPermissionsRecover,
		armkeyvault.KeyPermissionsRotate, armkeyvault.KeyPermissionsGetrotationpolicy,
		armkeyvault.KeyPermissionsSetrotationpolicy,
	)
}

func callerPolicy(caller azure.Caller) *armkeyvault.AccessPolicyEntry {
	return &armkeyvault.AccessPolicyEntry{
		TenantID:    &caller.TenantID,
		ObjectID:    &caller.ObjectID,
		Permissions: &armkeyvault.Permissions{Keys: managePermissions()},
	}
}

// callerAccess reports whether the caller has been given, on the vault itself, what managing its
// keys takes.
func (r *Resource) callerAccess(ctx context.Context, vault armkeyvault.Vault) (bool, error) {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return false, err
	}
	if azure.Deref(azure.Deref(vault.Properties).EnableRbacAuthorization) {
		return r.hasRole(ctx, azure.Deref(vault.ID), caller)
	}
	return hasPolicy(vault, caller), nil
}

// hasPolicy reports whether the caller's access policy has everything that managing keys takes.
func hasPolicy(vault armkeyvault.Vault, caller azure.Caller) bool {
	granted := azure.Deref(azure.Deref(policyOf(vault, caller)).Permissions).Keys
	for _, wanted := range managePermissions() {
		if !slices.ContainsFunc(granted, func(has *armkeyvault.KeyPermissions) bool {
			return strings.EqualFold(string(azure.Deref(has)), string(*wanted)) ||
				strings.EqualFold(string(azure.Deref(has)), string(armkeyvault.KeyPermissionsAll))
		}) {
			return false
		}
	}
	return true
}

// policyOf is the caller's own access policy. One that goes by way of an application is another.
func policyOf(vault armkeyvault.Vault, caller azure.Caller) *armkeyvault.AccessPolicyEntry {
	for _, policy := range azure.Deref(vault.Properties).AccessPolicies {
		if strings.EqualFold(azure.Deref(policy.ObjectID), caller.ObjectID) &&
			policy.ApplicationID == nil {
			return policy
		}
	}
	return nil
}

// hasRole looks for the role on the vault itself, whoever assigned it under whatever name.
func (r *Resource) hasRole(ctx context.Context, id string, caller azure.Caller) (bool, error) {
	role, err := r.callerRole(id, caller)
	if err != nil {
		return false, err
	}
	pages := role.assignments.NewListForScopePager(id,
		&armauthorization.RoleAssignmentsClientListForScopeOptions{
			Filter: to.Ptr(fmt.Sprintf("principalId eq '%s'", caller.ObjectID)),
		})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, err
		}
		for _, found := range page.Value {
			properties := azure.Deref(azure.Deref(found).Properties)
			if azure.SameID(azure.Deref(properties.Scope), id) && strings.HasSuffix(
				strings.ToLower(azure.Deref(properties.RoleDefinitionID)),
				"/"+customerkey.RoleCryptoOfficerID) {
				return true, nil
			}
		}
	}
	return false, nil
}

// grantCaller gives the caller what managing the vault's keys takes, by a role or by an access
// policy. What was given before stays.
func (r *Resource) grantCaller(ctx context.Context, id string, byRole bool) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.changePolicy(ctx, id, armkeyvault.AccessPolicyUpdateKindAdd, callerPolicy(caller))
	}
	role, err := r.callerRole(id, caller)
	if err != nil {
		return err
	}
	_, err = role.assignments.Create(ctx, id, role.name, armauthorization.RoleAssignmentCreateParameters{
		Properties: &armauthorization.RoleAssignmentProperties{
			PrincipalID:      &caller.ObjectID,
			RoleDefinitionID: &role.definitionID,
		},
	}, nil)
	if azure.HasCode(err, "RoleAssignmentExists") {
		return nil // Somebody gave the caller the same role there.
	}
	return err
}

// revokeCaller takes back what grantCaller gave, and nothing else.
func (r *Resource) revokeCaller(ctx context.Context, id string, byRole bool) error {
	caller, err := r.Client.Caller(ctx)
	if err != nil {
		return err
	}
	if !byRole {
		return r.reducePolicy(ctx, id, caller)
	}
	role, err := r.callerRole(id, caller)
	if err != nil {
		return err
	}
	_, err = role.assignments.Delete(ctx, id, role.name, nil)
	if azure.IsNotFound(err) {
		return nil
	}
	return err
}

// reducePolicy leaves of the caller's access policy what is not about managing keys. Without
// anything left the policy goes.
func (r *Resource) reducePolicy(ctx context.Context, id string, caller azure.Caller) error {
	vault, err := r.get(ctx, id)
	if err != nil {
		return err
	}
	policy := policyOf(vault, caller)
	if policy == nil {
		return nil
	}
	left := azure.Deref(policy.Permissions)
	left.Keys = slices.DeleteFunc(left.Keys, func(held *armkeyvault.KeyPermissions) bool {
		return slices.ContainsFunc(managePermissions(), func(given *armkeyvault.KeyPermissions) bool {
			return strings.EqualFold(string(azure.Deref(held)), string(*given))
		})
	})
	if len(left.Keys)+len(left.Secrets)+len(left.Certificates)+len(left.Storage) == 0 {
		return r.changePolicy(ctx, id, armkeyvault.AccessPolicyUpdateKindRemove, callerPolicy(caller))
	}
	policy.Permissions = &left
	return r.changePolicy(ctx, id, armkeyvault.AccessPolicyUpdateKindReplace, policy)
}

func (r *Resource) changePolicy(ctx context.Context, id string,
	kind armkeyvault.AccessPolicyUpdateKind, policy *armkeyvault.AccessPolicyEntry,
) error {
	vaults, at, err := azure.Open(id, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return err
	}
	_, err = vaults.UpdateAccessPolicy(ctx, at.ResourceGroupName, at.Name, kind,
		armkeyvault.VaultAccessPolicyParameters{
			Properties: &armkeyvault.VaultAccessPolicyProperties{
				AccessPolicies: []*armkeyvault.AccessPolicyEntry{policy},
			},
		}, nil)
	return err
}

// callerRole is the role that lets the caller manage a vault's keys.
type callerRole struct {
	assignments  *armauthorization.RoleAssignmentsClient
	definitionID string
	// name is that of the assignment. It follows from who, what and where, so that assigning twice
	// is assigning once.
	name string
}

func (r *Resource) callerRole(id string, caller azure.Caller) (callerRole, error) {
	assignments, at, err := azure.Open(id, azure.VaultType, r.Client.RoleAssignments)
	return callerRole{
		assignments: assignments,
		definitionID: "/subscriptions/" + at.SubscriptionID +
			"/providers/Microsoft.Authorization/roleDefinitions/" + customerkey.RoleCryptoOfficerID,
		name: uuid.NewSHA1(uuid.NameSpaceURL, []byte(strings.ToLower(
			id+"/"+customerkey.RoleCryptoOfficerID+"/"+caller.ObjectID))).String(),
	}, err
}
