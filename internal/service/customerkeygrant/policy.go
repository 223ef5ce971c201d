// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// heldByPolicy are those of the required permissions that the principal's access policy has.
func heldByPolicy(vault armkeyvault.Vault, principalID string) []string {
	entry := policyOf(vault, principalID)
	if entry == nil {
		return nil
	}
	return slices.DeleteFunc(customerkey.RequiredKeyPermissions(), func(required string) bool {
		return !slices.ContainsFunc(keyPermissions(entry), func(held string) bool {
			return strings.EqualFold(held, required) || strings.EqualFold(held, "all")
		})
	})
}

// policyOf is the principal's access policy. One that goes by way of an application is another.
func policyOf(vault armkeyvault.Vault, principalID string) *armkeyvault.AccessPolicyEntry {
	for _, entry := range azure.Deref(vault.Properties).AccessPolicies {
		if strings.EqualFold(azure.Deref(entry.ObjectID), principalID) && entry.ApplicationID == nil {
			return entry
		}
	}
	return nil
}

func keyPermissions(entry *armkeyvault.AccessPolicyEntry) []string {
	var names []string
	for _, permission := range azure.Deref(entry.Permissions).Keys {
		names = append(names, string(azure.Deref(permission)))
	}
	return names
}

// addPolicy adds permissions to the principal's access policy. Azure joins them with those that
// are there, and touches no other policy.
func (r *Resource) addPolicy(ctx context.Context, g grant, vault armkeyvault.Vault,
	permissions []string, backoff *azure.Backoff,
) error {
	return r.updatePolicy(ctx, g, armkeyvault.AccessPolicyUpdateKindAdd, &armkeyvault.AccessPolicyEntry{
		ObjectID:    to.Ptr(g.principalID),
		TenantID:    azure.Deref(vault.Properties).TenantID,
		Permissions: &armkeyvault.Permissions{Keys: wirePermissions(permissions)},
	}, backoff)
}

// removePolicy takes permissions from the principal's access policy: what is left of it takes its
// place. Without anything left the policy goes.
func (r *Resource) removePolicy(ctx context.Context, g grant, vault armkeyvault.Vault,
	permissions []string, backoff *azure.Backoff,
) error {
	entry := policyOf(vault, g.principalID)
	if entry == nil {
		return nil
	}
	left := slices.DeleteFunc(keyPermissions(entry), func(held string) bool {
		return slices.ContainsFunc(permissions, func(taken string) bool {
			return strings.EqualFold(taken, held)
		})
	})
	others := azure.Deref(entry.Permissions)
	if len(left)+len(others.Secrets)+len(others.Certificates)+len(others.Storage) == 0 {
		return r.updatePolicy(ctx, g, armkeyvault.AccessPolicyUpdateKindRemove, entry, backoff)
	}
	others.Keys = wirePermissions(left)
	entry.Permissions = &others
	return r.updatePolicy(ctx, g, armkeyvault.AccessPolicyUpdateKindReplace, entry, backoff)
}

// updatePolicy changes one access policy. Two changes at a time of one vault's policies conflict,
// as they do when several grants are applied at once: the second one tries again.
func (r *Resource) updatePolicy(ctx context.Context, g grant, kind armkeyvault.AccessPolicyUpdateKind,
	entry *armkeyvault.AccessPolicyEntry, backoff *azure.Backoff,
) error {
	vaults, at, err := azure.Open(g.vaultID, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return err
	}
	for {
		_, err := vaults.UpdateAccessPolicy(ctx, at.ResourceGroupName, at.Name, kind,
			armkeyvault.VaultAccessPolicyParameters{
				Properties: &armkeyvault.VaultAccessPolicyProperties{
					AccessPolicies: []*armkeyvault.AccessPolicyEntry{entry},
				},
			}, nil)
		if !azure.IsConflict(err) || !backoff.Wait(ctx) {
			return err
		}
	}
}

func wirePermissions(names []string) []*armkeyvault.KeyPermissions {
	wire := make([]*armkeyvault.KeyPermissions, 0, len(names))
	for _, name := range names {
		wire = append(wire, to.Ptr(armkeyvault.KeyPermissions(name)))
	}
	return wire
}
