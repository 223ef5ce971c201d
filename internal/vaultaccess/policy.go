// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package vaultaccess grants and revokes access to the keys of a vault, by access policy or by role
// assignment. It must not import Terraform.
package vaultaccess

import (
	"context"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// ByRole reports whether a vault grants access by role assignments. Otherwise it grants access by
// its access policies; no vault looks at both.
func ByRole(vault armkeyvault.Vault) bool {
	return azure.Deref(azure.Deref(vault.Properties).EnableRbacAuthorization)
}

// Policy is the access policy of one principal in one vault.
type Policy struct {
	Client      *azure.Client
	VaultID     string
	TenantID    string
	PrincipalID string
}

// SecretPermission begins the name of a permission on secrets, such as "secrets/get". All others are permissions
// on keys.
const SecretPermission = "secrets/"

// Held returns those of the permissions that the principal's access policy grants.
func Held(vault armkeyvault.Vault, principalID string, permissions []string) []string {
	entry := entryOf(vault, principalID)
	if entry == nil {
		return nil
	}
	var held []string
	for _, permission := range permissions {
		if grants(entry, permission) {
			held = append(held, permission)
		}
	}
	return held
}

// HoldsOnly reports whether the principal's access policy grants the key permissions and nothing else.
func HoldsOnly(vault armkeyvault.Vault, principalID string, permissions []string) bool {
	entry := entryOf(vault, principalID)
	if entry == nil {
		return false
	}
	granted := azure.Deref(entry.Permissions)
	return len(Lacking(vault, principalID, permissions)) == 0 && len(granted.Keys) == len(permissions) &&
		len(granted.Secrets)+len(granted.Certificates)+len(granted.Storage) == 0
}

// Lacking returns those of the permissions that the principal's access policy does not grant.
func Lacking(vault armkeyvault.Vault, principalID string, permissions []string) []string {
	held := Held(vault, principalID, permissions)
	return slices.DeleteFunc(slices.Clone(permissions), func(permission string) bool {
		return slices.Contains(held, permission)
	})
}

// entryOf returns the principal's access policy in the vault, or nil. A policy that applies only
// through an application is another one.
func entryOf(vault armkeyvault.Vault, principalID string) *armkeyvault.AccessPolicyEntry {
	for _, entry := range azure.Deref(vault.Properties).AccessPolicies {
		if strings.EqualFold(azure.Deref(entry.ObjectID), principalID) && entry.ApplicationID == nil {
			return entry
		}
	}
	return nil
}

// Holders returns the object IDs of the principals whose access policy grants all of the key permissions.
func Holders(vault armkeyvault.Vault, permissions []string) (principalIDs []string) {
	for _, entry := range azure.Deref(vault.Properties).AccessPolicies {
		principalID := azure.Deref(entry.ObjectID)
		if entry.ApplicationID == nil && len(Lacking(vault, principalID, permissions)) == 0 {
			principalIDs = append(principalIDs, principalID)
		}
	}
	return principalIDs
}

func grants(entry *armkeyvault.AccessPolicyEntry, permission string) bool {
	granted := azure.Deref(entry.Permissions)
	if onSecrets, ok := strings.CutPrefix(permission, SecretPermission); ok {
		return has(granted.Secrets, onSecrets) || has(granted.Secrets, string(armkeyvault.SecretPermissionsAll))
	}
	return has(granted.Keys, permission) || has(granted.Keys, string(armkeyvault.KeyPermissionsAll))
}

// has reports whether a permission is among those that are granted, in whatever case.
func has[P ~string](granted []*P, permission string) bool {
	return slices.ContainsFunc(granted, func(one *P) bool {
		return strings.EqualFold(string(azure.Deref(one)), permission)
	})
}

// Entry returns an access policy with permissions as Azure takes it.
func Entry(tenantID, principalID string, permissions []string) *armkeyvault.AccessPolicyEntry {
	var keys []*armkeyvault.KeyPermissions
	var secrets []*armkeyvault.SecretPermissions
	for _, permission := range permissions {
		if onSecrets, ok := strings.CutPrefix(permission, SecretPermission); ok {
			secrets = append(secrets, to.Ptr(armkeyvault.SecretPermissions(onSecrets)))
		} else {
			keys = append(keys, to.Ptr(armkeyvault.KeyPermissions(permission)))
		}
	}
	return &armkeyvault.AccessPolicyEntry{
		TenantID:    to.Ptr(tenantID),
		ObjectID:    to.Ptr(principalID),
		Permissions: &armkeyvault.Permissions{Keys: keys, Secrets: secrets},
	}
}

// Add adds permissions to the policy. Azure keeps the permissions that the policy already has,
// and all other policies.
func (p Policy) Add(ctx context.Context, permissions []string, backoff *azure.Backoff) error {
	return p.change(ctx, armkeyvault.AccessPolicyUpdateKindAdd,
		Entry(p.TenantID, p.PrincipalID, permissions), backoff)
}

// Remove removes permissions from the policy by replacing it with what is left, or removes the
// policy if nothing is left. A vault that no longer exists has no policy to change.
func (p Policy) Remove(ctx context.Context, permissions []string, backoff *azure.Backoff) error {
	vaults, at, err := azure.Open(p.VaultID, azure.VaultType, p.Client.Vaults)
	if err != nil {
		return err
	}
	vault, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if azure.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	entry := entryOf(vault.Vault, p.PrincipalID)
	if entry == nil {
		return nil
	}
	left := azure.Deref(entry.Permissions)
	removed := azure.Deref(Entry(p.TenantID, p.PrincipalID, permissions).Permissions)
	left.Keys = without(left.Keys, removed.Keys)
	left.Secrets = without(left.Secrets, removed.Secrets)
	if len(left.Keys)+len(left.Secrets)+len(left.Certificates)+len(left.Storage) == 0 {
		return p.change(ctx, armkeyvault.AccessPolicyUpdateKindRemove, entry, backoff)
	}
	entry.Permissions = &left
	return p.change(ctx, armkeyvault.AccessPolicyUpdateKindReplace, entry, backoff)
}

// without returns the permissions that are not removed.
func without[P ~string](held, removed []*P) []*P {
	return slices.DeleteFunc(slices.Clone(held), func(one *P) bool { return has(removed, string(azure.Deref(one))) })
}

// change changes one access policy. A vault takes one change of its policies at a time and refuses a
// second one. The changes of this run wait for each other; where another run is in the way, change
// tries again.
func (p Policy) change(ctx context.Context, kind armkeyvault.AccessPolicyUpdateKind,
	entry *armkeyvault.AccessPolicyEntry, backoff *azure.Backoff,
) error {
	vaults, at, err := azure.Open(p.VaultID, azure.VaultType, p.Client.Vaults)
	if err != nil {
		return err
	}
	return backoff.Retry(ctx, "the vault "+at.Name, func() error {
		unlock, err := p.Client.Lock(ctx, "the policies of "+p.VaultID)
		if err != nil {
			return err
		}
		defer unlock()
		_, err = vaults.UpdateAccessPolicy(ctx, at.ResourceGroupName, at.Name, kind,
			armkeyvault.VaultAccessPolicyParameters{
				Properties: &armkeyvault.VaultAccessPolicyProperties{
					AccessPolicies: []*armkeyvault.AccessPolicyEntry{entry},
				},
			}, nil)
		return err
	})
}
