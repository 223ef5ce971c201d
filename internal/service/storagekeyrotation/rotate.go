// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// open is the storage account as the plan has it.
func (r *Resource) open(ctx context.Context, plan *model) (*account, diag.Diagnostics) {
	opened := &account{
		client:     r.Client,
		id:         plan.StorageAccountID.ValueString(),
		dependents: plan.dependents(),
	}
	var configured []verifyModel
	diags := plan.Verify.ElementsAs(ctx, &configured, false)
	for _, one := range configured {
		c, err := newCheck(one)
		if err != nil {
			diags.Append(diagnostic.ProviderBug(err.Error()))
			continue
		}
		opened.checks = append(opened.checks, c)
	}
	return opened, diags
}

// run rolls the keys as far as they are to be rolled now. The record that it returns is to be kept
// even where there is an error.
func (r *Resource) run(ctx context.Context, opened *account, recorded keyrotation.Recorded,
	plan *model, waits bool,
) (keyrotation.Recorded, keyrotation.Step, error) {
	// Another rotation of the same account in this run waits its turn, and then finds by the keys'
	// creation times what this one has done (ROT007).
	unlock, err := r.Client.Lock(ctx, opened.id)
	if err != nil {
		return recorded, keyrotation.Step{}, err
	}
	defer unlock()
	return keyrotation.Run(ctx, opened, recorded, plan.wanted(), waits, func(step keyrotation.Step) {
		tflog.Info(ctx, "rotating storage keys", map[string]any{
			"storage_account_id": opened.id, "step": string(step.Action), "key": string(step.Key),
			"until": step.Until.Format(time.RFC3339), "reason": step.Reason,
		})
	})
}

// foresee plans what the next step is going to change, and says what a person should know of it.
// changed says that something is planned already, because the configuration has changed.
func (r *Resource) foresee(ctx context.Context, recorded keyrotation.Recorded, plan *model,
	changed bool,
) diag.Diagnostics {
	id := plan.StorageAccountID.ValueString()
	opened, diags := r.open(ctx, plan)
	observed, err := opened.Observe(ctx)
	if azure.IsNotFound(err) && !recorded.Adopted() {
		return diags // It may be created by the same apply.
	}
	if err != nil {
		return append(diags, diagnostic.FromError(diagnostic.Read, subject(id), err))
	}
	step := keyrotation.Decide(observed, recorded, plan.wanted(), false)
	waits := step.Action == keyrotation.Wait && !plan.WaitForSettle.ValueBool()
	if waits {
		diags.Append(settling(step))
	}
	acts := step.Action != keyrotation.Nothing && !waits
	if acts {
		plan.unknown()
	}
	if !acts && !changed {
		if opened.unanswered != nil {
			diags.Append(neglected("Dependent Not Read", "that not every dependent can be read ("+opened.unanswered.Error()+")",
				"Whether it has read the keys that there are now is not known", "Make sure that it exists"))
		}
		return diags
	}
	if err := opened.look(ctx); err != nil {
		diags.Append(neglected("Dependents Not Read", "that the dependents cannot be read ("+err.Error()+")",
			"Which of them hold a copy of the keys is not known", "Make sure that they exist"))
	}
	told := notes(opened.uses)
	switch {
	case acts && recorded.Adopted():
		diags.Append(announce(id, step, append(lastSyncs(opened.uses, observed.Created), told...))...)
	case len(told) > 0:
		diags.AddWarning(plannedSummary, strings.Join(told, "\n\n"))
	}
	if acts && plan.Emergency.ValueBool() && !recorded.Emergency {
		diags.Append(hurried())
	}
	return append(diags, r.leftBehind(ctx, opened)...)
}

// leftBehind warns of accounts in the subscription that use the keys and would not be told.
func (r *Resource) leftBehind(ctx context.Context, opened *account) (diags diag.Diagnostics) {
	at, err := azure.ParseID(opened.id, azure.StorageAccountType)
	if err != nil {
		return nil
	}
	kinds := keyholder.Kinds(r.Client)
	listed, failed := make([][]string, len(kinds)), make([]error, len(kinds))
	var listing sync.WaitGroup
	for i, kind := range kinds {
		listing.Go(func() { listed[i], failed[i] = kind.List(ctx, at.SubscriptionID, opened.id) })
	}
	listing.Wait()
	var left []string
	for i, kind := range kinds {
		if err := failed[i]; err != nil {
			diags.Append(neglected("Dependents Not Listed", "that the accounts of type "+kind.ResourceType()+
				" in the subscription cannot be listed ("+err.Error()+")",
				"One that uses the keys and is not told of new ones loses its storage",
				"Make sure that dependent_ids has them all"))
		}
		for _, id := range listed[i] {
			if !has(opened.dependents, id) {
				left = append(left, fmt.Sprintf("the %s %s", kind.Noun(), id))
			}
		}
	}
	if len(left) > 0 {
		diags.Append(neglected("Dependent Not Declared", "that "+strings.Join(left, " and ")+" uses the keys of "+opened.id+
			" and is not in dependent_ids",
			"It is not told of new keys, and once both are new it cannot reach its storage",
			"Add it to dependent_ids"))
	}
	return diags
}
