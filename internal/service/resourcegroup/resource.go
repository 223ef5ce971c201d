// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourcegroup holds azuremedia_resource_group: a resource group, which is deleted only
// when it is empty. Azure would delete everything in it.
package resourcegroup

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:          "azuremedia_resource_group",
		Title:         "Resource Group",
		ResourceTypes: []string{azure.ResourceGroupType},
		Schema:        resourceSchema,
		Timeouts: base.Timeouts{
			Create: 10 * time.Minute, Read: 5 * time.Minute,
			Update: 10 * time.Minute, Delete: time.Hour,
		},
	})}
}

// Resource is azuremedia_resource_group.
type Resource struct{ base.Resource }

// ModifyPlan refuses a group that exists already.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	base.PlanCreation(ctx, &r.Resource, req, resp, r.at, r.get)
}

// at returns the ID of a planned group, or "" as long as it is not known.
func (r *Resource) at(plan *model) string {
	if plan.Name.IsUnknown() {
		return ""
	}
	name := plan.Name.ValueString()
	return azure.ID(r.Client.SubscriptionID(), name, azure.ResourceGroupType, name)
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	base.Create(ctx, &r.Resource, req, resp, base.Creation[armresources.ResourceGroup, *model]{
		At:  r.at,
		Get: r.get, Create: r.create, Observe: (*model).observe,
	})
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Read(ctx, &r.Resource, req, resp, r.get, (*model).observe)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	base.Update(ctx, &r.Resource, req, resp, r.update)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, r.delete)
}
