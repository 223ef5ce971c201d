// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeygrant is azuremedia_customer_key_grant: what the identity of an account may do
// with a customer's key.
package customerkeygrant

import (
	"context"
	"encoding/json"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

const typeName = "azuremedia_customer_key_grant"

// subject is the grant as diagnostics speak of it.
func subject(g grant) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Customer Key Grant", Type: typeName, ID: g.id()}
}

// allowed is how long each operation may take unless the configuration says otherwise.
func allowed() attribute.TimeoutDefaults {
	return attribute.TimeoutDefaults{
		Create: 15 * time.Minute,
		Read:   5 * time.Minute,
		Update: 15 * time.Minute,
		Delete: 15 * time.Minute,
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

// Resource is azuremedia_customer_key_grant.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ModifyPlan plans to complete a grant of which something was taken away, or which is not granted
// in the vault's way any more.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || req.State.Raw.IsNull() {
		return
	}
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || state.complete() {
		return
	}
	plan.KeyPermissions = allPermissions()
	plan.Mode, plan.RoleAssignmentID = types.StringUnknown(), types.StringUnknown()
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
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

	resp.Diagnostics.Append(r.refuseExisting(ctx, plan.grant())...)
	if resp.Diagnostics.HasError() {
		return
	}
	record, diags := r.give(ctx, diagnostic.Create, &plan, nothingAdded(), backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, record.encode())...)
	resp.Diagnostics.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
}

// Read shows what the grant gives now. A grant that is not in the vault's way of deciding gives
// nothing.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Read, allowed().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}

	found, err := r.find(ctx, &state)
	switch {
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(state.grant()), err))
		return
	case !found:
		resp.State.RemoveResource(ctx)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update grants what is missing, in the way that the vault decides by now, and then takes back what
// was granted in the other way.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Update, allowed().Update, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := attribute.Backoff(ctx, r.Client, plan.Timeouts.Update, allowed().Update)

	if !state.complete() {
		next, diags := r.give(ctx, diagnostic.Update, &plan, record, backoff)
		resp.Diagnostics.Append(diags...)
		if resp.Diagnostics.HasError() {
			return
		}
		if !plan.Mode.Equal(state.Mode) {
			if err := r.takeBack(ctx, &state, record, backoff); err != nil {
				resp.Diagnostics.Append(diagnostic.FromErrorAfter("The identity was granted access in the "+
					"vault's new way.", diagnostic.Update, subject(plan.grant()), err))
				return
			}
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, next.encode())...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
}

// Delete takes back what was granted, and nothing that somebody else granted.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Delete, allowed().Delete, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := attribute.Backoff(ctx, r.Client, state.Timeouts.Delete, allowed().Delete)
	if err := r.takeBack(ctx, &state, record, backoff); err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Delete, subject(state.grant()), err))
	}
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	given := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &given)...)
	}
	imported, err := parseID(given.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Invalid Import ID", "Found: "+err.Error()+
			".\nRemedy: put the vault's ID and the object ID of the identity together.\n\n"+
			diagnostic.NothingChanged)
		return
	}
	id := attribute.NewResourceID(imported.id())
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, id)...)
}

// find looks for the grant, and shows it in the state.
func (r *Resource) find(ctx context.Context, state *model) (bool, error) {
	if state.KeyVaultID.IsNull() { // It is being imported.
		imported, err := parseID(state.ID.ValueString())
		if err != nil {
			return false, err
		}
		state.KeyVaultID = attribute.NewResourceID(imported.vaultID)
		state.PrincipalID = attribute.NewName(imported.principalID)
		if imported.keyName != "" {
			state.KeyName = attribute.NewName(imported.keyName)
		}
	}
	vault, err := r.vault(ctx, state.KeyVaultID.ValueString())
	switch {
	case azure.IsNotFound(err):
		return false, nil
	case err != nil:
		return false, err
	case !state.Mode.IsNull() && state.Mode.ValueString() != string(modeOf(vault)):
		state.KeyPermissions = permissionSet(nil)
		return true, nil
	}
	held, assignmentID, err := r.held(ctx, state.grant(), vault)
	state.observe(modeOf(vault), held, assignmentID)
	return len(held) > 0, err
}

// held is what the grant gives, in the way that the vault decides by.
func (r *Resource) held(ctx context.Context, g grant, vault armkeyvault.Vault,
) (permissions []string, assignmentID string, err error) {
	if modeOf(vault) == byPolicy {
		return heldByPolicy(vault, g.principalID), "", nil
	}
	assignmentID, err = r.assignment(ctx, g)
	if err != nil || assignmentID == "" {
		return nil, "", err
	}
	return customerkey.RequiredKeyPermissions(), assignmentID, nil
}

