// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package storagekeyrotation is the Terraform noun azuremedia_storage_key_rotation, which rotates a
// storage account's access keys. Package keyrotation decides the next step; this package reads
// Azure, performs the step, and keeps the record of the last completed step in the state.
package storagekeyrotation

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

func noun() base.Noun {
	return base.Noun{
		Type:          "azuremedia_storage_key_rotation",
		Title:         "Storage Key Rotation",
		ResourceTypes: []string{azure.StorageAccountType},
		Schema:        resourceSchema,
		Timeouts:      base.Timeouts{Create: time.Hour, Read: 5 * time.Minute, Update: time.Hour},
	}
}

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(noun())} }

// Resource is azuremedia_storage_key_rotation.
type Resource struct{ base.Resource }

// ModifyPlan decides the next step and plans a change where there is one: a rotation goes on without
// a change of the configuration.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if r.Client == nil {
		return
	}
	var plan, state model
	var recorded keyrotation.Recorded
	exists := !req.State.Raw.IsNull()
	if exists {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		var diags diag.Diagnostics
		recorded, diags = state.record(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.abandonedWarning(ctx, state, recorded, resp.Private)...)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if exists && !plan.StorageAccountID.Equal(state.StorageAccountID) {
		// The plan replaces it with the rotation of another storage account, which has no record.
		resp.Diagnostics.Append(r.abandonedWarning(ctx, state, recorded, resp.Private)...)
		recorded = keyrotation.Recorded{}
		resp.Diagnostics.Append(keepFormerAccount(ctx, resp.Private, state.StorageAccountID.ValueString())...)
	}
	if resp.Diagnostics.Append(r.claim(ctx, resp.Private, &plan, recorded)...); resp.Diagnostics.HasError() {
		return
	}
	changed := true
	if exists {
		// Attributes that Terraform has marked as unknown keep their value, unless something changes.
		plan.keep(&state)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		changed = !resp.Plan.Raw.Equal(req.State.Raw)
	}
	if changed {
		plan.unknown()
	}
	if plan.settled(ctx) {
		resp.Diagnostics.Append(r.planNext(ctx, recorded, &plan, changed, resp.Private)...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// Create syncs the keys as they are, and records them.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Create, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	opened, diags := r.open(ctx, &plan, resp.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	recorded, step, err := r.run(ctx, opened, keyrotation.Recorded{}, &plan, false)
	switch { // Every step before the first record can be repeated.
	case !recorded.Adopted() && step.Action == keyrotation.Sync:
		resp.Diagnostics.Append(diagnostic.FromErrorAfter("No key was regenerated; accounts may have been synced, which "+
			"changes nothing else.", diagnostic.Create, r.Subject(opened.id), err))
		return
	case !recorded.Adopted():
		resp.Diagnostics.Append(diagnostic.FromErrorBefore(diagnostic.Create, r.Subject(opened.id), err))
		return
	}
	if err != nil {
		// After an error Terraform would forget the record, and the next create would start again.
		failure := r.failure(opened, recorded, step, err)
		resp.Diagnostics.AddWarning(unfinishedTitle, failure.Summary()+"\n\n"+failure.Detail())
	}
	resp.Diagnostics.Append(overdueWarning(opened.id, recorded, plan.wanted(), r.Client.TimeOf(opened.id),
		"This apply recorded and synced them, and regenerated none")...)
	resp.Diagnostics.Append(settlingWarning(step)...)
	if plan.Emergency.ValueBool() {
		resp.Diagnostics.AddAttributeWarning(path.Root("emergency"), unfinishedTitle,
			"This apply recorded and synced the keys; it regenerated none. Apply again to start the "+
				"emergency rotation, which a create could not resume after an interruption.")
	}
	plan.ID = plan.StorageAccountID
	resp.Diagnostics.Append(plan.show(ctx, recorded, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// Read looks whether the storage account is there. It leaves the record as it is, which the next plan
// compares with Azure.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Refresh(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		observed, err := newAccount(r.Client, state.Identifier(), nil).Observe(ctx)
		if err != nil {
			return err
		}
		recorded, diags := state.record(ctx, resp.Private)
		if !recorded.Adopted() {
			recorded = keyrotation.Imported(observed)
			state.imported()
		}
		resp.Diagnostics.Append(append(diags, state.show(ctx, recorded, resp.Private)...)...)
		r.refreshed().Store(strings.ToLower(state.Identifier()), true)
		resp.Diagnostics.Append(seen{observed.Now, observed.Created}.keep(ctx, resp.Private)...)
		return nil
	})
}

// Update syncs new dependents and performs the steps that are due.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	recorded, diags := state.record(ctx, resp.Private)
	limit, more := plan.Timeouts.Update(ctx, plan.longestUpdate())
	resp.Diagnostics.Append(append(diags, more...)...)
	ctx, cancel := context.WithTimeout(azure.CarryOut(ctx), limit)
	defer cancel()
	opened, diags := r.open(ctx, &plan, resp.Private)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}

	if err := opened.dependents.syncNew(ctx, state.dependents()); err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Update, r.Subject(opened.id), err))
		return
	}
	recorded, step, err := r.run(ctx, opened, recorded, &plan, plan.WaitForSettle.ValueBool())
	shown := &plan
	if err != nil {
		// The state keeps the completed steps, and the configuration before this one: the rest of
		// the plan stays planned.
		shown = &state
		resp.Diagnostics.Append(r.failure(opened, recorded, step, err))
	} else {
		resp.Diagnostics.Append(settlingWarning(step)...)
	}
	resp.Diagnostics.Append(shown.show(ctx, recorded, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// Delete forgets the rotation. It never changes a key.
func (r *Resource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState imports the rotation by the ID of its storage account.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	r.Resource.ImportState(ctx, req, resp)
	var id attribute.ResourceIDValue
	resp.Diagnostics.Append(resp.State.GetAttribute(ctx, path.Root("id"), &id)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("storage_account_id"), id)...)
}
