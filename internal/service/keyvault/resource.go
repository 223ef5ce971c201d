// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvault is azuremedia_key_vault: the vault that holds the keys of customers. Who may
// use a key of it is the business of azuremedia_customer_key_grant; the vault itself lets in only
// the identity that runs Terraform, to manage the keys.
package keyvault

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

const typeName = "azuremedia_key_vault"

// subject is the vault as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Key Vault", Type: typeName, ID: id}
}

// allowed is how long each operation may take unless the configuration says otherwise.
func allowed() attribute.TimeoutDefaults {
	return attribute.TimeoutDefaults{
		Create: 30 * time.Minute,
		Read:   5 * time.Minute,
		Update: 30 * time.Minute,
		Delete: 30 * time.Minute,
	}
}

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(base.Noun{Type: typeName})} }

// Resource is azuremedia_key_vault.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ModifyPlan refuses what Azure would refuse later: a name that is taken (ACC003), and the changes
// that a vault does not allow.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || r.Client == nil {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if req.State.Raw.IsNull() {
		if !resp.Diagnostics.HasError() && !plan.Name.IsUnknown() {
			resp.Diagnostics.Append(r.checkName(ctx, plan)...)
		}
		return
	}
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(forbiddenChanges(state, plan)...)
	}
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

	id := azure.ID(r.Client.SubscriptionID(), plan.ResourceGroupName.ValueString(),
		azure.VaultType, plan.Name.ValueString())
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID = attribute.NewResourceID(id)
	state, diags := r.createOrRecover(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The vault is there from here on: what fails now is left for the next apply.
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	plan.VaultURI, plan.TenantID = state.VaultURI, state.TenantID
	resp.Diagnostics.Append(r.settle(ctx, state, &plan, func(err error) diag.Diagnostic {
		return diagnostic.FromErrorAfter("The vault itself was created.",
			diagnostic.Create, subject(id), err)
	})...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// settle brings the vault from the state that it is in to what is planned. Where the vault goes
// over to another way of deciding about access, the caller is given the new one before it counts
// and loses the old one when it no longer does, so as never to be without.
func (r *Resource) settle(ctx context.Context, state model, plan *model,
	failed func(error) diag.Diagnostic,
) diag.Diagnostics {
	id := state.ID.ValueString()
	properties, changed, diags := plan.changed(ctx, state)
	if diags.HasError() {
		return diags
	}
	had, wanted := state.CallerKeyAccess.ValueBool(), plan.CallerKeyAccess.ValueBool()
	moves := plan.movesAccess(state)
	if wanted && (!had || moves) {
		if err := r.grantCaller(ctx, id, plan.RBACAuthorization.ValueBool()); err != nil {
			return append(diags, failed(err))
		}
	}
	if changed || !plan.Tags.Equal(state.Tags) {
		vault, err := r.update(ctx, state, *plan, properties)
		if err != nil {
			return append(diags, failed(err))
		}
		plan.observe(vault, wanted)
	}
	if had && (!wanted || moves) {
		if err := r.revokeCaller(ctx, id, state.RBACAuthorization.ValueBool()); err != nil {
			return append(diags, diagnostic.FromErrorAfter(
				"The vault itself was changed as planned.", diagnostic.Update, subject(id), err))
		}
	}
	return diags
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

	vault, err := r.get(ctx, state.ID.ValueString())
	// Where nothing is given to the caller here, what it has been given elsewhere is not looked at:
	// it would be planned to be taken away.
	access := state.CallerKeyAccess.ValueBool() || attribute.Imported(state.Name)
	if err == nil && access {
		access, err = r.callerAccess(ctx, vault)
	}
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err))
		return
	}
	state.observe(vault, access)
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

	resp.Diagnostics.Append(r.settle(ctx, state, &plan, func(err error) diag.Diagnostic {
		return diagnostic.FromError(diagnostic.Update, subject(state.ID.ValueString()), err)
	})...)
	if resp.Diagnostics.HasError() {
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
	var err error
	if state.RBACAuthorization.ValueBool() && state.CallerKeyAccess.ValueBool() {
		err = r.revokeCaller(ctx, id, true) // A role assignment outlives the vault.
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
	attribute.Import(ctx, azure.VaultType, req, resp)
}