// refuseExisting refuses to take over a grant that is there already.
func (r *Resource) refuseExisting(ctx context.Context, g grant) diag.Diagnostics {
	vault, err := r.vault(ctx, g.vaultID)
	if err == nil {
		var held []string
		held, _, err = r.held(ctx, g, vault)
		if err == nil && len(missing(held)) == 0 {
			return diag.Diagnostics{diagnostic.AlreadyExists(subject(g))}
		}
	}
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Create, subject(g), err)}
	}
	return nil
}

// give grants what is missing in the way that the vault decides by, and shows it in the plan. It
// returns the record of all that was ever added to the access policy.
func (r *Resource) give(ctx context.Context, act diagnostic.Act, plan *model, record added,
	backoff *azure.Backoff,
) (added, diag.Diagnostics) {
	g := plan.grant()
	vault, err := r.vault(ctx, g.vaultID)
	if err != nil {
		return record, diag.Diagnostics{diagnostic.FromError(act, subject(g), err)}
	}
	by := modeOf(vault)
	if by == byPolicy && g.keyName != "" {
		return record, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("key_name"),
			"Access Policy For One Key",
			"Found: a vault that decides by access policies.\nRequired: a vault that decides by roles.\n"+
				"Why: an access policy is about all keys of its vault.\n"+
				"Remedy: leave key_name out, or switch the vault to roles.\n\n"+diagnostic.NothingChanged)}
	}

	held, assignmentID, err := r.held(ctx, g, vault)
	if lacking := missing(held); err == nil && len(lacking) > 0 {
		if by == byPolicy {
			record = record.and(lacking)
			err = r.addPolicy(ctx, g, vault, lacking, backoff)
		} else {
			assignmentID, err = r.assign(ctx, g)
		}
	}
	if err != nil {
		return record, diag.Diagnostics{diagnostic.FromError(act, subject(g), err)}
	}
	plan.observe(by, customerkey.RequiredKeyPermissions(), assignmentID)
	return record, nil
}

// takeBack takes back what was granted in the way of the state.
func (r *Resource) takeBack(ctx context.Context, state *model, record added,
	backoff *azure.Backoff,
) error {
	g := state.grant()
	if state.Mode.ValueString() == string(byRole) {
		return r.unassign(ctx, g, state.RoleAssignmentID.ValueString())
	}
	vault, err := r.vault(ctx, g.vaultID)
	if azure.IsNotFound(err) {
		return nil // It went, and its policies with it.
	}
	if err != nil {
		return err
	}
	taken := record.KeyPermissions
	if taken == nil {
		taken = customerkey.RequiredKeyPermissions()
	}
	return r.removePolicy(ctx, g, vault, taken, backoff)
}

// awaitEffect waits until Azure shows the grant to whoever asks what the identity may do. That the
// vault itself acts by it can take some minutes more and cannot be seen from here: whoever uses
// the grant waits for that. Azure has accepted the grant, so that nothing here is an error.
func (r *Resource) awaitEffect(ctx context.Context, g grant, backoff *azure.Backoff,
) diag.Diagnostics {
	for {
		seen, err := facts.New(r.Client).Grant(ctx, g.vaultID, g.keyName, g.principalID)
		switch {
		case err != nil:
			return diag.Diagnostics{diag.NewWarningDiagnostic("Customer Key Grant Not Seen",
				"Access was granted, but it could not be seen whether Azure shows it: "+err.Error())}
		case seen.Complete() || len(seen.Denied()) == 0: // What may not be seen is not waited for.
			return nil
		case !backoff.Wait(ctx):
			return diag.Diagnostics{diag.NewWarningDiagnostic("Customer Key Grant Not Seen",
				"Access was granted, but Azure does not show it after "+backoff.Spent()+".")}
		}
	}
}

// private is the private state of a request.
type private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// recorded reads the record of what was added.
func recorded(ctx context.Context, state private) (added, diag.Diagnostics) {
	var record added
	encoded, diags := state.GetKey(ctx, addedKey)
	if len(encoded) > 0 {
		if err := json.Unmarshal(encoded, &record); err != nil {
			diags.Append(diagnostic.ProviderBug("The private state of a grant cannot be read: " + err.Error()))
		}
	}
	return record, diags
}

func (a added) encode() []byte {
	encoded, err := json.Marshal(a)
	if err != nil {
		return nil // A list of texts can always be written.
	}
	return encoded
}
