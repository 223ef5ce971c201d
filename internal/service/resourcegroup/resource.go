// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourcegroup is azuremedia_resource_group: the group that an account, its storage and
// its vault lie in. Deleting a group in Azure deletes everything in it; this resource deletes only
// an empty one.
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

const typeName = "azuremedia_resource_group"

// subject is the group as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Resource Group", Type: typeName, ID: id}
}

// allowed is how long each operation may take unless the configuration says otherwise.
func allowed() attribute.TimeoutDefaults {
	return attribute.TimeoutDefaults{
		Create: 10 * time.Minute,
		Read:   5 * time.Minute,
		Update: 10 * time.Minute,
		Delete: 60 * time.Minute,
	}
}

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(typeName)} }

// Resource is azuremedia_resource_group.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Create, allowed().Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	name := plan.Name.ValueString()
	id := azure.ID(r.Client.SubscriptionID(), name, azure.ResourceGroupType, name)
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	group, err := r.create(ctx, id, plan)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return
	}
	plan.ID = attribute.NewResourceID(id)
	plan.observe(group)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Read, allowed().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	group, err := r.get(ctx, state.ID.ValueString())
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err))
		return
	}
	state.observe(group)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Update, allowed().Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	if err := r.update(ctx, state, plan); err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Update, subject(state.ID.ValueString()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Delete, allowed().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := state.ID.ValueString()
	left, err := r.awaitEmpty(ctx, id)
	if err == nil && len(left) > 0 {
		resp.Diagnostics.Append(notEmpty(id, left))
		return
	}
	if err == nil {
		err = r.delete(ctx, id)
	}
	if err != nil && !azure.IsNotFound(err) {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Delete, subject(id), err))
	}
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	attribute.Import(ctx, azure.ResourceGroupType, req, resp)
}
