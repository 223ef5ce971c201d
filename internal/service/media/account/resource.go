// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package account is azuremedia_account: a Media Services account with the storage accounts under
// it. The customer's key over it can be a part of it, or an azuremedia_customer_key_attachment of
// its own, which is the only way for a key that the account's system-assigned identity reads.
package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

const typeName = "azuremedia_account"

// subject is the account as diagnostics speak of it.
func subject(id string) diagnostic.Subject {
	return diagnostic.Subject{Noun: "Media Services Account", Type: typeName, ID: id}
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
	_ resource.ResourceWithMoveState      = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(base.Noun{Type: typeName})} }

// Resource is azuremedia_account.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ValidateConfig finds what contradicts itself, or the rules that need no Azure (ACC001, ACC005).
func (r *Resource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	var config model
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(config.validate()...)
	}
}

// ModifyPlan holds what is known against Azure: the name, the storage accounts (ACC001 to ACC005)
// and the customer's key. Terraform plans once more when it applies: what was unknown is known by
// then, and found before anything is changed. A plan to destroy is always fine (CMK013).
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || r.Client == nil {
		return
	}
	var plan, state, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(r.checkCreation(ctx, plan.account)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || len(resp.RequiresReplace) > 0 {
		return // The creation that belongs to a replacement is planned by itself.
	}
	if state.failed() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx,
			path.Root("provisioning_state"), types.StringUnknown())...)
	}
	_, changes, _ := plan.changed(ctx, state.account)
	status := media.EncryptionIn(state.Encryption).Status
	switch {
	case changes:
		resp.Diagnostics.Append(r.keys().CheckAccess(ctx, state.keyed())...)
		if resp.Diagnostics.HasError() {
			return // One cause is enough.
		}
		resp.Diagnostics.Append(r.checkStorage(ctx, plan.account, state.account)...)
		resp.Diagnostics.Append(r.keys().CheckChange(ctx, plan.keyed(), state.keyed())...)
	case !status.IsNull() && !config.Encryption.IsNull():
		// There is something to do after all: an update, which waits for access to come back.
		resp.Diagnostics.Append(r.keys().WarnInaccessible(ctx, state.keyed())...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx,
			path.Root("encryption").AtName("status"), types.StringUnknown())...)
	}
}

// Create creates the account. From the moment that Azure has it it is in the state, so that one
// that does not come up is replaced by the next apply: there is nothing in it yet.
func (r *Resource) Create(ctx context.Context, req resource.CreateRequest,
	resp *resource.CreateResponse,
) {
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	ctx, cancel := attribute.Deadline(ctx, plan.Timeouts.Create, allowed().Create, &resp.Diagnostics)
	defer cancel()
	sent, diags := plan.created(ctx)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := attribute.Backoff(ctx, r.Client, plan.Timeouts.Create, allowed().Create)

	id := azure.ID(r.Client.SubscriptionID(), plan.ResourceGroupName.ValueString(),
		azure.MediaAccountType, plan.Name.ValueString())
	_, err := r.calls().Get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(
		r.missingStorage(ctx, id, plan.StorageAccounts, types.SetNull(storageType()))...)
	resp.Diagnostics.Append(r.keys().Refuse(ctx, plan.keyed(), protection.Account{})...)
	if resp.Diagnostics.HasError() {
		return
	}

	plan.ID = attribute.NewResourceID(id)
	ok := false
	account, err := r.calls().Create(ctx, id, sent, func() {
		ok = true
		begun := plan
		begun.complete(ctx, unfinished(sent))
		resp.Diagnostics.Append(resp.State.Set(ctx, begun)...)
		resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	}, backoff)
	switch {
	case r.keys().Forbidden(id, err) && !ok:
		resp.Diagnostics.Append(
			r.keys().StillForbidden(ctx, plan.keyed(), protection.Account{}, backoff.Spent()))
	case err != nil && ok:
		resp.Diagnostics.Append(diagnostic.FromErrorAfter("Azure has the account, but it is not in "+
			"order: the next apply deletes it and creates it anew.",
			diagnostic.Create, subject(id), err))
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Create, subject(id), err))
	default:
		plan.complete(ctx, account)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// unfinished is the account as it was sent, which is all that is known of it until it is there.
