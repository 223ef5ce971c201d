// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// open returns the storage account of a plan or a state, with its dependents and checks.
func (r *Resource) open(ctx context.Context, plan *model, private base.PrivateState) (*account, diag.Diagnostics) {
	opened, diags := openAccount(ctx, r.Client, plan)
	var more diag.Diagnostics
	opened.former, more = formerAccount(ctx, private)
	return opened, append(diags, more...)
}

// openAccount returns a storage account with its dependents and checks.
func openAccount(ctx context.Context, client *azure.Client, plan *model) (opened *account, diags diag.Diagnostics) {
	opened = newAccount(client, plan.StorageAccountID.ValueString(), plan.holders(ctx, client))
	for _, element := range plan.Verify.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			continue // The apply knows it.
		}
		var one verifyModel
		diags.Append(object.As(ctx, &one, basetypes.ObjectAsOptions{})...)
		c, err := newCheck(one)
		if err != nil {
			diags.Append(diagnostic.ProviderBug(err.Error()))
			continue
		}
		opened.checks = append(opened.checks, c)
	}
	return opened, diags
}

// run performs the steps that are due. The caller keeps the record that it returns, even after an
// error.
func (r *Resource) run(ctx context.Context, opened *account, recorded keyrotation.Recorded,
	plan *model, waits bool,
) (keyrotation.Recorded, keyrotation.Step, error) {
	// Another rotation of the same account in this run waits its turn, and then sees by the keys'
	// creation times what this one has done (ROT007).
	unlock, err := r.Client.Lock(ctx, opened.id)
	if err != nil {
		return recorded, keyrotation.Step{}, err
	}
	defer unlock()
	opened.strict, opened.dependents.kept = true, recorded.Kept(plan.wanted())
	return keyrotation.Run(ctx, opened, recorded, plan.wanted(), waits, func(step keyrotation.Step) {
		tflog.Info(ctx, "rotating storage keys", map[string]any{
			"storage_account_id": opened.id, "step": string(step.Action), "key": string(step.Key),
			"until": step.Until.Format(time.RFC3339), "reason": step.Reason,
		})
	})
}

// claim refuses a second rotation of the same storage account in one plan.
func (r *Resource) claim(ctx context.Context, private base.PrivateState, plan *model, recorded keyrotation.Recorded,
) diag.Diagnostics {
	id := plan.StorageAccountID.ValueString()
	if id == "" { // It is unknown.
		return nil
	}
	owner := base.Owner{Description: describe(ctx, plan), New: !recorded.Adopted() || recorded.LastSync.IsZero()}
	other, taken, diags := base.Claim(ctx, r.Client, private, "the keys of "+id, owner)
	if taken {
		diags.Append(secondRotation(id, owner, other))
	}
	owner.Description = "the rotation of " + azure.NameOf(id)
	for _, one := range plan.secrets(ctx) {
		other, taken, more := base.Claim(ctx, r.Client, private, "the secret "+one.Path(), owner)
		if diags.Append(more...); taken {
			diags.Append(sharedSecret(one, owner, other))
		}
	}
	return diags
}

