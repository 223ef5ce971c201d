// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// create attaches the key to an account that is on the system key.
func (r *Resource) create(ctx context.Context, plan *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	account, err := r.read(ctx, plan)
	switch {
	case azure.IsNotFound(err):
		return account, diag.Diagnostics{accountMissing(plan)}
	case err != nil:
		return account, diag.Diagnostics{
			diagnostic.FromErrorBefore(diagnostic.Create, r.Subject(plan.AccountID.ValueString()), err),
		}
	case account.Encryption.Is(plan.attachment()):
		return account, diag.Diagnostics{r.takenUp(plan)}
	case account.Encryption.CustomerKey:
		return account, diag.Diagnostics{refuseAttached(account)}
	}
	return r.attach(ctx, diagnostic.Create, plan, nil, account, backoff)
}

// takenUp says that the attachment exists exactly as it is planned.
func (r *Resource) takenUp(plan *model) diag.Diagnostic {
	return diagnostic.TakenUp(r.Subject(plan.AccountID.ValueString()), "attached to this very key, which is read by the same identity")
}

// update attaches another key, waits for access that was lost, or has nothing to do with the account
// at all.
func (r *Resource) update(ctx context.Context, plan, state *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	account, err := r.read(ctx, plan)
	switch waits := plan.attaches(state) && plan.Status.IsUnknown(); {
	case waits && err == nil && account.Encryption.CustomerKey:
		account, report, err := protection.Regain(ctx, r.Client, plan.AccountID.ValueString(), backoff)
		return account, r.say(diagnostic.Update, plan, report, err)
	case waits && err == nil: // Another attachment that was removed has taken the key away.
	case err != nil && plan.attaches(state):
		return account, r.failed(diagnostic.Read, plan, err)
	case err != nil:
		return account, r.failed(diagnostic.Update, plan, err)
	case plan.attaches(state):
		return account, nil
	}
	return r.attach(ctx, diagnostic.Update, plan, state, account, backoff)
}

// attach checks everything once more, now that nothing is unknown, and makes the account use the key.
func (r *Resource) attach(ctx context.Context, act diagnostic.Act, plan, state *model,
	account protection.Account, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	wanted, diags := r.wanted(plan, state, account)
	if diags.HasError() {
		return account, diags
	}
	report, err := protection.Check(ctx, r.Client, account, wanted)
	if diags = r.say(diagnostic.Read, plan, report, err); diags.HasError() {
		return account, diags
	}
	attached, report, err := protection.Attach(ctx, r.Client, account, wanted, backoff)
	if diags = r.say(act, plan, report, err); !diags.HasError() {
		protection.IntentsOf(r.Client).Attached(account.ID)
		diags.Append(diagnostic.NotRetired(protection.Retire(ctx, r.Client, account.ID))...)
	}
	return attached, diags
}

// delete returns the account to the system key, unless something else attached another key to it, or owns
// the same one.
func (r *Resource) delete(ctx context.Context, state *model, token string, backoff *azure.Backoff,
) diag.Diagnostics {
	id := state.AccountID.ValueString()
	unlock, err := protection.Lock(ctx, r.Client, id)
	if err != nil {
		return r.failed(diagnostic.Delete, state, err)
	}
	defer unlock()
	if protection.IntentsOf(r.Client).Leaves(id, token) {
		return nil
	}
	account, err := r.read(ctx, state)
	switch {
	case azure.IsNotFound(err):
		return nil
	case err != nil:
		return r.failed(diagnostic.Delete, state, err)
	case !account.Encryption.CustomerKey:
		return nil
	case !attached(state, account):
		return diag.Diagnostics{attachedElsewhere(state, account)}
	}
	report, err := protection.Revert(ctx, r.Client, account, backoff)
	diags := r.say(diagnostic.Delete, state, report, err)
	if !diags.HasError() {
		diags.Append(diagnostic.NotRetired(protection.Retire(ctx, r.Client, account.ID))...)
	}
	return diags
}

// attached reports whether the account is attached to the key of the state, in whatever version. An
// identifier that cannot be read is not taken for another key.
func attached(state *model, account protection.Account) bool {
	known, found := attribute.KeyOf(state.KeyID), account.Encryption.Key
	return known.IsZero() || found.IsZero() || found.SameKey(known)
}

func attachedElsewhere(state *model, account protection.Account) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Another Customer Key Attached",
		"Something else attached the account "+account.ID+" to "+account.Encryption.KeyID+
			" in place of "+state.KeyID.ValueString()+". This destroy left it attached.")
}

func (r *Resource) read(ctx context.Context, m *model) (protection.Account, error) {
	return protection.Read(ctx, r.Client, m.AccountID.ValueString())
}

// say returns what a step found as diagnostics.
func (r *Resource) say(act diagnostic.Act, m *model, report rule.Report, err error) diag.Diagnostics {
	if err != nil {
		return r.failed(act, m, err)
	}
	return diagnostic.FromReport(report)
}

func (r *Resource) failed(act diagnostic.Act, m *model, err error) diag.Diagnostics {
	return diag.Diagnostics{diagnostic.FromError(act, r.Subject(m.AccountID.ValueString()), err)}
}
