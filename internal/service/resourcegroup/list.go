// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type filters struct {
	base.Scope
	RequiredTags types.Map `tfsdk:"required_tags"`
}

// NewListResource returns the list of resource groups.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource:    NewResource,
		Description: "Lists the resource groups of a subscription.",
		Filters:     map[string]schema.Attribute{"required_tags": attribute.FilterTags()},
		Find:        find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	groups, err := client.ResourceGroups(filters.Subscription(client))
	if err != nil {
		return err
	}
	return azure.Each(ctx, groups.NewListPager(nil),
		func(page armresources.ResourceGroupsClientListResponse) []*armresources.ResourceGroup {
			return page.Value
		},
		func(group *armresources.ResourceGroup) bool {
			id := azure.Deref(group.ID)
			return !filters.Has(client, id) || !attribute.HasTags(group.Tags, filters.RequiredTags) ||
				found.Add(id, azure.Deref(group.Name))
		})
}
