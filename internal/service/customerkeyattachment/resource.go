// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeyattachment holds azuremedia_customer_key_attachment: the customer-managed key
// that wraps the key of an account. It translates between Terraform and package protection, which
// has the procedure; it must not import another noun.
package customerkeyattachment

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

const typeName = "azuremedia_customer_key_attachment"

// noun describes the attachment. New grants take up to ten minutes to act, and new versions of a key
// up to fifteen to be noticed.
func noun() base.Noun {
	described := base.Noun{
		Type:   typeName,
		Title:  "Customer Key Attachment",
		Schema: resourceSchema,
		Timeouts: base.Timeouts{
			Create: 30 * time.Minute, Read: 5 * time.Minute,
			Update: 30 * time.Minute, Delete: 30 * time.Minute,
		},
	}
	for _, kind := range protection.Kinds() {
		described.ResourceTypes = append(described.ResourceTypes, kind.ResourceType)
	}
	return described
}

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource { return &Resource{base.NewResource(noun())} }

// Resource is azuremedia_customer_key_attachment.
type Resource struct{ base.Resource }

// ModifyPlan checks what is known against the rules. A plan to destroy always passes.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if req.Plan.Raw.IsNull() {
		state := new(model)
		resp.Diagnostics.Append(req.State.Get(ctx, state)...)
		if !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(r.leave(ctx, state, resp.Private)...)
		}
		return
	}
	if r.Client == nil {
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
	token, diags := base.Token(ctx, resp.Private)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(r.own(ctx, resp.Private, &plan, state, token)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.plan(ctx, &plan, state, token)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// Create attaches the key. Once it is attached nothing that follows is an error, because Terraform
// would then revert the account only to attach the key again.
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

	account, diags := r.create(ctx, &plan, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.observe(account.Encryption)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(ownership(&plan, &plan).Applied(ctx, r.Client, resp.Private)...)
	if plan.Wait.ValueBool() {
		settled, reason, err := r.settle(ctx, &plan, backoff)
		if err != nil {
			resp.Diagnostics.Append(versionNotKnown(err))
			return
		}
		resp.Diagnostics.Append(reason...)
		plan.observe(settled.Encryption)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
}

// Read shows the encryption that Azure has. An account on the system key has no attachment.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(base.Recognize(ctx, resp.Private)...)
	base.Refresh(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		if state.AccountID.IsNull() { // It is being imported.
			state.AccountID = state.ID
		}
		account, err := r.read(ctx, state)
		switch {
		case err != nil:
			return err
		case !account.Encryption.CustomerKey:
			return &azure.Error{Status: http.StatusNotFound, Code: "NotAttached"}
		}
		state.observe(account.Encryption)
		return nil
	})
}

// Update changes the key in place: the account never uses the system key in between.
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

	account, diags := r.update(ctx, &plan, &state, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.Wait.ValueBool() {
		settled, reason, err := r.settle(ctx, &plan, backoff)
		if err != nil {
			resp.Diagnostics.Append(r.failed(diagnostic.Read, &plan, err)...)
		} else {
			account = settled
		}
		resp.Diagnostics.Append(reason...)
	}
	plan.observeUnknown(account.Encryption)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(ownership(&plan, &plan).Applied(ctx, r.Client, resp.Private)...)
}

// Delete returns the account to the system key, before key, grant and vault are deleted (CMK014). An
// account that cannot access its key cannot be changed: a warning says so, and the destruction goes
// on (CMK013). An account whose key another owner holds keeps it.
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Delete, state.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	held, diags := req.Private.GetKey(ctx, heldKey)
	resp.Diagnostics.Append(diags...)
	token, diags := base.Token(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if len(held) > 0 || resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(
		r.delete(ctx, &state, token, r.Backoff(ctx, diagnostic.Delete, state.Timeouts))...)
}
