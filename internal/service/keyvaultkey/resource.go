// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvaultkey holds azuremedia_key_vault_key: a customer's key in all its versions. Its ID has
// no version, and stays when a version is added.
package keyvaultkey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

var (
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:   "azuremedia_key_vault_key",
		Title:  "Key Vault Key",
		Schema: resourceSchema,
		Timeouts: base.Timeouts{
			Create: 30 * time.Minute, Read: 5 * time.Minute,
			Update: 30 * time.Minute, Delete: 30 * time.Minute,
		},
	})}
}

// Resource is azuremedia_key_vault_key.
type Resource struct{ base.Resource }

// ValidateConfig refuses dates in the wrong order.
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	resp.Diagnostics.Append(attribute.ValidMoments(req.Config.Raw, "not_before_date", "expiration_date")...)
	var notBefore, expiration timetypes.RFC3339
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("not_before_date"), &notBefore)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("expiration_date"), &expiration)...)
	from, until := instant(notBefore), instant(expiration)
	if from != nil && until != nil && !from.Before(*until) {
		resp.Diagnostics.Append(diagnostic.Refuse(path.Root("expiration_date"), diagnostic.Refusal{
			Title:    "Key Never Valid",
			Found:    expiration.ValueString(),
			Required: "a time after not_before_date, " + notBefore.ValueString(),
			Why:      "The key would expire before it can be used",
			Remedy:   "Correct one of the two",
		}))
	}
}

