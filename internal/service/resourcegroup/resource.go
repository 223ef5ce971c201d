// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourcegroup holds azuremedia_resource_group: a resource group, which is deleted only
// when it is empty. Azure would delete everything in it.
package resourcegroup

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:          "azuremedia_resource_group",
		Title:         "Resource Group",
		ResourceTypes: []string{azure.ResourceGroupType},
		Schema:        resourceSchema,
		Timeouts: base.Timeouts{
			Create: 10 * time.Minute,
			Read:   5 * time.Minute,
			Update: 10 * time.Minute,
			Delete: time.Hour,
		},
	})}
}

// Resource is azuremedia_resource_group.
type Resource struct{ base.Resource }

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Create, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	name := plan.Name.ValueString()
	id := azure.ID(r.Client.SubscriptionID(), name, azure.ResourceGroupType, name)
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(r.Subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	group, err := r.create(ctx, id, plan)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, r.Subject(id), err))
		return
	}
	plan.ID = attribute.NewResourceID(id)
	plan.observe(group)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Read(ctx, &r.Resource, req, resp, r.get, (*model).observe)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Update, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	if err := r.update(ctx, state, plan); err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Update, r.Subject(state.Identifier()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, r.delete)
}
