// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// checkCreation holds what is known of an account that is to be created against Azure: its name,
// its storage accounts, and its key.
func (r *Resource) checkCreation(ctx context.Context, plan account) diag.Diagnostics {
	var name, key diag.Diagnostics
	facts := plan.facts()
	facts.SubscriptionID = rule.Known(r.Client.SubscriptionID())
	facts.Primary = rule.Known("")
	var siblings rule.Fact[int]

	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if !plan.Name.IsUnknown() && !plan.Location.IsUnknown() {
			name = globalname.Check(gctx, r.Client, subject(plan.Name.ValueString()),
				mediaaccount.AccountName(), azure.MediaAccountType,
				func(ctx context.Context) (mediaaccount.Availability, error) {
					return r.calls().Availability(ctx, r.Client.SubscriptionID(),
						plan.Location.ValueString(), plan.Name.ValueString())
				})
		}
		return nil
	})
	g.Go(func() error {
		others, err := list(gctx, r.Client, "")
		if err == nil {
			siblings = rule.Known(len(others))
		}
		return media.Seen(err)
	})
	g.Go(func() error { return media.AskStorage(gctx, r.Client, facts) })
	g.Go(func() error {
		key = r.keys().CheckNew(gctx, plan.keyed())
		return nil
	})
	if err := g.Wait(); err != nil {
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(plan.Name.ValueString()), err),
		}
	}
	facts.Siblings = siblings
	diags := append(name, key...)
	if !plan.StorageAccounts.IsUnknown() {
		diags.Append(diagnostic.FromReport(mediaaccount.Check(facts))...)
	}
	return diags
}

// checkStorage holds the storage accounts that an account is to have against those that it has
// now, and what is known of them against Azure.
func (r *Resource) checkStorage(ctx context.Context, plan, state account) diag.Diagnostics {
	if plan.StorageAccounts.IsUnknown() || !plan.storageChanges(state) {
		return nil
	}
	at, err := azure.ParseID(state.ID.ValueString(), azure.MediaAccountType)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err)}
	}
	facts := plan.facts()
	facts.SubscriptionID = rule.Known(at.SubscriptionID)
	for _, one := range storageIn(state.StorageAccounts) {
		if one.IsPrimary.ValueBool() {
			facts.Primary = rule.Known(one.ID.ValueString())
		}
	}
	if err := media.AskStorage(ctx, r.Client, facts); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err)}
	}
	return diagnostic.FromReport(mediaaccount.Check(facts))
}

// missingStorage refuses storage accounts that the plan adds and that are not there.
func (r *Resource) missingStorage(ctx context.Context, id string, plan, state types.Set,
) diag.Diagnostics {
	attached := storageIn(state)
	var added []string
	for _, one := range storageIn(plan) {
		if !anyStorage(attached, func(s storage) bool { return s.ID.Same(one.ID) }) {
			added = append(added, one.ID.ValueString())
		}
	}
	return media.MissingStorage(ctx, r.Client, subject(id), "storage_accounts", added)
}
