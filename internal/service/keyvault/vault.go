// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func (r *Resource) get(ctx context.Context, id string) (armkeyvault.Vault, error) {
	vaults, at, err := azure.Open(id, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	got, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Vault, err
}

func (r *Resource) create(ctx context.Context, id string,
	parameters armkeyvault.VaultCreateOrUpdateParameters,
) (armkeyvault.Vault, error) {
	vaults, at, err := azure.Open(id, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	var created armkeyvault.VaultsClientCreateOrUpdateResponse
	poller, err := vaults.BeginCreateOrUpdate(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	if err == nil {
		created, err = azure.Await(ctx, poller)
	}
	found, exists := azure.LookAfter(ctx, err, func(ctx context.Context) (armkeyvault.Vault, error) {
		return r.get(ctx, id)
	})
	if exists { // It works while Azure still registers its name.
		return found, nil
	}
	return created.Vault, err
}

// update patches what was changed. Azure replaces tags and the firewall's networks as a whole, so
// update sends along what others have set.
func (r *Resource) update(ctx context.Context, state, plan model,
	properties *armkeyvault.VaultPatchProperties,
) (armkeyvault.Vault, error) {
	vaults, at, err := azure.Open(state.Identifier(), azure.VaultType, r.Client.Vaults)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	parameters := armkeyvault.VaultPatchParameters{Properties: properties}
	if !plan.Tags.Equal(state.Tags) || properties.NetworkACLs != nil {
		current, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
		if err != nil {
			return armkeyvault.Vault{}, err
		}
		if !plan.Tags.Equal(state.Tags) {
			parameters.Tags = attribute.MergedTags(current.Tags, state.Tags, plan.Tags)
		}
		if properties.NetworkACLs != nil {
			properties.NetworkACLs.VirtualNetworkRules = azure.Deref(
				azure.Deref(current.Properties).NetworkACLs).VirtualNetworkRules
		}
	}
	updated, err := vaults.Update(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	return updated.Vault, err
}

// delete deletes the vault, unless accounts read keys from it (CMK018).
func (r *Resource) delete(ctx context.Context, state *model) error {
	id := state.Identifier()
	if err := removal(state).Refuse(ctx, r.Client); err != nil {
		return err
	}
	for _, one := range accesses() {
		if !state.RBACAuthorization.ValueBool() || !one.enabled(state).ValueBool() {
			continue
		}
		// A role assignment outlives the vault.
		if err := r.revoke(ctx, one, id, true, r.Backoff(ctx, diagnostic.Delete, state.Timeouts)); err != nil {
			return err
		}
	}
	vaults, at, err := azure.Open(id, azure.VaultType, r.Client.Vaults)
	if err != nil {
		return err
	}
	_, err = vaults.Delete(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

// availability reports whether the name is free: names of vaults are unique in all of Azure, and a
// deleted vault keeps its name.
func (r *Resource) availability(ctx context.Context, name string,
) (naming.Availability, error) {
	vaults, err := r.Client.Vaults(r.Client.SubscriptionID())
	if err != nil {
		return naming.Availability{}, err
	}
	answer, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
		Name: &name,
		Type: to.Ptr(azure.VaultType),
	}, nil)
	return naming.Availability{
		Available: azure.Deref(answer.NameAvailable),
		Reason:    string(azure.Deref(answer.Reason)),
		Message:   azure.Deref(answer.Message),
	}, err
}