func unfinished(sent armmedia.Account) armmedia.Account {
	properties := *sent.Properties
	properties.ProvisioningState = to.Ptr(armmedia.InProgress)
	sent.Properties = &properties
	return sent
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

	account, err := r.calls().Get(ctx, state.ID.ValueString())
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err))
		return
	}
	state.observe(account)
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
	backoff := attribute.Backoff(ctx, r.Client, plan.Timeouts.Update, allowed().Update)

	account, diags := r.change(ctx, state.account, plan.account, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.complete(ctx, account)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// change does what an update is for, and returns the account as it is then.
func (r *Resource) change(ctx context.Context, state, plan account, backoff *azure.Backoff,
) (armmedia.Account, diag.Diagnostics) {
	id := state.ID.ValueString()
	update, changes, diags := plan.changed(ctx, state)
	if diags.HasError() {
		return armmedia.Account{}, diags
	}
	if !changes {
		return r.unchanged(ctx, id, plan, backoff)
	}
	if plan.storageChanges(state) {
		diags.Append(r.missingStorage(ctx, id, plan.StorageAccounts, state.StorageAccounts)...)
	}
	var now protection.Account
	if plan.encryptionChanges(state) {
		var err error
		if now, err = r.keys().Read(ctx, id); err != nil {
			diags.Append(diagnostic.FromError(diagnostic.Update, subject(id), err))
		} else {
			diags.Append(r.keys().Refuse(ctx, plan.keyed(), now)...)
		}
	}
	if diags.HasError() {
		return armmedia.Account{}, diags
	}

	account, left, err := r.update(ctx, state, plan, update, backoff)
	switch {
	case r.keys().Forbidden(id, err):
		diags.Append(r.keys().StillForbidden(ctx, plan.keyed(), now, backoff.Spent()))
	case err != nil:
		diags.Append(diagnostic.FromError(diagnostic.Update, subject(id), err))
	case len(left) > 0:
		diags.Append(leftAttached(id, left))
	}
	return account, diags
}

// unchanged is for an update with nothing to send: of the timeouts, of what is no longer managed
// here, or one that waits for access to the key to come back.
func (r *Resource) unchanged(ctx context.Context, id string, plan account,
	backoff *azure.Backoff,
) (armmedia.Account, diag.Diagnostics) {
	if media.EncryptionIn(plan.Encryption).Status.IsUnknown() {
		if diags := r.keys().Regain(ctx, id, backoff); diags.HasError() {
			return armmedia.Account{}, diags
		}
	}
	account, err := r.calls().Get(ctx, id)
	if err != nil {
		return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(id), err)}
	}
	return account, nil
}

// leftAttached says that storage accounts were found attached that nobody had planned about.
func leftAttached(id string, left []*armmedia.StorageAccount) diag.Diagnostic {
	var ids []string
	for _, storage := range left {
		ids = append(ids, azure.Deref(storage.ID))
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("storage_accounts"),
		"Storage Account Left Attached", fmt.Sprintf("While this plan waited to be applied, something "+
			"else attached storage to %s:\n\n  %s\n\nIt was left attached. The next plan shows it as "+
			"a difference: add it to the configuration to keep it.", id, strings.Join(ids, "\n  ")))
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
	err := r.calls().Delete(ctx, id, attribute.Backoff(ctx, r.Client, state.Timeouts.Delete, allowed().Delete))
	if err != nil && !azure.IsNotFound(err) {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Delete, subject(id), err))
	}
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	attribute.Import(ctx, azure.MediaAccountType, req, resp)
}
