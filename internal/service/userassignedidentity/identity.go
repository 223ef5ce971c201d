// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

func (r *Resource) get(ctx context.Context, id string) (armmsi.Identity, error) {
	identities, at, err := azure.Open(id, azure.UserAssignedIdentityType, r.Client.UserAssignedIdentities)
	if err != nil {
		return armmsi.Identity{}, err
	}
	got, err := identities.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Identity, err
}

func (r *Resource) create(ctx context.Context, id string, plan *model) (armmsi.Identity, error) {
	identities, at, err := azure.Open(id, azure.UserAssignedIdentityType, r.Client.UserAssignedIdentities)
	if err != nil {
		return armmsi.Identity{}, err
	}
	created, err := identities.CreateOrUpdate(ctx, at.ResourceGroupName, at.Name, armmsi.Identity{
		Location: to.Ptr(plan.Location.ValueString()),
		Tags:     attribute.WireTags(plan.Tags),
	}, nil)
	return created.Identity, err
}

// update patches the tags, the only thing about an identity that can change.
func (r *Resource) update(ctx context.Context, state, plan *model) error {
	if plan.Tags.Equal(state.Tags) {
		return nil
	}
	identities, at, err := azure.Open(state.Identifier(), azure.UserAssignedIdentityType, r.Client.UserAssignedIdentities)
	if err != nil {
		return err
	}
	current, err := identities.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return err
	}
	_, err = identities.Update(ctx, at.ResourceGroupName, at.Name, armmsi.IdentityUpdate{
		Tags: attribute.MergedTags(current.Tags, state.Tags, plan.Tags),
	}, nil)
	return err
}

// delete deletes the identity, unless accounts read their key by it (CMK017).
func (r *Resource) delete(ctx context.Context, state *model) error {
	if err := removal(state.Identifier()).Refuse(ctx, r.Client); err != nil {
		return err
	}
	identities, at, err := azure.Open(state.Identifier(), azure.UserAssignedIdentityType, r.Client.UserAssignedIdentities)
	if err != nil {
		return err
	}
	_, err = identities.Delete(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

// removal returns who loses access to a key without the identity.
func removal(id string) protection.Removal {
	return protection.Removal{
		Access: customerkey.IdentityAccess(id), SubscriptionID: azure.SubscriptionOf(id),
		Affected: func(_ context.Context, survey protection.Survey) ([]protection.Account, error) {
			return survey.ByIdentity(id), nil
		},
	}
}
