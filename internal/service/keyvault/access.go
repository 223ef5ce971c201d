// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"
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

// callerAccess reports whether the caller has been given what managing the vault's keys takes.
func (r *Resource) callerAccess(ctx context.Context, vault armkeyvault.Vault) (bool, error) {
	caller, err := r.client.Caller(ctx)
	if err != nil {
		return false, err
	}
	properties := azure.Deref(vault.Properties)
	if azure.Deref(properties.EnableRbacAuthorization) {
		assignments, name, err := r.assignment(azure.Deref(vault.ID), caller)
		if err != nil {
			return false, err
		}
		_, err = assignments.Get(ctx, azure.Deref(vault.ID), name, nil)
		if azure.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	}
	var granted []*armkeyvault.KeyPermissions
	for _, policy := range properties.AccessPolicies {
		if strings.EqualFold(azure.Deref(policy.ObjectID), caller.ObjectID) {
			granted = append(granted, azure.Deref(policy.Permissions).Keys...)
		}
	}
	for _, wanted := range managePermissions() {
		if !slices.ContainsFunc(granted, func(has *armkeyvault.KeyPermissions) bool {
			return strings.EqualFold(string(*has), string(*wanted)) ||
				strings.EqualFold(string(*has), string(armkeyvault.KeyPermissionsAll))
		}) {
			return false, nil
		}
	}
	return true, nil
}

// grantCaller gives the caller what managing the vault's keys takes, in the way that the vault
// wants it. What was given before stays.
func (r *Resource) grantCaller(ctx context.Context, id string, roles bool) error {
	caller, err := r.client.Caller(ctx)
	if err != nil {
		return err
	}
	if !roles {
		return r.changePolicy(ctx, id, caller, armkeyvault.AccessPolicyUpdateKindAdd)
	}
	assignments, name, err := r.assignment(id, caller)
	if err != nil {
		return err
	}
	at, err := azure.ParseID(id, azure.VaultType)
	if err != nil {
		return err
	}
	_, err = assignments.Create(ctx, id, name, armauthorization.RoleAssignmentCreateParameters{
		Properties: &armauthorization.RoleAssignmentProperties{
			PrincipalID: &caller.ObjectID,
			RoleDefinitionID: to.Ptr("/subscriptions/" + at.SubscriptionID +
				"/providers/Microsoft.Authorization/roleDefinitions/" + customerkey.RoleCryptoOfficerID),
		},
	}, nil)
	if azure.HasCode(err, "RoleAssignmentExists") {
		return nil // Somebody gave the caller the same role there.
	}
	return err
}

// revokeCaller takes back what grantCaller gave.
func (r *Resource) revokeCaller(ctx context.Context, id string, roles bool) error {
	caller, err := r.client.Caller(ctx)
	if err != nil {
		return err
	}
	if !roles {
		return r.changePolicy(ctx, id, caller, armkeyvault.AccessPolicyUpdateKindRemove)
	}
	assignments, name, err := r.assignment(id, caller)
	if err != nil {
		return err
	}
	_, err = assignments.Delete(ctx, id, name, nil)
	if azure.IsNotFound(err) {
		return nil
	}
	return err
}

func (r *Resource) changePolicy(ctx context.Context, id string, caller azure.Caller,
	kind armkeyvault.AccessPolicyUpdateKind,
) error {
	vaults, at, err := r.vaults(id)
	if err != nil {
		return err
	}
	_, err = vaults.UpdateAccessPolicy(ctx, at.ResourceGroupName, at.Name, kind,
		armkeyvault.VaultAccessPolicyParameters{
			Properties: &armkeyvault.VaultAccessPolicyProperties{
				AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
					TenantID:    &caller.TenantID,
					ObjectID:    &caller.ObjectID,
					Permissions: &armkeyvault.Permissions{Keys: managePermissions()},
				}},
			},
		}, nil)
	return err
}

// assignment returns the client of role assignments and the name of the caller's on the vault. The
// name follows from who, what and where, so that assigning twice is assigning once.
func (r *Resource) assignment(id string, caller azure.Caller,
) (*armauthorization.RoleAssignmentsClient, string, error) {
	at, err := azure.ParseID(id, azure.VaultType)
	if err != nil {
		return nil, "", err
	}
	assignments, err := r.client.RoleAssignments(at.SubscriptionID)
	name := uuid.NewSHA1(uuid.NameSpaceURL,
		[]byte(strings.ToLower(id+"/"+customerkey.RoleCryptoOfficerID+"/"+caller.ObjectID)))
	return assignments, name.String(), err
}
