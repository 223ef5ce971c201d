// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Grant reads what a principal may do with a key of a vault or, without a name, with all of them.
func (r Reader) Grant(ctx context.Context, vaultID, key, principal string) (customerkey.Grant, error) {
	found, err := r.vaultAt(ctx, vaultID)
	if err != nil {
		return customerkey.Grant{}, err
	}
	grant, _, err := r.grant(ctx, found, key, principal)
	return grant, err
}

// GrantIn reads what a principal may do with a key of a vault in one permission model, whichever the vault
// uses now. It leaves out the role assignment with an ID, if that is not empty.
func (r Reader) GrantIn(ctx context.Context, byRoles bool, vaultID, key, principal, without string,
) (customerkey.Grant, error) {
	if !byRoles {
		found, err := r.vaultAt(ctx, vaultID)
		return customerkey.GrantByPolicies(found.policies, principal), err
	}
	scope := customerkey.KeyScope(vaultID, key)
	assignments, err := r.assignments(ctx, scope, principal)
	if azure.IsForbidden(err) {
		return customerkey.Grant{}, nil
	}
	assignments = slices.DeleteFunc(assignments, func(assignment customerkey.RoleAssignment) bool {
		return azure.SameID(assignment.ID, without)
	})
	return customerkey.GrantByRoles(assignments, scope, principal), err
}

// grant finds out what a principal may do, the way the vault itself decides it. It also says
// whether what seems to be denied may be granted through a group.
func (r Reader) grant(ctx context.Context, vault vault, key, principal string,
) (customerkey.Grant, bool, error) {
	byRoles, known := vault.RBAC.Value()
	switch {
	case !known || principal == "":
		return customerkey.Grant{}, false, nil
	case !byRoles:
		grant := customerkey.GrantByPolicies(vault.policies, principal)
		return grant, !grant.Complete() && grantedToSomebodyElse(vault.policies, principal), nil
	}
	scope := vault.ID
	if key != "" {
		scope = customerkey.KeyScope(vault.ID, key)
	}
	assignments, err := r.known.assignments.Get(ctx, scope+" "+principal,
		func() ([]customerkey.RoleAssignment, error) { return r.assignments(ctx, scope, principal) })
	if azure.IsForbidden(err) {
		return customerkey.Grant{}, false, nil
	}
	if err != nil {
		return customerkey.Grant{}, false, err
	}
	return customerkey.GrantByRoles(assignments, scope, principal), false, nil
}

// grantedToSomebodyElse reports whether another object has everything that an account needs.
func grantedToSomebodyElse(policies []customerkey.AccessPolicy, principal string) bool {
	for _, policy := range policies {
		if !strings.EqualFold(policy.ObjectID, principal) &&
			customerkey.GrantByPolicies(policies, policy.ObjectID).Complete() {
			return true
		}
	}
	return false
}

// assignments lists the role assignments that act on a scope for a principal: those made to it
// and those made to the groups that it belongs to, which is what assignedTo adds (Azure RBAC, List
// role assignments by REST). All of them are the principal's then.
func (r Reader) assignments(ctx context.Context, scope, principal string,
) ([]customerkey.RoleAssignment, error) {
	client, err := r.client.RoleAssignments(r.client.SubscriptionID())
	if err != nil {
		return nil, err
	}
	pages := client.NewListForScopePager(scope, &armauthorization.RoleAssignmentsClientListForScopeOptions{
		Filter: to.Ptr(fmt.Sprintf("atScope() and assignedTo('%s')", principal)),
	})
	var found []customerkey.RoleAssignment
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, assignment := range page.Value {
			properties := azure.Deref(azure.Deref(assignment).Properties)
			role := azure.Deref(properties.RoleDefinitionID)
			permissions, err := r.known.roles.Get(ctx, role,
				func() (rule.Fact[[]customerkey.ActionBlock], error) { return r.permissions(ctx, role) })
			if err != nil {
				return nil, err
			}
			found = append(found, customerkey.RoleAssignment{
				ID:          azure.Deref(assignment.ID),
				Scope:       azure.Deref(properties.Scope),
				PrincipalID: principal,
				Permissions: permissions,
				Condition:   azure.Deref(properties.Condition),
			})
		}
	}
	return found, nil
}

// permissions reads what a role permits. The built-in roles that are meant for this are known.
func (r Reader) permissions(ctx context.Context, definitionID string,
) (rule.Fact[[]customerkey.ActionBlock], error) {
	switch strings.ToLower(definitionID[strings.LastIndexByte(definitionID, '/')+1:]) {
	case customerkey.RoleCryptoServiceEncryptionUserID, customerkey.RoleCryptoUserID,
		customerkey.RoleCryptoOfficerID:
		return rule.Known([]customerkey.ActionBlock{{Actions: []string{
			customerkey.ActionRead, customerkey.ActionWrap, customerkey.ActionUnwrap,
		}}}), nil
	}
	unknown := rule.Fact[[]customerkey.ActionBlock]{}
	definitions, err := r.client.RoleDefinitions()
	if err != nil {
		return unknown, err
	}
	definition, err := definitions.GetByID(ctx, definitionID, nil)
	if azure.IsForbidden(err) || azure.IsNotFound(err) {
		return unknown, nil
	}
	if err != nil {
		return unknown, err
	}
	var permissions []customerkey.ActionBlock
	for _, block := range azure.Deref(definition.Properties).Permissions {
		permissions = append(permissions, customerkey.ActionBlock{
			Actions:    azure.DerefAll(azure.Deref(block).DataActions),
			NotActions: azure.DerefAll(azure.Deref(block).NotDataActions),
		})
	}
	return rule.Known(permissions), nil
}
