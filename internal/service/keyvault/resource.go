// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvault is azuremedia_key_vault: the vault that holds the keys of customers. Who may
// use a key of it is the business of azuremedia_customer_key_grant; the vault itself lets in only
// the identity that runs Terraform, to manage the keys.
package keyvault

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/providerdata"
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
func NewResource() resource.Resource { return &Resource{} }

// Resource is azuremedia_key_vault.
type Resource struct{ client *azure.Client }

func (r *Resource) Metadata(_ context.Context, _ resource.MetadataRequest,
	resp *resource.MetadataResponse,
) {
	resp.TypeName = typeName
}

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest,
	resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = attribute.IdentitySchema()
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest,
	resp *resource.ConfigureResponse,
) {
	r.client = providerdata.Client(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan refuses what Azure would refuse later: a name that is taken (ACC003), and the changes
// that a vault does not allow.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || r.client == nil {
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() {
		var state model
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if len(resp.RequiresReplace) == 0 {
			resp.Diagnostics.Append(forbiddenChanges(state, plan)...)
		}
		return
	}
	if !plan.Name.IsUnknown() {
		resp.Diagnostics.Append(globalname.Check(ctx, r.client, subject(plan.Name.ValueString()),
			mediaaccount.KeyVaultName(), azure.VaultType,
			func(ctx context.Context) (mediaaccount.Availability, error) {
				return r.availability(ctx, plan)
			})...)
	}
}

// forbiddenChanges are the changes that Key Vault allows to nobody (Key Vault, Soft-delete
// overview).
func forbiddenChanges(state, plan model) diag.Diagnostics {
	var found diag.Diagnostics
	if state.PurgeProtection.ValueBool() && !plan.PurgeProtection.IsUnknown() &&
		!plan.PurgeProtection.ValueBool() {
		found.AddAttributeError(path.Root("purge_protection_enabled"),
			"Purge Protection Is Irreversible",
			fmt.Sprintf("Found: false.\nRequired: true, as it is on the vault %s.\n"+
				"Why: Azure lets nobody switch purge protection off.\n"+
				"Remedy: set it to true, or use another vault.\n\nNothing was changed.",
				state.ID.ValueString()))
	}
	if !plan.RetentionDays.IsUnknown() && !plan.RetentionDays.Equal(state.RetentionDays) {
		found.AddAttributeError(path.Root("soft_delete_retention_days"),
			"Soft Delete Retention Is Fixed",
			fmt.Sprintf("Found: %d.\nRequired: %d, as the vault %s was created with.\n"+
				"Why: Azure lets nobody change the retention of a vault.\n"+
				"Remedy: set it to %[2]d, or use another vault.\n\nNothing was changed.",
				plan.RetentionDays.ValueInt64(), state.RetentionDays.ValueInt64(),
				state.ID.ValueString()))
	}
	return found
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

	id := azure.ID(r.client.SubscriptionID(), plan.ResourceGroupName.ValueString(),
		azure.VaultType, plan.Name.ValueString())
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	caller, err := r.client.Caller(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return
	}
	plan.ID = attribute.NewResourceID(id)
	state, diags := r.createOrRecover(ctx, plan, caller.TenantID)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The vault is there from here on: what fails now is left for the next apply.
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(forbiddenChanges(state, plan)...) // It may be one that was recovered.
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.settle(ctx, diagnostic.Create, state, &plan)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// createOrRecover creates the vault, or brings the one of this name back that was deleted, and
// returns it as it is then.
func (r *Resource) createOrRecover(ctx context.Context, plan model, tenantID string,
) (model, diag.Diagnostics) {
	id := plan.ID.ValueString()
	parameters, diags := plan.created(ctx, tenantID)
	if diags.HasError() {
		return plan, diags
	}
	vault, err := r.create(ctx, id, parameters)
	if azure.IsConflict(err) {
		deleted, missing := r.deleted(ctx, plan.Name.ValueString(), plan.Location.ValueString())
		was := azure.Deref(azure.Deref(deleted.Properties).VaultID)
		switch {
		case missing != nil:
		case !azure.SameID(was, id):
			diags.Append(deletedElsewhere(id, was))
			return plan, diags
		default:
			diags.AddWarning("Key Vault Recovered", fmt.Sprintf("The vault %s had been deleted "+
				"and was still recoverable. It was recovered, with its keys and access policies, "+
				"and then brought in line with the configuration.", id))
			vault, err = r.recover(ctx, id, parameters)
		}
	}
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return plan, diags
	}
	made := plan
	made.observe(vault, false)
	return made, diags
}

func deletedElsewhere(id, was string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Key Vault Not Created", fmt.Sprintf(
		"Found: a deleted vault of the same name, %s, which is still recoverable.\n"+
			"Required: for %s, a name that no deleted vault holds.\n"+
			"Why: a vault's name stays taken until its retention has ended.\n"+
			"Remedy: create it where it was, which recovers it, or choose another name.\n\n%s",
		was, id, diagnostic.NothingChanged))
}

// settle brings the vault from the state that it is in to what is planned, and takes over in plan
// what Azure says about it then.
func (r *Resource) settle(ctx context.Context, act diagnostic.Act, state model, plan *model,
) diag.Diagnostics {
	id := state.ID.ValueString()
	properties, changed, diags := plan.changed(ctx, state)
	if diags.HasError() {
		return diags
	}
	if changed || !plan.Tags.Equal(state.Tags) {
		if _, err := r.update(ctx, state, *plan, properties); err != nil {
			return append(diags, diagnostic.FromError(act, subject(id), err))
		}
	}
	roles := plan.RBACAuthorization.ValueBool()
	moved := !plan.RBACAuthorization.Equal(state.RBACAuthorization)
	var err error
	switch {
	case plan.CallerKeyAccess.ValueBool() && (moved || !state.CallerKeyAccess.ValueBool()):
		err = r.grantCaller(ctx, id, roles)
	case !plan.CallerKeyAccess.ValueBool() && state.CallerKeyAccess.ValueBool():
		err = r.revokeCaller(ctx, id, roles)
	}
	if err != nil {
		return append(diags, diagnostic.FromErrorAfter("The vault itself was changed as planned.",
			act, subject(id), err))
	}
	vault, err := r.get(ctx, id)
	if err != nil {
		return append(diags, diagnostic.FromError(diagnostic.Read, subject(id), err))
	}
	plan.observe(vault, plan.CallerKeyAccess.ValueBool())
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
	access := false
	if err == nil {
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

	resp.Diagnostics.Append(r.settle(ctx, diagnostic.Update, state, &plan)...)
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