// ModifyPlan leaves the version unknown if the plan adds one, and warns of a plan that takes the key
// away from accounts.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if req.State.Raw.IsNull() && r.Client != nil {
		resp.Diagnostics.Append(r.planRecovery(ctx, &resp.Plan)...)
		resp.Diagnostics.Append(r.checkPolicy(ctx, &req.State, &req.Plan, true)...)
	}
	if req.Plan.Raw.IsNull() && r.Client != nil {
		var state model
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		resp.Diagnostics.Append(r.warnInUse(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	// Of the other attributes, whole objects may still be unknown.
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
	adds := attribute.Triggers(before.rotate, after.rotate) ||
		!after.kind.Equal(before.kind) || !after.size.Equal(before.size)
	if r.Client != nil {
		resp.Diagnostics.Append(r.warnVaultDeleted(ctx, req.State)...)
		resp.Diagnostics.Append(r.checkUse(ctx, &req.State, &req.Plan, adds)...)
		resp.Diagnostics.Append(r.checkReach(ctx, req.State, req.Plan)...)
		resp.Diagnostics.Append(r.checkPolicy(ctx, &req.State, &req.Plan, adds)...)
	}
	if adds {
		for _, name := range []string{"version", "versioned_id"} {
			resp.Diagnostics.Append(
				resp.Plan.SetAttribute(ctx, path.Root(name), types.StringUnknown())...)
		}
	}
}

// planRecovery completes the plan for a new key where a deleted one is recovered: what identifies it is known
// already, so that what refers to it stays.
func (r *Resource) planRecovery(ctx context.Context, plan *tfsdk.Plan) (diags diag.Diagnostics) {
	var name attribute.NameValue
	var vaultID attribute.ResourceIDValue
	diags.Append(plan.GetAttribute(ctx, path.Root("name"), &name)...)
	diags.Append(plan.GetAttribute(ctx, path.Root("key_vault_id"), &vaultID)...)
	intents := protection.IntentsOf(r.Client)
	if diags.HasError() || name.IsUnknown() || vaultID.IsUnknown() ||
		intents.Recovering(vaultID.ValueString()) {
		return diags
	}
	key, deleted, err := r.deletedKey(ctx, vaultID.ValueString(), name.ValueString())
	if azure.IsNotFound(err) { // The vault answers.
		uri := r.Client.Cloud().VaultURI(azure.NameOf(vaultID.ValueString()))
		if _, err := r.newest(ctx, uri, name.ValueString()); err == nil {
			return append(diags, r.RefuseExisting(uri+"keys/"+name.ValueString())...)
		}
	}
	if !deleted {
		return diags
	}
	intents.RecoversKey(key)
	diags.AddAttributeWarning(path.Root("name"), "Key Vault Key Will Be Recovered", fmt.Sprintf("The key %s was "+
		"deleted and is still recoverable. This apply recovers it, with all its versions, instead of creating a "+
		"new one, and then updates it to match the configuration.", key))
	for name, value := range map[string]string{
		"id": key.String(), "versionless_id": key.String(), "vault_uri": key.VaultURI,
		"resource_versionless_id": customerkey.KeyScope(vaultID.ValueString(), key.Name),
	} {
		diags.Append(plan.SetAttribute(ctx, path.Root(name), value)...)
	}
	return diags
}

// warnVaultDeleted warns of a vault that was deleted, unless the same plan recovers it.
func (r *Resource) warnVaultDeleted(ctx context.Context, state tfsdk.State) (diags diag.Diagnostics) {
	var id string
	diags = state.GetAttribute(ctx, path.Root("key_vault_id"), &id)
	if diags.HasError() || !protection.IntentsOf(r.Client).Missing(id) {
		return diags
	}
	gone, found, err := facts.DeletedVaultAt(ctx, r.Client, id)
	if err == nil && found {
		diags.AddAttributeWarning(path.Root("key_vault_id"), "Key Vault Deleted", fmt.Sprintf("The vault %s was "+
			"deleted on %s. Until %s it can be recovered, and this key with it: az keyvault recover --name %s. "+
			"The key stays in the state as it was last seen.\n\n%s", gone.Name, gone.DeletedAt.Format(time.RFC3339),
			gone.PurgedAt.Format(time.RFC3339), gone.Name, gone.ID))
	}
	return diags
}

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

	backoff := r.Backoff(ctx, diagnostic.Create, plan.Timeouts)
	uri, err := r.vaultURI(ctx, plan.KeyVaultID.ValueString())
	if err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromErrorBefore(diagnostic.Create, r.Subject(plan.Name.ValueString()), err))
		return
	}
	id := uri + "keys/" + plan.Name.ValueString()
	state, key, diags := r.found(ctx, uri, id, plan, backoff)
	if !diags.HasError() && key.id.IsZero() {
		state, key, diags = r.addOrRestore(ctx, uri, id, plan, backoff)
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The key exists from here on, and Terraform must not replace it: it may have been recovered, and accounts use
	// it. What fails now, the next refresh finds, and the next apply does.
	if !key.id.IsZero() {
		err = r.settle(ctx, state, &plan, key, backoff)
	}
	if err != nil {
		resp.Diagnostics.Append(diagnostic.CreationUnfinished("The key itself was created.", r.Subject(id), err))
	}
	if err != nil || key.id.IsZero() {
		plan.unfinished(state)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// unfinishedKey marks in the private state a key whose creation was not finished. Which rotation it has had, its
// versions tell.
const unfinishedKey = "unfinished"

// unfinished completes the plan for a key that exists, as far as it is known.
func (m *model) unfinished(found model) {
	m.ID, m.VersionlessID, m.VaultURI = found.ID, found.ID, found.VaultURI
	m.ResourceVersionlessID = types.StringValue(customerkey.KeyScope(m.KeyVaultID.ValueString(), m.Name.ValueString()))
	m.Version, m.VersionedID = found.Version, found.VersionedID
}

// found returns the key if it came back with the vault, which this apply recovered, and no key if there is
// none. It refuses any other key that exists.
func (r *Resource) found(ctx context.Context, uri, id string, plan model, backoff *azure.Backoff,
) (state model, key version, diags diag.Diagnostics) {
	vaultID := plan.KeyVaultID.ValueString()
	key, err := r.awaitNewest(ctx, vaultID, uri, plan.Name.ValueString(), backoff)
	if err != nil || !protection.IntentsOf(r.Client).Recovering(vaultID) {
		return plan, version{}, diagnostic.RefuseExisting(r.Subject(id), err)
	}
	diags.AddWarning("Key Vault Key Recovered", fmt.Sprintf("The key %s came back with its vault, which was "+
		"recovered. It has all its versions, and is updated to match the configuration.", id))
	return asRecovered(plan, key), key, diags
}

// asRecovered returns the state of a key that was recovered for a plan.
func asRecovered(plan model, key version) model {
	plan.RotationPolicy, plan.RotateWhenChanged = nil, types.MapNull(types.StringType)
	plan.observe(key)
	return plan
}

// addOrRestore creates the key, or recovers the deleted one with its name, and returns it as it is
// then.
func (r *Resource) addOrRestore(ctx context.Context, uri, id string, plan model,
	backoff *azure.Backoff,
) (state model, key version, diags diag.Diagnostics) {
	key, err := r.add(ctx, uri, &plan, version{},
		plan.newVersion(r.Client.TimeOf(uri), attribute.WireTags(plan.Tags)), backoff)
	if azure.HasCode(err, "ObjectIsDeletedButRecoverable") {
		if key, err = r.restore(ctx, uri, plan.Name.ValueString(), backoff); err == nil {
			diags.AddWarning("Key Vault Key Recovered", fmt.Sprintf("The key %s had been deleted "+
				"and was still recoverable. It was recovered, with all its versions, and is updated "+
				"to match the configuration.", id))
		}
		if err == nil {
			return asRecovered(plan, key), key, diags
		}
	}
	switch {
	case azure.IsAccepted(err):
		plan.ID, plan.VaultURI = types.StringValue(id), types.StringValue(uri)
		plan.Version, plan.VersionedID = types.StringNull(), types.StringNull()
		diags.Append(diagnostic.CreationUnfinished("Azure accepted the recovery, so the state has the key.",
			r.Subject(id), err))
		return plan, version{}, diags
	case err != nil:
		return plan, key, diag.Diagnostics{diagnostic.FromError(diagnostic.Create, r.Subject(id), err)}
	}
	plan.RotationPolicy = nil
	plan.observe(key)
	return plan, key, diags
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Refresh(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		unfinished, diags := req.Private.GetKey(ctx, unfinishedKey)
		resp.Diagnostics.Append(diags...)
		if len(unfinished) > 0 {
			state.RotateWhenChanged = types.MapNull(types.StringType)
		}
		return r.read(ctx, state)
	})
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

	backoff := r.Backoff(ctx, diagnostic.Update, plan.Timeouts)
	planned := plan
	key, err := r.awaitNewest(ctx, state.KeyVaultID.ValueString(), state.VaultURI.ValueString(),
		state.Name.ValueString(), backoff)
	if err == nil {
		err = r.settle(ctx, state, &plan, key, backoff)
	}
	if err != nil {
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Update, r.Subject(state.Identifier()), err))
		return
	}
	if !planned.Version.IsUnknown() {
		// Key Vault may have added a version by itself since: the next plan shows it.
		plan.Version, plan.VersionedID = planned.Version, planned.VersionedID
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, nil)...)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		err := r.delete(ctx, state)
		if !r.shutOut(ctx, state.KeyVaultID.ValueString(), err) {
			return err
		}
		resp.Diagnostics.Append(leftBehind(state, err))
		return nil
	})
}

