// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// warnDestroyed warns of a plan that destroys a vault from which accounts read keys (CMK018).
func (r *Resource) warnDestroyed(ctx context.Context, prior tfsdk.State) diag.Diagnostics {
	var state model
	diags := prior.Get(ctx, &state)
	if !diags.HasError() {
		diags.Append(r.warning(ctx, removal(&state), false)...)
	}
	return diags
}

// warnInUse warns of a plan that replaces or closes a vault from which accounts read keys (CMK018). It
// asks Azure about accounts only if the plan does that.
func (r *Resource) warnInUse(ctx context.Context, state, plan *model) (diags diag.Diagnostics) {
	if plan.Replaces(state.Tracked) {
		return r.warning(ctx, removal(state), true)
	}
	if plan.movesAccess(*state) && !plan.RBACAuthorization.IsUnknown() {
		diags.Append(r.warnSwitched(ctx, state, plan)...)
	}
	if r.closes(ctx, state, plan) {
		diags.Append(r.warning(ctx, closing(state), false)...)
	}
	return append(diags, r.warnShutOut(ctx, state, plan)...)
}

func (r *Resource) warning(ctx context.Context, removal protection.Removal, replaces bool,
) (diags diag.Diagnostics) {
	if violation, found := removal.Warning(ctx, r.Client, replaces); found {
		diags.Append(diagnostic.FromViolation(violation))
	}
	return diags
}

// removal returns who loses access to a key without the vault.
func removal(state *model) protection.Removal {
	return protection.Removal{
		Access:         customerkey.VaultAccess(state.Identifier()),
		SubscriptionID: azure.SubscriptionOf(state.Identifier()),
		Affected: func(_ context.Context, survey protection.Survey) ([]protection.Account, error) {
			return survey.ByVault(state.VaultURI.ValueString()), nil
		},
	}
}
