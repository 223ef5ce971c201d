// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup

import (
	"context"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Resource Manager still lists a resource for a little while after it is gone, so a group counts as
// full only if it still is after this many listings.
const (
	maxListings  = 12
	listingPause = 10 * time.Second
)

func (r *Resource) get(ctx context.Context, id string) (armresources.ResourceGroup, error) {
	groups, at, err := azure.Open(id, azure.ResourceGroupType, r.Client.ResourceGroups)
	if err != nil {
		return armresources.ResourceGroup{}, err
	}
	got, err := groups.Get(ctx, at.Name, nil)
	return got.ResourceGroup, err
}

func (r *Resource) create(ctx context.Context, id string, plan *model,
) (armresources.ResourceGroup, error) {
	groups, at, err := azure.Open(id, azure.ResourceGroupType, r.Client.ResourceGroups)
	if err != nil {
		return armresources.ResourceGroup{}, err
	}
	created, err := groups.CreateOrUpdate(ctx, at.Name, armresources.ResourceGroup{
		Location: to.Ptr(plan.Location.ValueString()),
		Tags:     attribute.WireTags(plan.Tags),
	}, nil)
	return created.ResourceGroup, err
}

// update patches the tags, the only thing about a group that can change.
func (r *Resource) update(ctx context.Context, state, plan *model) error {
	if plan.Tags.Equal(state.Tags) {
		return nil
	}
	groups, at, err := azure.Open(state.Identifier(), azure.ResourceGroupType, r.Client.ResourceGroups)
	if err != nil {
		return err
	}
	current, err := groups.Get(ctx, at.Name, nil)
	if err != nil {
		return err
	}
	_, err = groups.Update(ctx, at.Name, armresources.ResourceGroupPatchable{
		Tags: attribute.MergedTags(current.Tags, state.Tags, plan.Tags),
	}, nil)
	return err
}

// delete deletes the group, or refuses to if something is left in it.
func (r *Resource) delete(ctx context.Context, state *model) error {
	id := state.Identifier()
	left, err := r.awaitEmpty(ctx, id)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return notEmpty(id, left)
	}
	groups, at, err := azure.Open(id, azure.ResourceGroupType, r.Client.ResourceGroups)
	if err != nil {
		return err
	}
	poller, err := groups.BeginDelete(ctx, at.Name, nil)
	if err != nil {
		return err
	}
	_, err = azure.Await(ctx, poller)
	return err
}

// awaitEmpty waits until the group is empty, and returns what is left in it if it does not become
// so.
func (r *Resource) awaitEmpty(ctx context.Context, id string) ([]string, error) {
	for listing := 1; ; listing++ {
		left, err := r.contents(ctx, id)
		if err != nil || len(left) == 0 || listing == maxListings {
			return left, err
		}
		if err := r.Client.Wait(ctx, listingPause); err != nil {
			return left, err
		}
	}
}

// contents returns the IDs of the resources in the group.
func (r *Resource) contents(ctx context.Context, id string) ([]string, error) {
	resources, at, err := azure.Open(id, azure.ResourceGroupType, r.Client.Resources)
	if err != nil {
		return nil, err
	}
	var ids []string
	pages := resources.NewListByResourceGroupPager(at.Name, nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, found := range page.Value {
			ids = append(ids, azure.Deref(found.ID))
		}
	}
	return ids, nil
}

func notEmpty(id string, left []string) error {
	return diagnostic.Refusal{
		Title:    "Resource Group Not Empty",
		Found:    "the group " + id + " contains\n  " + strings.Join(left, ",\n  "),
		Required: "an empty group",
		Why: azure.Waited((maxListings-1)*listingPause, "the group to be listed as empty") +
			". Azure deletes a group together with everything in it",
		Remedy: "Delete or move what Terraform does not manage, or remove the group from the state " +
			"to keep it (terraform state rm)",
	}
}
