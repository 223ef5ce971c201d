// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Resource Manager lists a resource for a little while after it is gone. A group is only called
// full if it still is after so many looks.
const (
	looks       = 12
	betweenLook = 10 * time.Second
)

func (r *Resource) get(ctx context.Context, id string) (armresources.ResourceGroup, error) {
	groups, name, err := r.groups(id)
	if err != nil {
		return armresources.ResourceGroup{}, err
	}
	got, err := groups.Get(ctx, name, nil)
	return got.ResourceGroup, err
}

func (r *Resource) create(ctx context.Context, id string, plan model,
) (armresources.ResourceGroup, error) {
	groups, name, err := r.groups(id)
	if err != nil {
		return armresources.ResourceGroup{}, err
	}
	created, err := groups.CreateOrUpdate(ctx, name, armresources.ResourceGroup{
		Location: to.Ptr(plan.Location.ValueString()),
		Tags:     attribute.WireTags(plan.Tags),
	}, nil)
	return created.ResourceGroup, err
}

// update patches the tags, the only thing about a group that can change.
func (r *Resource) update(ctx context.Context, state, plan model) error {
	if plan.Tags.Equal(state.Tags) {
		return nil
	}
	groups, name, err := r.groups(state.ID.ValueString())
	if err != nil {
		return err
	}
	current, err := groups.Get(ctx, name, nil)
	if err != nil {
		return err
	}
	_, err = groups.Update(ctx, name, armresources.ResourceGroupPatchable{
		Tags: attribute.MergedTags(current.Tags, state.Tags, plan.Tags),
	}, nil)
	return err
}

func (r *Resource) delete(ctx context.Context, id string) error {
	groups, name, err := r.groups(id)
	if err != nil {
		return err
	}
	poller, err := groups.BeginDelete(ctx, name, nil)
	if err != nil {
		return err
	}
	_, err = azure.Await(ctx, poller)
	return err
}

// awaitEmpty returns what is left in the group, once it is empty or once it is clear that it does
// not become so.
func (r *Resource) awaitEmpty(ctx context.Context, id string) ([]string, error) {
	for look := 1; ; look++ {
		left, err := r.contents(ctx, id)
		if err != nil || len(left) == 0 || look == looks {
			return left, err
		}
		if err := r.Client.Wait(ctx, betweenLook); err != nil {
			return left, err
		}
	}
}

// contents lists the IDs of what is in the group.
func (r *Resource) contents(ctx context.Context, id string) ([]string, error) {
	parsed, err := azure.ParseID(id, azure.ResourceGroupType)
	if err != nil {
		return nil, err
	}
	resources, err := r.Client.Resources(parsed.SubscriptionID)
	if err != nil {
		return nil, err
	}
	var ids []string
	pages := resources.NewListByResourceGroupPager(parsed.Name, nil)
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

// groups returns the client of the subscription that the group is in, and the group's name.
func (r *Resource) groups(id string) (*armresources.ResourceGroupsClient, string, error) {
	parsed, err := azure.ParseID(id, azure.ResourceGroupType)
	if err != nil {
		return nil, "", err
	}
	groups, err := r.Client.ResourceGroups(parsed.SubscriptionID)
	return groups, parsed.Name, err
}

func notEmpty(id string, left []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Resource Group Not Empty", fmt.Sprintf(
		"Deleting the resource group %s would delete what is still in it:\n\n  %s\n\n"+
			"Delete or move what Terraform does not manage, or take the group out of the state "+
			"to leave it as it is (terraform state rm).\n\n%s",
		id, strings.Join(left, "\n  "), diagnostic.NothingChanged))
}
