// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package keyvault holds azuremedia_key_vault: the vault that holds customers' keys. It grants access
// only to the identity that runs Terraform, to manage the keys; azuremedia_customer_key_grant grants
// the use of one.
package keyvault

import (
	"cmp"
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

var _ resource.ResourceWithModifyPlan = (*Resource)(nil)

// NewResource returns the resource.
func NewResource() resource.Resource {
	return &Resource{base.NewResource(base.Noun{
		Type:          "azuremedia_key_vault",
		Title:         "Key Vault",
		ResourceTypes: []string{azure.VaultType},
		Schema:        resourceSchema,
		Timeouts: base.Timeouts{
			Create: 30 * time.Minute, Read: 5 * time.Minute,
			Update: 30 * time.Minute, Delete: 30 * time.Minute,
		},
	})}
}

// Resource is azuremedia_key_vault.
type Resource struct{ base.Resource }

// ModifyPlan refuses what Azure would refuse later: a name that is taken (ACC003), and changes that
// no vault allows.
func (r *Resource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest,
	resp *resource.ModifyPlanResponse,
) {
	ctx = azure.Shared(ctx)
	if r.Client == nil {
		return
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.warnDestroyed(ctx, req.State)...)
		return
	}
	var plan model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if req.State.Raw.IsNull() {
		if !resp.Diagnostics.HasError() && !plan.Name.IsUnknown() {
			resp.Diagnostics.Append(r.checkName(ctx, &plan)...)
			resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
		}
		return
	}
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Managed(state.Identifier())
	resp.Diagnostics.Append(forbiddenChanges(state, plan)...)
	if plan.admitsOthers(state) {
		protection.IntentsOf(r.Client).Admits(state.Identifier())
	}
	if plan.PurgeProtection.ValueBool() {
		protection.IntentsOf(r.Client).Secures(state.Identifier())
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(r.warnInUse(ctx, &state, &plan)...)
	}
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
	id := plan.At(r.Client.SubscriptionID(), azure.VaultType)
	_, err := r.get(ctx, id)
	resp.Diagnostics.Append(diagnostic.RefuseExisting(r.Subject(id), err)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID = attribute.NewResourceID(id)
	state, diags := r.createOrRecover(ctx, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// The vault exists from here on, and Terraform must not replace it: it may have been recovered, with keys that
	// accounts use. What fails now, the next refresh finds, and the next apply does.
	plan.VaultURI, plan.TenantID = state.VaultURI, state.TenantID
	if done, err := r.settle(ctx, state, &plan, backoff); err != nil {
		resp.Diagnostics.Append(diagnostic.CreationUnfinished(cmp.Or(done, "The vault itself was created."),
			r.Subject(id), err))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

// settle changes the vault from its state to the plan. A vault that switches between access policies
// and roles must not lock the caller out: the caller gets the new kind of access before the switch,
// and loses the old kind after it. With an error, settle returns what was done all the same.
func (r *Resource) settle(ctx context.Context, state model, plan *model, backoff *azure.Backoff,
) (done string, err error) {
	id := state.Identifier()
	properties, changed, diags := plan.changed(ctx, state)
	if err := diagnostic.Failure(diags); err != nil {
		return "", err
	}
	moves := plan.movesAccess(state)
	for _, one := range accesses() {
		if one.enabled(plan).ValueBool() && (moves || !one.enabled(&state).ValueBool()) {
			if err := r.grant(ctx, one, id, plan.RBACAuthorization.ValueBool(), backoff); err != nil {
				return "", err
			}
		}
	}
	if changed || !plan.Tags.Equal(state.Tags) {
		vault, err := r.update(ctx, state, *plan, properties)
		if err != nil {
			return "", err
		}
		plan.observe(vault)
	}
	for _, one := range accesses() {
		if err == nil && one.enabled(&state).ValueBool() && (moves || !one.enabled(plan).ValueBool()) {
			err = r.revoke(ctx, one, id, state.RBACAuthorization.ValueBool(), backoff)
		}
	}
	if err == nil && moves && state.RBACAuthorization.ValueBool() {
		err = vaultaccess.UnassignGrants(ctx, r.Client, id)
	}
	return "The vault itself was changed as planned.", err
}

func (r *Resource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	base.Refresh(ctx, &r.Resource, req, resp, func(ctx context.Context, state *model) error {
		vault, err := r.get(ctx, state.Identifier())
		if err != nil {
			return err
		}
		for _, one := range accesses() {
			// Access that the configuration does not manage is not looked at: the next plan would revoke it.
			granted := one.enabled(state).ValueBool() || one.byDefault && base.Imported(state.Name)
			if granted {
				if granted, err = r.isGranted(ctx, one, vault); err != nil {
					return err
				}
			}
			*one.enabled(state) = types.BoolValue(granted)
		}
		state.observe(vault)
		return nil
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

	if r.closes(ctx, &state, &plan) {
		if err := closing(&state).Refuse(ctx, r.Client); err != nil {
			resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Update, r.Subject(state.Identifier()), err))
			return
		}
	}
	backoff := r.Backoff(ctx, diagnostic.Update, plan.Timeouts)
	if plan.movesAccess(state) {
		resp.Diagnostics.Append(r.admitReaders(ctx, &state, &plan, backoff)...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	switch done, err := r.settle(ctx, state, &plan, backoff); {
	case err != nil && done != "":
		resp.Diagnostics.Append(diagnostic.FromErrorAfter(done, diagnostic.Update, r.Subject(state.Identifier()), err))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Update, r.Subject(state.Identifier()), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(base.SetIdentity(ctx, resp.Identity, plan.ID)...)
}

func (r *Resource) Delete(ctx context.Context, req resource.DeleteRequest,
	resp *resource.DeleteResponse,
) {
	base.Delete(ctx, &r.Resource, req, resp, r.delete)
}
