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

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
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
	_ resource.ResourceWithConfigure      = (*Resource)(nil)
	_ resource.ResourceWithIdentity       = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(base.Noun{Type: typeName})} }

// Resource is azuremedia_key_vault_key.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ValidateConfig refuses dates in the wrong order.
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	var notBefore, expiration timetypes.RFC3339
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("not_before_date"), &notBefore)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("expiration_date"), &expiration)...)
	from, until := instant(notBefore), instant(expiration)
	if from != nil && until != nil && !from.Before(*until) {
		resp.Diagnostics.AddAttributeError(path.Root("expiration_date"), "Key Never Valid", fmt.Sprintf(
			"Found: %s.\nRequired: a time after not_before_date, %s.\n"+
				"Why: the key would expire before it can be used.\n"+
				"Remedy: correct one of the two.\n\n%s",
			expiration.ValueString(), notBefore.ValueString(), diagnostic.NothingChanged))
	}
}

// ModifyPlan plans a new version as unknown, and only then. It warns of a plan that takes the key
// away from accounts.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	// Only these are read: of the others, whole objects may not be known yet.
	var before, after struct {
		rotate types.Map
		kind   types.String
		size   types.Int64
	}
	for name, values := range map[string][2]any{
		"rotate_when_changed": {&before.rotate, &after.rotate},
		"key_type":            {&before.kind, &after.kind},
		"key_size":            {&before.size, &after.size},
	} {
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root(name), values[0])...)
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(name), values[1])...)
	}
	rotated := !after.rotate.IsNull() && !after.rotate.Equal(before.rotate)
	if r.Client != nil {
		resp.Diagnostics.Append(r.foresee(ctx, &req.State, &req.Plan)...)
	}
	if rotated || !after.kind.Equal(before.kind) || !after.size.Equal(before.size) {
		for _, name := range []string{"version", "versioned_id"} {
			resp.Diagnostics.Append(
				resp.Plan.SetAttribute(ctx, path.Root(name), types.StringUnknown())...)
		}
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

	backoff := attribute.Backoff(ctx, r.Client, plan.Timeouts.Create, allowed().Create)
	uri, err := r.vaultURI(ctx, plan.KeyVaultID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Create, subject(plan.Name.ValueString()), err))
		return
	}
	id := uri + "keys/" + plan.Name.ValueString()
	_, err = r.newestSoon(ctx, plan.KeyVaultID.ValueString(), uri, plan.Name.ValueString(), backoff)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	state, key, diags := r.addOrRestore(ctx, uri, id, plan, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The key is there from here on: what fails now is left for the next apply.
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	if err := r.bring(ctx, state, &plan, key, backoff); err != nil {
		resp.Diagnostics.Append(diagnostic.FromErrorAfter(
			"The key itself was created.", diagnostic.Create, subject(id), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// addOrRestore creates the key, or brings the one of this name back that was deleted, and returns
// it as it is then.
func (r *Resource) addOrRestore(ctx context.Context, uri, id string, plan model,
	backoff *azure.Backoff,
) (state model, key version, diags diag.Diagnostics) {
	state = plan
	state.RotationPolicy = nil
	key, err := r.add(ctx, uri, &plan, version{},
		plan.wanted(r.Client.ServerTime(), attribute.WireTags(plan.Tags)), backoff)
	if azure.HasCode(err, "ObjectIsDeletedButRecoverable") {
		if key, err = r.restore(ctx, uri, plan.Name.ValueString(), backoff); err == nil {
			diags.AddWarning("Key Vault Key Recovered", fmt.Sprintf("The key %s had been deleted "+
				"and was still recoverable. It was recovered, with all its versions, and is brought "+
				"in line with the configuration.", id))
		}
		state.RotateWhenChanged = types.MapNull(types.StringType)
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

	id, err := protection.ParseKeyID(r.Client, state.ID.ValueString())
	if err == nil && state.KeyVaultID.IsNull() {
		resp.Diagnostics.Append(r.findVault(ctx, id, &state)...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	if err == nil {
		err = r.read(ctx, id, &state)
	}
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

func (r *Resource) read(ctx context.Context, id customerkey.KeyID, state *model) error {
	key, err := r.newest(ctx, id.VaultURI, id.Name)
	if err != nil {
		return err
	}
	importing := attribute.Imported(state.Name)
	state.observe(key)
	state.RotationPolicy, err = r.readPolicy(ctx, id, state.RotationPolicy, importing)
	if importing && state.RotationPolicy.gave(azure.Deref(key.Attributes)) {
		state.ExpirationDate = timetypes.NewRFC3339Null()
	}
	return err
}

// findVault finds the vault of a key that is imported: its identifier does not tell.
func (r *Resource) findVault(ctx context.Context, id customerkey.KeyID, state *model,
) (diags diag.Diagnostics) {
	vaultID, err := r.Client.VaultID(ctx, id.VaultURI)
	switch {
	case err != nil:
		diags.Append(diagnostic.FromError(diagnostic.Import, subject(id.String()), err))
	case vaultID == "":
		diags.AddError(diagnostic.Summary(diagnostic.Import, "Key Vault Key"), fmt.Sprintf(
			"Found: %s, whose vault is not in the subscription %s, or not for the caller to see.\n"+
				"Required: a key in a vault of the provider's subscription.\n"+
				"Remedy: import it with a provider block that has the vault's subscription.\n\n%s",
			id, r.Client.SubscriptionID(), diagnostic.NothingChanged))
	}
	state.KeyVaultID = attribute.NewResourceID(vaultID)
	return diags
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

	backoff := attribute.Backoff(ctx, r.Client, plan.Timeouts.Update, allowed().Update)
	planned := plan
	key, err := r.newestSoon(ctx, state.KeyVaultID.ValueString(), state.VaultURI.ValueString(),
		state.Name.ValueString(), backoff)
	if err == nil {
		err = r.bring(ctx, state, &plan, key, backoff)
	}
	if err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Update, subject(state.ID.ValueString()), err))
		return
	}
	if !planned.Version.IsUnknown() {
		// Key Vault may have made a version by itself since: the next plan shows it.
		plan.Version, plan.VersionedID = planned.Version, planned.VersionedID
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

	resp.Diagnostics.Append(r.refuseInUse(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := attribute.Backoff(ctx, r.Client, state.Timeouts.Delete, allowed().Delete)
	err := r.remove(ctx, state.VaultURI.ValueString(), state.Name.ValueString(), backoff)
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
	id, err := protection.ParseKeyID(r.Client, given.ValueString())
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