// planNext plans the changes of the next step, and returns what a person should know about it.
// changed says that the plan changes the resource anyway, because its configuration has changed.
func (r *Resource) planNext(ctx context.Context, recorded keyrotation.Recorded, plan *model,
	changed bool, private base.PrivateState,
) diag.Diagnostics {
	opened, diags := r.open(ctx, plan, private)
	observed, err := opened.Observe(ctx)
	if azure.IsNotFound(err) && !recorded.Adopted() {
		return diags // It may be created by the same apply.
	}
	if err != nil {
		return append(diags, diagnostic.FromError(diagnostic.Read, r.Subject(opened.id), err))
	}
	observed, more := r.basis(ctx, observed, recorded, plan, changed, private)
	if diags.Append(more...); diags.HasError() {
		return diags
	}
	step := keyrotation.Decide(observed, recorded, plan.wanted(), false)
	if doubt, ok := errors.AsType[*keyrotation.ClockError](recorded.Doubt(observed)); ok &&
		step.Action == keyrotation.Regenerate {
		diags.Append(diagnostic.FromViolation(clockViolation(opened, doubt, rule.Warning)))
		step = keyrotation.Step{Action: keyrotation.Nothing}
	}
	settles := step.Action == keyrotation.Wait && !plan.WaitForSettle.ValueBool()
	if settles {
		diags.Append(settlingWarning(step)...)
	}
	acts := step.Action != keyrotation.Nothing && !settles
	if recorded.Adopted() && (acts || changed) {
		plan.foresee(ctx, observed, recorded)
	}
	if !recorded.Adopted() {
		adopted := recorded.Done(keyrotation.Step{Action: keyrotation.Sync}, observed, plan.wanted())
		diags.Append(overdueWarning(opened.id, adopted, plan.wanted(), observed.Now,
			"This apply will record and sync them, and regenerate none")...)
	}
	if foreign, ok := errors.AsType[*ForeignSecretError](opened.foreign(ctx)); ok {
		return append(diags, diagnostic.FromViolation(foreign.violation()))
	}
	if acts {
		// A key must not be regenerated that the secret may hold.
		if untold, ok := errors.AsType[*UntoldError](opened.dependents.untold()); ok {
			return append(diags, untold.diagnose(diagnostic.NothingChanged))
		}
	}
	if !acts && !changed {
		if err := opened.dependents.unread(); err != nil {
			diags.Append(unreadWarning(err, "It may not have read the present keys"))
		}
		return diags
	}
	if err := opened.dependents.look(ctx); err != nil {
		diags.Append(unreadWarning(err, "It may hold a copy of the keys"))
	}
	skipped := skippedNotes(opened.dependents.found())
	switch {
	case acts && recorded.Adopted():
		diags.Append(plannedWarning(opened, step, observed.Created, skipped))
	case len(skipped) > 0:
		diags.AddWarning(plannedTitle, strings.Join(skipped, "\n\n"))
	}
	if acts && plan.Emergency.ValueBool() && !recorded.Emergency {
		diags.Append(emergencyWarning(plan.wanted().Settling()))
	}
	return append(diags, opened.undeclared(ctx)...)
}

// foresee plans what the apply leaves, as far as it is certain: what is the same whether the apply comes
// at once or a week later, as that of a saved plan may, and however long its steps take. Terraform plans
// again before it applies, and takes a known value that has changed for a fault of the provider.
func (m *model) foresee(ctx context.Context, observed keyrotation.Observed, recorded keyrotation.Recorded) {
	const week = 7 * 24 * time.Hour
	foresee := func(pace time.Duration) (keyrotation.Recorded, error) {
		return keyrotation.Foresee(ctx, observed, recorded, m.wanted(), m.WaitForSettle.ValueBool(), pace)
	}
	now, err := foresee(time.Second)
	observed.Now = observed.Now.Add(week)
	later, err2 := foresee(time.Minute)
	if err != nil || err2 != nil {
		m.unknown()
		return
	}
	m.either(now, later)
}

// undeclared warns of accounts in the subscription that use the keys and are not in dependent_ids.
func (a *account) undeclared(ctx context.Context) (diags diag.Diagnostics) {
	// A list that failed is named by a warning of its own.
	survey, _ := keyholder.PlannedNearby(ctx, a.client, azure.SubscriptionOf(a.id))
	for _, unseen := range survey.Unseen {
		diags.Append(unlistedWarning(unseen))
	}
	found, err := survey.On(ctx, a.id)
	if err != nil {
		return append(diags, unreadWarning(err, "It may hold a copy of the keys"))
	}
	missing := slices.DeleteFunc(found, func(one keyholder.Dependent) bool {
		return !one.UsesKeys || a.dependents.has(one.ID)
	})
	if len(missing) > 0 {
		diags.Append(undeclaredWarning(a.id, missing))
	}
	return diags
}
