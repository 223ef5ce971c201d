// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"slices"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// The permissions of a vault access policy that the service needs on the key.
const (
	PermissionGet       = "get"
	PermissionWrapKey   = "wrapKey"
	PermissionUnwrapKey = "unwrapKey"
)

// The data actions of a role that the service needs on the key.
const (
	ActionRead   = "Microsoft.KeyVault/vaults/keys/read"
	ActionWrap   = "Microsoft.KeyVault/vaults/keys/wrap/action"
	ActionUnwrap = "Microsoft.KeyVault/vaults/keys/unwrap/action"
)

// The built-in roles that grant the three data actions (Key Vault, Azure RBAC guide). The first
// grants nothing else, and so is the one to assign.
const (
	RoleCryptoServiceEncryptionUser   = "Key Vault Crypto Service Encryption User"
	RoleCryptoServiceEncryptionUserID = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
	RoleCryptoUserID                  = "12338af0-0e69-4776-bea7-57ae8d297424"
	RoleCryptoOfficerID               = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603"
)

// RequiredKeyPermissions returns what an access policy has to grant the identity.
func RequiredKeyPermissions() []string {
	return []string{PermissionGet, PermissionWrapKey, PermissionUnwrapKey}
}

// AccessPolicy is one access policy of a vault.
type AccessPolicy struct {
	ObjectID string
	// ApplicationID restricts the policy to a user who comes through an application. A managed
	// identity comes by itself, so that such a policy never speaks of it.
	ApplicationID  string
	KeyPermissions []string
}

// GrantByPolicies returns what the access policies of a vault grant a principal on its keys.
// The vault decides by them alone, so that what they do not grant is denied.
func GrantByPolicies(policies []AccessPolicy, principalID string) Grant {
	return grantIf(func(permission, _ string) Permission {
		for _, policy := range policies {
			if !strings.EqualFold(policy.ObjectID, principalID) || policy.ApplicationID != "" {
				continue
			}
			if slices.ContainsFunc(policy.KeyPermissions, func(granted string) bool {
				return strings.EqualFold(granted, permission) || strings.EqualFold(granted, "all")
			}) {
				return Granted
			}
		}
		return Denied
	})
}

// ActionBlock is one block of actions that a role permits, with the exceptions from it.
type ActionBlock struct{ Actions, NotActions []string }

// Permits reports whether one of the blocks permits an action: one of its patterns matches the action
// and no exception does. Exceptions take away from their own block only: they are not denials, which
// another block or role could not lift (Azure RBAC, Understand role definitions).
func Permits[Block ~struct{ Actions, NotActions []string }](blocks []Block, action string) bool {
	matches := func(pattern string) bool { return matchAction(pattern, action) }
	return slices.ContainsFunc(blocks, func(of Block) bool {
		block := ActionBlock(of)
		return slices.ContainsFunc(block.Actions, matches) &&
			!slices.ContainsFunc(block.NotActions, matches)
	})
}

// RoleAssignment is one role assignment with the permissions of its role definition.
type RoleAssignment struct {
	// ID is the resource ID of the assignment.
	ID          string
	Scope       string
	PrincipalID string
	// Permissions are the data actions of the role definition; they are not known if it could not
	// be read.
	Permissions rule.Fact[[]ActionBlock]
	// Condition restricts the assignment, in a language that only Azure evaluates.
	Condition string
}

// GrantByRoles returns what role assignments grant on the key. The assignments are those that
// Azure lists as acting on the scope, which is the resource ID of the key,
// VAULT_ID/keys/NAME; those at scopes beside it are ignored. The principals are the identity
// and every group that it is known to belong to.
//
// What an assignment grants under a condition, or by a role that could not be read, is unknown
// unless another one grants it.
func GrantByRoles(assignments []RoleAssignment, scope string, principals ...string) Grant {
	return grantIf(func(_, action string) Permission {
		decision := Denied
		for _, assignment := range assignments {
			if !covers(assignment.Scope, scope) || !slices.ContainsFunc(principals, func(principal string) bool {
				return strings.EqualFold(principal, assignment.PrincipalID)
			}) {
				continue
			}
			permissions, known := assignment.Permissions.Value()
			if !known {
				decision = PermissionUnknown
				continue
			}
			if !Permits(permissions, action) {
				continue
			}
			if assignment.Condition == "" {
				return Granted
			}
			decision = PermissionUnknown
		}
		return decision
	})
}

// KeyScope returns the scope of a key for role assignments.
func KeyScope(vaultID, key string) string { return strings.TrimSuffix(vaultID, "/") + "/keys/" + key }

// grantIf asks for each permission, in the words of access policies and of roles.
func grantIf(decide func(permission, action string) Permission) Grant {
	return Grant{
		Get:       decide(PermissionGet, ActionRead),
		WrapKey:   decide(PermissionWrapKey, ActionWrap),
		UnwrapKey: decide(PermissionUnwrapKey, ActionUnwrap),
	}
}

// covers reports whether an assignment at one scope acts on what lies at another. A management
// group's ID does not tell what lies below it, but Azure lists its assignments only for what does.
func covers(assigned, scope string) bool {
	assigned = strings.ToLower(strings.TrimSuffix(assigned, "/"))
	scope = strings.ToLower(scope)
	return assigned == "" || assigned == scope ||
		strings.HasPrefix(assigned, "/providers/microsoft.management/managementgroups/") ||
		strings.HasPrefix(scope, assigned+"/")
}

// matchAction reports whether an action fits a pattern, in which an asterisk stands for any
// text, slashes included; case does not matter.
func matchAction(pattern, action string) bool {
	parts := strings.Split(strings.ToLower(pattern), "*")
	action = strings.ToLower(action)
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return action == first
	}
	rest, found := strings.CutPrefix(action, first)
	if !found {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		if _, rest, found = strings.Cut(rest, part); !found {
			return false
		}
	}
	return strings.HasSuffix(rest, last)
}
