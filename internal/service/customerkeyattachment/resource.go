// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeyattachment is azuremedia_customer_key_attachment: which customer's key wraps
// the key of an account. It changes the account's encryption, and nothing else of the account.
package customerkeyattachment

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const typeName = "azuremedia_customer_key_attachment"

// subject is the attachment as diagnostics speak of it.
func subject(m *model) diagnostic.Subject {
	return diagnostic.Subject{
		Noun: "Customer Key Attachment", Type: typeName, ID: m.AccountID.ValueString(),
	}
}

func accountPath() path.Path { return path.Root("account_id") }
func waitPath() path.Path    { return path.Root("wait_for_current_version") }

// allowed is how long each operation may take unless the configuration says otherwise. Grants take
// up to ten minutes to act, and new versions up to fifteen to be noticed.
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

// Resource is azuremedia_customer_key_attachment.
type Resource struct{ base.Resource }

func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest,
	resp *resource.SchemaResponse,
) {
	resp.Schema = resourceSchema(ctx)
}

// ModifyPlan holds what is known against the rules. A plan to destroy is always fine.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if req.Plan.Raw.IsNull() || r.Client == nil {
		return
	}
	var plan model
	var state *model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		state = new(model)
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.plan(ctx, &plan, state)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// Create attaches the key. Once it is attached nothing that follows is an error: that would have
// Terraform take the key off the account again, only to attach it anew.
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

	account, diags := r.unattached(ctx, &plan)
	if !diags.HasError() {
		account, diags = r.attach(ctx, diagnostic.Create, &plan, account, backoff)
	}
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.observe(account.Encryption)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
	if plan.Wait.ValueBool() {
		account, reason, err := r.settle(ctx, &plan, backoff)
		if err != nil {
			reason = diag.NewWarningDiagnostic("Customer Key Version Not Known",
				"The key is attached, but it could not be seen which version is in use: "+err.Error())
		}
		if reason != nil {
			resp.Diagnostics.Append(reason)
		}
		if err == nil {
			plan.observe(account.Encryption)
			resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
		}
	}
}

// Read shows what Azure says. An account that went back to the system key has no attachment.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, state.ID)...)
	ctx, cancel := attribute.Deadline(ctx, state.Timeouts.Read, allowed().Read, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	if state.AccountID.IsNull() { // It is being imported.
		state.AccountID = state.ID
	}

	account, err := r.read(ctx, state.AccountID.ValueString())
	switch {
	case azure.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(&state), err))
		return
	case !account.Encryption.CustomerKey:
		resp.State.RemoveResource(ctx)
		return
	}
	state.observe(account.Encryption)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update changes the key in place: the account never goes over the system key.
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

	account, diags := r.change(ctx, &plan, &state, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.Wait.ValueBool() {
		settled, reason, err := r.settle(ctx, &plan, backoff)
		if err != nil {
			resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(&plan), err))
		} else {
			account = settled
		}
		if reason != nil {
			resp.Diagnostics.Append(reason)
		}
	}
	plan.observeUnknown(account.Encryption)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(attribute.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// Delete returns the account to the system key, before key, grant and vault go (CMK014). An
// account that cannot reach its key cannot be changed: then it says so and goes on (CMK013).
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
	resp.Diagnostics.Append(
		r.revert(ctx, &state, attribute.Backoff(ctx, r.Client, state.Timeouts.Delete, allowed().Delete))...)
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	var resourceTypes []string
	for _, kind := range protection.Kinds() {
		resourceTypes = append(resourceTypes, kind.ResourceType)
	}
	attribute.ImportAny(ctx, resourceTypes, req, resp)
}

// read reads an account of whatever kind.
func (r *Resource) read(ctx context.Context, id string) (protection.Account, error) {
	kind, err := protection.Of(r.Client, id)
	if err != nil {
		return protection.Account{}, err
	}
	return kind.Read(ctx, id)
}

// unattached reads an account that is to be attached for the first time.
func (r *Resource) unattached(ctx context.Context, plan *model,
) (protection.Account, diag.Diagnostics) {
	account, err := r.read(ctx, plan.AccountID.ValueString())
	switch {
	case azure.IsNotFound(err):
		return account, diag.Diagnostics{accountMissing(plan)}
	case err != nil:
		return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Create, subject(plan), err)}
	case account.Encryption.CustomerKey:
		return account, diag.Diagnostics{refuseAttached(plan, account)}
	}
	return account, nil
}

