// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvaultkey is azuremedia_key_vault_key: the customer's key, in all its versions. The
// resource stands for the key, not for one version of it, so its ID has none and stays the same
// when a version is added.
package keyvaultkey

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/providerdata"
)

const typeName = "azuremedia_key_vault_key"

// subject is the key as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Key Vault Key", Type: typeName, ID: id}
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

// Resource is azuremedia_key_vault_key.
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

// ModifyPlan plans a new version as unknown, and only then.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	rotated := !plan.RotateWhenChanged.IsNull() &&
		!plan.RotateWhenChanged.Equal(state.RotateWhenChanged)
	if rotated || !plan.KeyType.Equal(state.KeyType) || !plan.KeySize.Equal(state.KeySize) {
		plan.Version, plan.VersionedID = types.StringUnknown(), types.StringUnknown()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
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

	uri, err := r.vaultURI(ctx, plan.KeyVaultID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Create, subject(plan.Name.ValueString()), err))
		return
	}
	id := uri + "keys/" + plan.Name.ValueString()
	_, err = r.newest(ctx, uri, plan.Name.ValueString())
	if !azure.HasCode(err, "ForbiddenByRbac") { // A role may be on its way: creation waits for it.
		resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	state, key, diags := r.addOrRestore(ctx, uri, id, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The key is there from here on: what fails now is left for the next apply.
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	if err := r.bring(ctx, state, &plan, key); err != nil {
		resp.Diagnostics.Append(diagnostic.FromErrorAfter(
			"The key itself was created.", diagnostic.Create, subject(id), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// addOrRestore creates the key, or brings the one of this name back that was deleted, and returns
// it as it is then.
func (r *Resource) addOrRestore(ctx context.Context, uri, id string, plan model,
) (state model, key version, diags diag.Diagnostics) {
	state = plan
	state.RotationPolicy = nil
	key, err := r.add(ctx, uri, &plan)
	if azure.HasCode(err, "ObjectIsDeletedButRecoverable") {
		diags.AddWarning("Key Vault Key Recovered", fmt.Sprintf("The key %s had been deleted and "+
			"was still recoverable. It was recovered, with all its versions, and then brought in "+
			"line with the configuration.", id))
		state.RotateWhenChanged = types.MapNull(types.StringType)
		key, err = r.restore(ctx, uri, plan.Name.ValueString())
	}
	if err != nil {
		diags.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
		return state, key, diags
	}
	state.observe(key)
	return state, key, diags
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

	err := r.read(ctx, &state)
	switch {
	case azure.IsNotFound(err), err != nil && r.vaultGone(ctx, state.KeyVaultID.ValueString()):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// read completes the state; after an import, that is nothing but the ID.
func (r *Resource) read(ctx context.Context, state *model) error {
	id, err := customerkey.ParseKeyID(state.ID.ValueString())
	if err != nil {
		return err
	}
	if state.KeyVaultID.IsNull() {
		owner, err := r.owner(ctx, id)
		if err != nil {
			return err
		}
		state.KeyVaultID = attribute.NewResourceID(owner)
	}
	key, err := r.newest(ctx, id.VaultURI, id.Name)
	if err != nil {
		return err
	}
	state.observe(key)
	return r.readPolicy(ctx, state)
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

	key, err := r.newest(ctx, state.VaultURI.ValueString(), state.Name.ValueString())
	if err == nil {
		err = r.bring(ctx, state, &plan, key)
	}
	if err != nil {
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

	err := r.remove(ctx, state.VaultURI.ValueString(), state.Name.ValueString())
	if err != nil && !azure.IsNotFound(err) && !r.vaultGone(ctx, state.KeyVaultID.ValueString()) {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Delete, subject(state.ID.ValueString()), err))
	}
}

// ImportState takes the key's identifier. A version in it is left out: the resource is the key.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	given := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &given)...)
	}
	id, err := customerkey.ParseKeyID(given.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Invalid Import ID", fmt.Sprintf(
			"Found: %q.\nRequired: the identifier of a key, such as "+
				"https://<vault>.vault.azure.net/keys/<name>.\nWhy: %v\n\n%s",
			given.ValueString(), err, diagnostic.NothingChanged))
		return
	}
	versionless := types.StringValue(id.Versionless().String())
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), versionless)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, versionless)...)
}