// ImportState imports the identifier of a key, without the version if it has one, and finds the vault,
// whose ID is not in it.
func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	ctx, cancel := r.Deadline(ctx, diagnostic.Import, timeouts.Value{}, &resp.Diagnostics)
	defer cancel()
	var key customerkey.KeyID
	base.Import(ctx, req, resp, func(text string) (string, error) {
		var err error
		key, err = protection.ParseKeyID(r.Client, text)
		if err == nil && key.InManagedHSM() {
			err = errors.New("it is the identifier of a key in a managed HSM")
		}
		if err != nil {
			return "", diagnostic.Refusal{
				Required: "the identifier of a key, such as https://<vault>.vault.azure.net/keys/<name>",
				Why:      err.Error(),
				Remedy:   "Copy the key identifier from the portal or from `az keyvault key show`",
			}
		}
		return key.Versionless().String(), nil
	})
	if resp.Diagnostics.HasError() {
		return
	}
	vaultID, err := r.findVault(ctx, key)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Import, r.Subject(key.String()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("key_vault_id"), vaultID)...)
}

func (r *Resource) findVault(ctx context.Context, key customerkey.KeyID) (string, error) {
	vaultID, err := r.Client.FindVault(ctx, r.Client.SubscriptionID(), key.VaultName, key.VaultURI)
	if err != nil || vaultID != "" {
		return vaultID, err
	}
	return "", diagnostic.Refusal{
		Title: "Key Vault Key Not Imported",
		Found: fmt.Sprintf("%s, whose vault is not in the subscription %s, or hidden from the caller",
			key, r.Client.SubscriptionID()),
		Required: "a key in a vault of the provider's subscription",
		Remedy:   "Import it with a provider block that has the vault's subscription",
	}
}
