// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// vault is a vault with its address and what it grants by itself.
type vault struct {
	customerkey.Vault
	uri      string
	policies []customerkey.AccessPolicy
}

// vault finds the vault that a key's identifier speaks of. The identifier tells its name and not
// where it is managed, so it is looked for in the subscriptions of the account and of the
// provider.
func (r Reader) vault(ctx context.Context, q Question) (vault, error) {
	if q.Key.InManagedHSM() { // It is no vault, and what it grants only its own administrators see.
		return vault{}, nil
	}
	subscriptions := r.subscriptions(q.Account.ID)
	for _, subscription := range subscriptions {
		found, err := r.known.vaults.Get(ctx, subscription+" "+q.Key.VaultURI, func() (vault, error) {
			return r.vaultIn(ctx, subscription, q.Key)
		})
		if err != nil || found.Presence == customerkey.Present {
			return found, err
		}
	}
	for _, subscription := range subscriptions {
		deleted, found, err := DeletedVaultNamed(ctx, r.client, subscription, q.Key.VaultName)
		if err != nil || found {
			return vault{Vault: customerkey.Vault{ID: deleted.ID, Presence: customerkey.SoftDeleted}}, err
		}
	}
	return r.known.missingVaults.Get(ctx, q.Key.VaultName, func() (vault, error) {
		return r.missingVault(ctx, q.Key.VaultName)
	})
}

// subscriptions are those in which a key's vault is looked for.
func (r Reader) subscriptions(accountID string) []string {
	own := r.client.SubscriptionID()
	account, err := arm.ParseResourceID(accountID)
	if err != nil || strings.EqualFold(account.SubscriptionID, own) {
		return []string{own}
	}
	return []string{account.SubscriptionID, own}
}

// Vault reads a vault by its resource ID, and its address, by which accounts name it.
func (r Reader) Vault(ctx context.Context, id string) (found customerkey.Vault, uri string, err error) {
	read, err := r.vaultAt(ctx, id)
	return read.Vault, read.uri, err
}

// vaultAt reads a vault by its resource ID.
func (r Reader) vaultAt(ctx context.Context, id string) (vault, error) {
	vaults, at, err := azure.Open(id, azure.VaultType, r.client.Vaults)
	if err != nil {
		return vault{}, err
	}
	got, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return vault{}, err
	}
	return describeVault(got.Vault), nil
}

// vaultIn finds the vault of a key in a subscription. A vault that is not there, or that may not
// be seen, is of unknown presence: it may be elsewhere.
func (r Reader) vaultIn(ctx context.Context, subscription string, key customerkey.KeyID) (vault, error) {
	id, err := r.client.FindVault(ctx, subscription, key.VaultName, key.VaultURI)
	if err != nil || id == "" {
		return vault{}, unless(azure.IsForbidden(err), err)
	}
	found, err := r.vaultAt(ctx, id)
	switch {
	case azure.IsForbidden(err): // It is there, for it was listed.
		return vault{Vault: customerkey.Vault{ID: id, Presence: customerkey.Present}}, nil
	case azure.IsNotFound(err): // It went meanwhile.
		return vault{}, nil
	default:
		return found, err
	}
}

// missingVault tells a vault that is nowhere from one that is in a subscription which the caller
// does not see: the names of vaults are unique in all of Azure, so that a free name is nobody's.
func (r Reader) missingVault(ctx context.Context, name string) (vault, error) {
	vaults, err := r.client.Vaults(r.client.SubscriptionID())
	if err != nil || name == "" {
		return vault{}, err
	}
	answer, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
		Name: to.Ptr(name), Type: to.Ptr(azure.VaultType),
	}, nil)
	if err != nil {
		return vault{}, unless(azure.IsForbidden(err), err)
	}
	if azure.Deref(answer.NameAvailable) {
		return vault{Vault: customerkey.Vault{Presence: customerkey.Absent}}, nil
	}
	return vault{}, nil
}

// describeVault is the vault as Resource Manager shows it. What it leaves out has the value that
// the service documents for it.
func describeVault(wire armkeyvault.Vault) vault {
	properties := azure.Deref(wire.Properties)
	rules := azure.Deref(properties.NetworkACLs)
	described := vault{uri: azure.Deref(properties.VaultURI), Vault: customerkey.Vault{
		ID:              azure.Deref(wire.ID),
		Presence:        customerkey.Present,
		Location:        rule.Known(azure.Deref(wire.Location)),
		SoftDelete:      rule.Known(properties.EnableSoftDelete == nil || *properties.EnableSoftDelete),
		PurgeProtection: rule.Known(azure.Deref(properties.EnablePurgeProtection)),
		RBAC:            rule.Known(azure.Deref(properties.EnableRbacAuthorization)),
		Network: rule.Known(customerkey.Network{
			PublicAccess: !strings.EqualFold(azure.Deref(properties.PublicNetworkAccess), "Disabled"),
			DefaultDeny:  azure.Deref(rules.DefaultAction) == armkeyvault.NetworkRuleActionDeny,
			TrustedServices: rules.Bypass == nil ||
				*rules.Bypass == armkeyvault.NetworkRuleBypassOptionsAzureServices,
		}),
	}}
	for _, policy := range properties.AccessPolicies {
		described.policies = append(described.policies, describePolicy(policy))
	}
	return described
}

func describePolicy(entry *armkeyvault.AccessPolicyEntry) customerkey.AccessPolicy {
	wire := azure.Deref(entry)
	policy := customerkey.AccessPolicy{
		ObjectID: azure.Deref(wire.ObjectID), ApplicationID: azure.Deref(wire.ApplicationID),
	}
	for _, permission := range azure.Deref(wire.Permissions).Keys {
		policy.KeyPermissions = append(policy.KeyPermissions, string(azure.Deref(permission)))
	}
	return policy
}

// unless is the error, unless it is excused.
func unless(excused bool, err error) error {
	if excused {
		return nil
	}
	return err
}
