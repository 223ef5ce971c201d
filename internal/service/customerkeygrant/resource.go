// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeygrant holds azuremedia_customer_key_grant: an identity's permission to use the
// customers' keys of a vault.
package customerkeygrant

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:   "azuremedia_customer_key_grant",
		Title:  "Customer Key Grant",
		Schema: resourceSchema,
		Timeouts: base.Timeouts{
			Create: 15 * time.Minute, Read: 5 * time.Minute,
			Update: 15 * time.Minute, Delete: 15 * time.Minute,
		},
	})}
}

// Resource is azuremedia_customer_key_grant.
type Resource struct{ base.Resource }

// ModifyPlan plans to complete a grant that lost a permission, or whose vault has switched between
// access policies and roles. It warns of a plan that takes the grant away from accounts that read their
// key by it (CMK016).
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	if r.Client == nil {
		return
	}
	var plan, state model
	created, destroyed := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !created {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !destroyed {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !created && (destroyed || plan.replaces(&state)) {
		record, diags := recorded(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
		if violation, found := r.removal(&state, record).Warning(ctx, r.Client, !destroyed); found {
			resp.Diagnostics.Append(diagnostic.FromViolation(violation))
		}
		return
	}
	switching := protection.IntentsOf(r.Client).Switching(plan.KeyVaultID.ValueString())
	if state.complete() && !switching {
		return
	}
	if switching && state.Mode.ValueString() == string(byRole) && !plan.KeyName.IsNull() {
		resp.Diagnostics.Append(policyForOneKey())
		return
	}
	protection.IntentsOf(r.Client).Grants(plan.KeyVaultID.ValueString(), plan.PrincipalID.ValueString(),
		plan.KeyName.ValueString())
	if created {
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
	ctx, cancel := r.Deadline(ctx, diagnostic.Create, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := r.Backoff(ctx, diagnostic.Create, plan.Timeouts)

	resp.Diagnostics.Append(r.refuseExisting(ctx, plan.grant())...)
	if resp.Diagnostics.HasError() {
		return
	}
	record, diags := r.grantMissing(ctx, diagnostic.Create, &plan, nothingAdded(), backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, record.encode())...)
	resp.Diagnostics.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Refresh(ctx, &r.Resource, req, resp, r.read)
}

// Update grants what is missing, in the way that the vault now grants access, and then revokes what was
// granted in the other way.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Update, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := r.Backoff(ctx, diagnostic.Update, plan.Timeouts)

	if plan.Mode.IsUnknown() {
		next, diags := r.grantMissing(ctx, diagnostic.Update, &plan, record, backoff)
		resp.Diagnostics.Append(diags...)
		if resp.Diagnostics.HasError() {
			return
		}
		if !plan.Mode.Equal(state.Mode) {
			if err := r.revoke(ctx, &state, record, backoff); err != nil {
				resp.Diagnostics.Append(diagnostic.FromErrorAfter("The identity was granted access in the "+
					"vault's new mode.", diagnostic.Update, r.Subject(plan.Identifier()), err))
				return
			}
		}
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, next.encode())...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
}

// Delete revokes what this resource granted, and nothing that others granted. It refuses to do so as long
// as accounts read their key by it (CMK016).
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	base.Delete(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		if err := r.removal(state, record).Refuse(ctx, r.Client); err != nil {
			return err
		}
		return r.revoke(ctx, state, record, r.Backoff(ctx, diagnostic.Delete, state.Timeouts))
	})
}

func (r *Resource) ImportState(ctx context.Context, req resource.ImportStateRequest,
	resp *resource.ImportStateResponse,
) {
	base.Import(ctx, req, resp, func(text string) (string, error) {
		imported, err := parseID(text)
		return imported.id(), err
	})
}
