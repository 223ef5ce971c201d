// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
)

func (r *Resource) get(ctx context.Context, id string) (armkeyvault.Vault, error) {
	vaults, at, err := r.vaults(id)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	got, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Vault, err
}

// deleted is the soft-deleted vault with the name in the region. Its error tells whether there is
// one.
func (r *Resource) deleted(ctx context.Context, name, location string,
) (armkeyvault.DeletedVault, error) {
	vaults, err := r.client.Vaults(r.client.SubscriptionID())
	if err != nil {
		return armkeyvault.DeletedVault{}, err
	}
	got, err := vaults.GetDeleted(ctx, name, location, nil)
	return got.DeletedVault, err
}

func (r *Resource) create(ctx context.Context, id string,
	parameters armkeyvault.VaultCreateOrUpdateParameters,
) (armkeyvault.Vault, error) {
	vaults, at, err := r.vaults(id)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	poller, err := vaults.BeginCreateOrUpdate(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	created, err := azure.Await(ctx, poller)
	return created.Vault, err
}

// recover brings the soft-deleted vault back as it was.
func (r *Resource) recover(ctx context.Context, id string,
	parameters armkeyvault.VaultCreateOrUpdateParameters,
) (armkeyvault.Vault, error) {
	parameters.Properties = &armkeyvault.VaultProperties{
		CreateMode: to.Ptr(armkeyvault.CreateModeRecover),
		TenantID:   parameters.Properties.TenantID,
		SKU:        parameters.Properties.SKU,
	}
	return r.create(ctx, id, parameters)
}

// update patches what was changed. Tags are only sent when they are: the service takes the map
// that it is sent for all tags that there are.
func (r *Resource) update(ctx context.Context, state, plan model,
	properties *armkeyvault.VaultPatchProperties,
) (armkeyvault.Vault, error) {
	vaults, at, err := r.vaults(state.ID.ValueString())
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	parameters := armkeyvault.VaultPatchParameters{Properties: properties}
	if !plan.Tags.Equal(state.Tags) {
		current, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
		if err != nil {
			return armkeyvault.Vault{}, err
		}
		parameters.Tags = attribute.MergedTags(current.Tags, state.Tags, plan.Tags)
	}
	updated, err := vaults.Update(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	return updated.Vault, err
}

func (r *Resource) delete(ctx context.Context, id string) error {
	vaults, at, err := r.vaults(id)
	if err != nil {
		return err
	}
	_, err = vaults.Delete(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

// availability asks whether the name is free. A vault of this very name and place that was deleted
// does not stand in the way: it is recovered.
func (r *Resource) availability(ctx context.Context, plan model,
) (mediaaccount.Availability, error) {
	vaults, err := r.client.Vaults(r.client.SubscriptionID())
	if err != nil {
		return mediaaccount.Availability{}, err
	}
	answer, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
		Name: plan.Name.ValueStringPointer(),
		Type: to.Ptr(azure.VaultType),
	}, nil)
	available := mediaaccount.Availability{
		Available: azure.Deref(answer.NameAvailable),
		Reason:    string(azure.Deref(answer.Reason)),
		Message:   azure.Deref(answer.Message),
	}
	if err != nil || available.Available || plan.Location.IsUnknown() {
		return available, err
	}
	_, err = r.deleted(ctx, plan.Name.ValueString(), plan.Location.ValueString())
	if err == nil {
		available.Available = true
	} else if azure.IsNotFound(err) {
		err = nil
	}
	return available, err
}

// vaults returns the client of the subscription that the vault is in, and its parsed ID.
func (r *Resource) vaults(id string) (*armkeyvault.VaultsClient, *arm.ResourceID, error) {
	at, err := azure.ParseID(id, azure.VaultType)
	if err != nil {
		return nil, nil, err
	}
	vaults, err := r.client.Vaults(at.SubscriptionID)
	return vaults, at, err
}
