// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storagekeyrotation is azuremedia_storage_key_rotation: the rolling of a storage account's
// access keys. What the next step is, package keyrotation decides; this package reads what Azure
// shows, takes the step, and keeps the record of the last one that was completed.
package storagekeyrotation

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

const typeName = "azuremedia_storage_key_rotation"

// subject is the rotation as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Storage Key Rotation", Type: typeName, ID: id}
}

// How long each operation may take unless the configuration says otherwise. Deleting sends nothing.
const (
	allowedRead   = 5 * time.Minute
	allowedChange = time.Hour
)

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(base.Noun{Type: typeName})} }

// Resource is azuremedia_storage_key_rotation.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ModifyPlan asks what the next step is, and plans a change where there is one: the configuration
// need not have changed for a rotation to go on.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if r.Client == nil {
		return
	}
	var plan, state model
	var recorded keyrotation.Recorded
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		recorded = state.recorded(ctx, &resp.Diagnostics)
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.abandoned(ctx, state, recorded)...)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if exists && !plan.StorageAccountID.Equal(state.StorageAccountID) {
		// It is replaced by that of another storage account, of which there is no record.
		resp.Diagnostics.Append(r.abandoned(ctx, state, recorded)...)
		recorded = keyrotation.Recorded{}
	}
	changed := true
	if exists {
		// What Terraform has marked as unknown stays as it is, unless something changes.
		plan.keep(&state)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		changed = !resp.Plan.Raw.Equal(req.State.Raw)
	}
	if changed {
		plan.unknown()
	}
	if plan.settled() {
		resp.Diagnostics.Append(r.foresee(ctx, recorded, &plan, changed)...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Create, allowedChange, &resp.Diagnostics)
	defer cancel()
	opened, diags := r.open(ctx, &plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	recorded, step, err := r.run(ctx, opened, keyrotation.Recorded{}, &plan, false)
	if !recorded.Adopted() { // Nothing was done that cannot be repeated.
		resp.Diagnostics.Append(diagnostic.FromError(
			diagnostic.Create, subject(plan.StorageAccountID.ValueString()), err))
		return
	}
	if err != nil {
		// An error here would have Terraform forget the record, and begin from the beginning.
		failure := refused(opened.id, opened.syncs(), recorded, step, err)
		resp.Diagnostics.AddWarning(unfinishedSummary, failure.Summary()+"\n\n"+failure.Detail())
	}
	if plan.Emergency.ValueBool() {
		resp.Diagnostics.AddAttributeWarning(path.Root("emergency"), unfinishedSummary,
			"The keys were taken note of and synced, and none was regenerated: apply again for the "+
				"emergency. Interrupted, a creation would not know how far it had come.")
	}
	plan.ID = plan.StorageAccountID
	resp.Diagnostics.Append(plan.show(ctx, recorded, opened.shown(recorded))...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// Read refreshes what is observed. The record is left as it is: what is observed is held against
// it.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	recorded := state.recorded(ctx, &resp.Diagnostics)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Read, allowedRead, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	id := state.ID.ValueString()
	opened := &account{client: r.Client, id: id}
	observed, err := opened.Observe(ctx)
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(id), err))
		return
	}
	if !recorded.Adopted() {
		recorded = keyrotation.Imported(observed)
		state.imported()
	}
	resp.Diagnostics.Append(state.show(ctx, recorded, observed.Created)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	recorded := state.recorded(ctx, &resp.Diagnostics)
	allowed := allowedChange
	if plan.WaitForSettle.ValueBool() {
		allowed += max(keyrotation.Settle, plan.wanted().Settle)
	}
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Update, allowed, &resp.Diagnostics)
	defer cancel()
	opened, diags := r.open(ctx, &plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	id := plan.StorageAccountID.ValueString()
	err := opened.introduce(ctx, state.dependents())
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Update, subject(id), err))
		return
	}
	recorded, step, err := r.run(ctx, opened, recorded, &plan, plan.WaitForSettle.ValueBool())
	if err != nil {
		// What was completed is kept; what was asked for stays planned.
		resp.Diagnostics.Append(state.show(ctx, recorded, opened.shown(recorded))...)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		resp.Diagnostics.Append(refused(id, opened.syncs(), recorded, step, err))
	} else {
		resp.Diagnostics.Append(plan.show(ctx, recorded, opened.shown(recorded))...)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// Delete forgets the rotation. It never touches a key.
func (r *Resource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	attribute.Import(ctx, azure.StorageAccountType, req, resp)
	var id attribute.ResourceIDValue
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("id"), &id)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("storage_account_id"), id)...)
}
