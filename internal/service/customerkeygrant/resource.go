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

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
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
		MutableID: true,
	})}
}

// Resource is azuremedia_customer_key_grant.
type Resource struct{ base.Resource }

// ModifyPlan plans to complete a grant that lost a permission, or whose vault switches between access
// policies and roles; to move a grant, new access first; and to take away what an earlier move kept, as
// soon as no account needs it. It warns of a plan that takes the grant away from accounts that read their
// key by it (CMK016).
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
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
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	kept, diags := r.retained(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if destroyed {
		resp.Diagnostics.Append(state.ownership(true).Release(ctx, r.Client, resp.Private)...)
		for _, one := range append(kept, retain(state.access(record))) {
			if violation, found := r.removal(one.access()).Warning(ctx, r.Client, false); found {
				resp.Diagnostics.Append(diagnostic.FromViolation(violation))
			}
		}
		return
	}
	moves := !created && plan.moves(&state)
	resp.Diagnostics.Append(plan.ownership(!created && !moves).Claim(ctx, r.Client, resp.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	switching := protection.IntentsOf(r.Client).Switching(plan.KeyVaultID.ValueString())
	if switching && state.Mode.ValueString() == string(byRole) && !plan.KeyName.IsNull() {
		resp.Diagnostics.Append(policyForOneKey())
		return
	}
	if created && !switching && r.forOneKeyByPolicy(ctx, plan) {
		resp.Diagnostics.Append(policyForOneKey())
		return
	}
	completes := !created && !moves && (switching || !state.complete())
	if created || moves || completes {
		protection.IntentsOf(r.Client).Grants(plan.KeyVaultID.ValueString(), plan.PrincipalID.ValueString(),
			plan.KeyName.ValueString())
	}
	if moves {
		plan.expectMove()
	} else {
		staying, diags := r.stays(ctx, kept)
		resp.Diagnostics.Append(diags...)
		plan.RetainedIDs = retainedIDs(staying)
	}
	if completes {
		plan.expectGrant()
		if len(kept) > 0 { // What is retained follows the vault as well.
			plan.RetainedIDs = types.SetUnknown(types.StringType)
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// forOneKeyByPolicy reports whether a plan asks for access to one key of a vault that goes by access policies.
// A vault that cannot be read, or is made in the same apply, is left to the apply.
func (r *Resource) forOneKeyByPolicy(ctx context.Context, plan model) bool {
	if plan.KeyName.ValueString() == "" || plan.KeyVaultID.ValueString() == "" {
		return false
	}
	vault, err := r.vault(ctx, plan.KeyVaultID.ValueString())
	return err == nil && modeOf(vault) == byPolicy
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

	takenUp, diags := r.existing(ctx, plan.grant())
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	record := nothingAdded()
	if takenUp || protection.IntentsOf(r.Client).Recovering(plan.KeyVaultID.ValueString()) {
		record = added{} // All of it is its own, as is what came back with the vault.
	}
	record, diags = r.grantMissing(ctx, diagnostic.Create, &plan, record, backoff)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, encode(record))...)
	resp.Diagnostics.Append(plan.ownership(true).Applied(ctx, r.Client, resp.Private)...)
	resp.Diagnostics.Append(r.awaitEffect(ctx, plan.grant(), backoff)...)
}

// Read shows what the grant gives now, and what is retained of earlier ones.
func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(base.Recognize(ctx, resp.Private)...)
	base.Refresh(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		kept, diags := r.retained(ctx, req.Private, state)
		resp.Diagnostics.Append(diags...)
		var existing []retained
		for _, one := range kept {
			exists, err := r.exists(ctx, one)
			if err != nil {
				return err
			}
			if exists {
				existing = append(existing, one)
			}
		}
		state.RetainedIDs = retainedIDs(existing)
		if len(kept) > 0 {
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, retainedKey, encode(existing))...)
		}
		return r.read(ctx, state)
	})
}

// Update grants what is missing, in the place and in the way that the plan has, and then takes away what
// was granted in another place, or in the other way.
func (r *Resource) Update(ctx context.Context, req resource.UpdateRequest,
	resp *resource.UpdateResponse,
) {
	var plan, state model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	kept, diags := r.retained(ctx, req.Private, &state)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := r.Deadline(ctx, diagnostic.Update, plan.Timeouts, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	backoff := r.Backoff(ctx, diagnostic.Update, plan.Timeouts)

	after, diags := r.update(ctx, &plan, granted{&state, record, kept}, backoff)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, after.model)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, addedKey, encode(after.record))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, retainedKey, encode(after.kept))...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, after.ID)...)
}

// Delete revokes what this resource granted, and nothing that others granted. It refuses to do so as long
// as accounts read their key by it (CMK016).
func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	record, diags := recorded(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	base.Delete(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		kept, diags := r.retained(ctx, req.Private, state)
		if err := diagnostic.Failure(diags); err != nil {
			return err
		}
		backoff := r.Backoff(ctx, diagnostic.Delete, state.Timeouts)
		granted := append(kept, retain(state.access(record)))
		for _, one := range granted {
			if err := r.removal(one.access()).Refuse(ctx, r.Client); err != nil {
				return err
			}
		}
		for _, one := range granted {
			if err := r.revoke(ctx, one.access(), backoff); err != nil {
				return err
			}
		}
		return nil
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