// change does what an update is for: it attaches another key, waits for access that was lost, or
// has nothing to do with the account at all.
func (r *Resource) change(ctx context.Context, plan, state *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	if plan.attaches(state) {
		if plan.Status.IsUnknown() {
			return r.regain(ctx, diagnostic.Update, plan, backoff)
		}
		account, err := r.read(ctx, plan.AccountID.ValueString())
		if err != nil {
			return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
		}
		return account, nil
	}
	account, err := r.read(ctx, plan.AccountID.ValueString())
	var found protection.Access
	if err == nil && account.Encryption.CustomerKey {
		found, err = protection.Examine(ctx, r.Client, account)
	}
	switch {
	case err != nil:
		return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Update, subject(plan), err)}
	case found.Lost && !mends(found):
		return account, diag.Diagnostics{diagnostic.FromViolation(inaccessible(found))}
	}
	return r.attach(ctx, diagnostic.Update, plan, account, backoff)
}

// revert returns the account to the system key.
func (r *Resource) revert(ctx context.Context, state *model, backoff *azure.Backoff) diag.Diagnostics {
	kind, err := protection.Of(r.Client, state.AccountID.ValueString())
	if err != nil {
		return diag.Diagnostics{noSuchAccount(accountPath(), err)}
	}
	account, err := kind.Read(ctx, state.AccountID.ValueString())
	switch {
	case azure.IsNotFound(err):
		return nil
	case err != nil:
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Delete, subject(state), err)}
	case !account.Encryption.CustomerKey:
		return nil
	case !attached(state, account):
		return diag.Diagnostics{attachedElsewhere(state, account)}
	case account.Encryption.Status != "":
		return r.notReverted(ctx, state, account, nil)
	}
	for {
		err := kind.Revert(ctx, account.ID)
		switch {
		case err == nil, azure.IsNotFound(err):
			return nil
		case azure.IsConflict(err) && backoff.Wait(ctx):
			continue
		case !azure.IsRefused(err): // Whether it was done is open: the account tells.
			found, readErr := lookAgain(ctx, kind, account.ID)
			if readErr == nil && !found.Encryption.CustomerKey {
				return nil
			}
		}
		return r.notReverted(ctx, state, account, err)
	}
}

// attached reports whether the account is attached to the key of the state, in whatever version. An
// identifier that cannot be read is not taken for another key.
func attached(state *model, account protection.Account) bool {
	known, found := attribute.KeyOf(state.KeyID), account.Encryption.Key
	return known.IsZero() || found.IsZero() || found.SameKey(known)
}

// notReverted says that an account could not be returned to the system key. If that is because it
// cannot reach its own key, the destruction goes on (CMK013); any other refusal stops it.
func (r *Resource) notReverted(ctx context.Context, state *model, account protection.Account,
	refused error,
) diag.Diagnostics {
	found, err := protection.Examine(ctx, r.Client, account)
	switch {
	case refused != nil && (err != nil || !found.Lost && !keyRefused(refused, found)):
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Delete, subject(state), refused)}
	case err != nil:
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Delete, subject(state), err)}
	}
	diagnosis := found.Diagnosis.Violation()
	return diag.Diagnostics{diagnostic.FromViolation(rule.Violation{
		Rule:     customerkey.Rule(customerkey.CMK013),
		Severity: rule.Warning,
		Found:    diagnosis.Found,
		Required: diagnosis.Required,
		Why: "Without its key the account cannot be changed: it still runs on " +
			account.Encryption.KeyID + ", nothing was reverted, and the destruction goes on",
		Remedy: "None is needed if the account is destroyed as well, which works in this state. " +
			"Otherwise: " + diagnosis.Remedy,
	})}
}

// keyRefused reports whether a change was refused because of the key: the service itself refused it,
// and something is wrong with the key that may well be the reason.
func keyRefused(refused error, found protection.Access) bool {
	answer, ok := azure.AsError(refused)
	cause := found.Diagnosis.Cause()
	return ok && (answer.Status == http.StatusBadRequest || answer.Status == http.StatusForbidden) &&
		!azure.HasCode(refused, "AuthorizationFailed", "LinkedAuthorizationFailed", "RequestDisallowedByPolicy") &&
		cause != customerkey.CauseUnknown && cause != customerkey.KeyExpired
}

func attachedElsewhere(state *model, account protection.Account) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Customer Key Attached By Somebody Else",
		"The account "+account.ID+" is no longer attached to "+state.KeyID.ValueString()+", but to "+
			account.Encryption.KeyID+". That attachment is not this one's, and was left as it is.")
}
