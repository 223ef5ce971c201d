// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// assignmentName is the name of the grant's role assignment, which Azure wants to be a UUID. It
// follows from the grant, so that sending it twice makes one assignment.
func assignmentName(g grant) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(strings.ToLower(
		g.id()+"/"+customerkey.RoleCryptoServiceEncryptionUserID))).String()
}

// assignment finds the assignment of the role to the principal at exactly the grant's scope,
// whoever made it under whatever name. The ID is empty if there is none.
func (r *Resource) assignment(ctx context.Context, g grant) (string, error) {
	assignments, err := r.assignments(g)
	if err != nil {
		return "", err
	}
	pages := assignments.NewListForScopePager(g.scope(),
		&armauthorization.RoleAssignmentsClientListForScopeOptions{
			Filter: to.Ptr(fmt.Sprintf("principalId eq '%s'", g.principalID)),
		})
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", err
		}
		for _, found := range page.Value {
			properties := azure.Deref(azure.Deref(found).Properties)
			if azure.SameID(azure.Deref(properties.Scope), g.scope()) &&
				isEncryptionUser(azure.Deref(properties.RoleDefinitionID)) {
				return azure.Deref(found.ID), nil
			}
		}
	}
	return "", nil
}

func isEncryptionUser(roleDefinitionID string) bool {
	return strings.HasSuffix(strings.ToLower(roleDefinitionID),
		"/"+customerkey.RoleCryptoServiceEncryptionUserID)
}

// assign assigns the role.
func (r *Resource) assign(ctx context.Context, g grant) (string, error) {
	assignments, err := r.assignments(g)
	if err != nil {
		return "", err
	}
	at, err := azure.ParseID(g.vaultID, azure.VaultType)
	if err != nil {
		return "", err
	}
	created, err := assignments.Create(ctx, g.scope(), assignmentName(g),
		armauthorization.RoleAssignmentCreateParameters{
			Properties: &armauthorization.RoleAssignmentProperties{
				PrincipalID: to.Ptr(g.principalID),
				// Saying what it is lets Azure accept a principal that is too new to be found
				// everywhere (https://aka.ms/docs-principaltype).
				PrincipalType: to.Ptr(armauthorization.PrincipalTypeServicePrincipal),
				RoleDefinitionID: to.Ptr("/subscriptions/" + at.SubscriptionID +
					"/providers/Microsoft.Authorization/roleDefinitions/" +
					customerkey.RoleCryptoServiceEncryptionUserID),
			},
		}, nil)
	return azure.Deref(created.ID), err
}

// unassign deletes a role assignment. One that is not there is no error.
func (r *Resource) unassign(ctx context.Context, g grant, assignmentID string) error {
	assignments, err := r.assignments(g)
	if err != nil || assignmentID == "" {
		return err
	}
	_, err = assignments.DeleteByID(ctx, assignmentID, nil)
	if azure.IsNotFound(err) {
		return nil
	}
	return err
}

func (r *Resource) assignments(g grant) (*armauthorization.RoleAssignmentsClient, error) {
	at, err := arm.ParseResourceID(g.vaultID)
	if err != nil {
		return nil, err
	}
	return r.Client.RoleAssignments(at.SubscriptionID)
}
