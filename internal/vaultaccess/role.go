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
)

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

// Find returns the ID of the assignment of the role to the principal at exactly the scope, by
// whatever name it was made. The ID is empty if there is none.
func (r Role) Find(ctx context.Context) (string, error) {
	assignments, _, err := azure.Open(r.VaultID, azure.VaultType, r.Client.RoleAssignments)
	if err != nil {
		return "", err
	}
	pages := assignments.NewListForScopePager(r.Scope,
		&armauthorization.RoleAssignmentsClientListForScopeOptions{
			Filter: to.Ptr(fmt.Sprintf("principalId eq '%s'", r.PrincipalID)),
		})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, found := range page.Value {
			properties := azure.Deref(azure.Deref(found).Properties)
			if azure.SameID(azure.Deref(properties.Scope), r.Scope) && strings.HasSuffix(
				strings.ToLower(azure.Deref(properties.RoleDefinitionID)), "/"+r.RoleID) {
				return azure.Deref(found.ID), nil
			}
		}
	}
	return "", nil
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
