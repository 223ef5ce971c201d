// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaultaccess

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// RoleSecretsOfficerID is the built-in role Key Vault Secrets Officer (Azure built-in roles).
const RoleSecretsOfficerID = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7" //nolint:gosec // It is no secret.

// Role is the assignment of a built-in role to one principal, on a vault or on a key of it.
type Role struct {
	Client      *azure.Client
	VaultID     string
	Scope       string // The ID of the vault or of the key.
	PrincipalID string
	// PrincipalType lets Azure accept a principal that is too new to be found everywhere
	// (https://aka.ms/docs-principaltype). Without it, Azure looks the principal up.
	PrincipalType *armauthorization.PrincipalType
	RoleID        string
	Name          string // The name of the assignment; see [AssignmentName].
}

// AssignmentName returns the name of a role assignment, which Azure requires to be a UUID. It
// follows from the parts, so that assigning twice makes one assignment.
func AssignmentName(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(strings.ToLower(strings.Join(parts, "/")))).String()
}

// GrantID returns the ID of the grant of a vault's keys, or of one of them, to a principal. Azure has no
// ID that access policies and role assignments share, so it is that of the vault or the key, with what
// azurerm appends for an access policy.
func GrantID(scope, principalID string) string {
	return strings.TrimSuffix(scope, "/") + PrincipalSegment + principalID
}

// PrincipalSegment is before the principal in the ID of a grant.
const PrincipalSegment = "/objectId/"

// GrantRole returns the role assignment by which a grant gives a principal the use of a vault's keys, or
// of the key that is its scope.
func GrantRole(client *azure.Client, vaultID, scope, principalID string) Role {
	const role = customerkey.RoleCryptoServiceEncryptionUserID
	return Role{
		Client: client, VaultID: vaultID, Scope: scope, PrincipalID: principalID,
		PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
		RoleID:        role, Name: AssignmentName(GrantID(scope, principalID), role),
	}
}

// UnassignGrants deletes the role assignments on a vault, and not on its keys, that [GrantRole] names. A
// caller who may not list them leaves them.
func UnassignGrants(ctx context.Context, client *azure.Client, vaultID string) error {
	assignments, err := assignedAt(ctx, client, vaultID, vaultID, "")
	if azure.IsForbidden(err) {
		return nil
	}
	for _, found := range assignments {
		role := GrantRole(client, vaultID, vaultID, azure.Deref(azure.Deref(found.Properties).PrincipalID))
		if err == nil && strings.EqualFold(azure.Deref(found.Name), role.Name) {
			err = role.Unassign(ctx, azure.Deref(found.ID))
		}
	}
	return err
}

// assignedAt lists the role assignments at exactly a scope that a filter selects; "" selects all.
func assignedAt(ctx context.Context, client *azure.Client, vaultID, scope, filter string,
) (found []*armauthorization.RoleAssignment, err error) {
	assignments, _, err := azure.Open(vaultID, azure.VaultType, client.RoleAssignments)
	if err != nil {
		return nil, err
	}
	options := &armauthorization.RoleAssignmentsClientListForScopeOptions{}
	if filter != "" {
		options.Filter = &filter
	}
	for pages := assignments.NewListForScopePager(scope, options); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, one := range page.Value {
			if azure.SameID(azure.Deref(azure.Deref(azure.Deref(one).Properties).Scope), scope) {
				found = append(found, one)
			}
		}
	}
	return found, nil
}

// Assigned is a role assignment that gives a principal the use of a vault's keys, or of one of them.
type Assigned struct{ VaultID, KeyName, PrincipalID string }

// GrantsByRole lists the assignments of the role of [GrantRole] on the vaults of a subscription and their keys:
// those of a principal, or all.
func GrantsByRole(ctx context.Context, client *azure.Client, subscriptionID, principalID string,
) (found []Assigned, err error) {
	assignments, err := client.RoleAssignments(subscriptionID)
	if err != nil {
		return nil, err
	}
	options := &armauthorization.RoleAssignmentsClientListForSubscriptionOptions{}
	if principalID != "" {
		options.Filter = to.Ptr(fmt.Sprintf("principalId eq '%s'", principalID))
	}
	err = azure.EachPage(ctx, assignments.NewListForSubscriptionPager(options),
		func(page armauthorization.RoleAssignmentsClientListForSubscriptionResponse) {
			for _, one := range page.Value {
				properties := azure.Deref(azure.Deref(one).Properties)
				grantID := GrantID(azure.Deref(properties.Scope), azure.Deref(properties.PrincipalID))
				vaultID, keyName, principal, ok := ParseGrantID(grantID)
				if ok && isRole(properties.RoleDefinitionID, customerkey.RoleCryptoServiceEncryptionUserID) {
					found = append(found, Assigned{vaultID, keyName, principal})
				}
			}
		})
	return found, err
}

// isRole reports whether the ID of a role definition is that of a built-in role.
func isRole(definitionID *string, roleID string) bool {
	return strings.HasSuffix(strings.ToLower(azure.Deref(definitionID)), "/"+roleID)
}

// Find returns the ID of the assignment of the role to the principal at exactly the scope, by
// whatever name it was made. The ID is empty if there is none.
func (r Role) Find(ctx context.Context) (string, error) {
	assignments, err := assignedAt(ctx, r.Client, r.VaultID, r.Scope,
		fmt.Sprintf("principalId eq '%s'", r.PrincipalID))
	for _, found := range assignments {
		if isRole(azure.Deref(found.Properties).RoleDefinitionID, r.RoleID) {
			return azure.Deref(found.ID), nil
		}
	}
	return "", err
}

// Assign assigns the role and returns the ID of the assignment. Azure refuses a principal that was made
// a moment ago until all of it knows the principal; Assign then tries again.
func (r Role) Assign(ctx context.Context, backoff *azure.Backoff) (string, error) {
	assignments, at, err := azure.Open(r.VaultID, azure.VaultType, r.Client.RoleAssignments)
	if err != nil {
		return "", err
	}
	var created armauthorization.RoleAssignmentsClientCreateResponse
	err = backoff.Retry(ctx, "the role assignment", func() (err error) {
		created, err = assignments.Create(ctx, r.Scope, r.Name,
			armauthorization.RoleAssignmentCreateParameters{
				Properties: &armauthorization.RoleAssignmentProperties{
					PrincipalID:   to.Ptr(r.PrincipalID),
					PrincipalType: r.PrincipalType,
					RoleDefinitionID: to.Ptr("/subscriptions/" + at.SubscriptionID +
						"/providers/Microsoft.Authorization/roleDefinitions/" + r.RoleID),
				},
			}, nil)
		return err
	})
	return azure.Deref(created.ID), err
}

// Unassign deletes a role assignment by its ID. An assignment that does not exist is no error.
func (r Role) Unassign(ctx context.Context, assignmentID string) error {
	assignments, _, err := azure.Open(r.VaultID, azure.VaultType, r.Client.RoleAssignments)
	if err != nil || assignmentID == "" {
		return err
	}
	_, err = assignments.DeleteByID(ctx, assignmentID, nil)
	if azure.IsNotFound(err) {
		return nil
	}
	return err
}

// ID returns the ID of the assignment that Assign makes.
func (r Role) ID() string {
	return r.Scope + "/providers/Microsoft.Authorization/roleAssignments/" + r.Name
}
