// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

func accountPath() path.Path { return path.Root("account_id") }

// heldKey is in the private state of a planned destruction that leaves the key to another owner.
const heldKey = "held"

// leave notes that a plan returns the account to the system key, unless another owner keeps the key.
func (r *Resource) leave(ctx context.Context, state *model, private base.PrivateState) diag.Diagnostics {
	diags := ownership(state, state).Release(ctx, r.Client, private)
	token, more := base.Token(ctx, private)
	diags.Append(more...)
	if protection.IntentsOf(r.Client).Leaves(state.AccountID.ValueString(), token) {
		diags.Append(private.SetKey(ctx, heldKey, []byte("true"))...)
	}
	return diags
}

// ownership returns what there must be one owner of. The prior state is nil for a new attachment.
func ownership(plan, state *model) base.Ownership {
	id, present := plan.AccountID.ValueString(), ""
	if state != nil && plan.AccountID.Same(state.AccountID) {
		present = state.KeyID.ValueString()
	}
	return base.Ownership{
		At: accountPath(), Object: "the encryption of the account " + azure.NameOf(id), ID: id,
		Owner: "an " + typeName, Wanted: plan.KeyID.ValueString(), Present: present,
		GiveUp: "remove the " + typeName + ", with a removed block and lifecycle { destroy = false } so that the account " +
			"keeps its key",
	}
}

// own claims the encryption of the account, unless that is not known yet, and notes that another attachment
// must leave the key attached.
func (r *Resource) own(ctx context.Context, private base.PrivateState, plan, state *model, token string,
) diag.Diagnostics {
	owned := ownership(plan, state)
	diags := owned.Claim(ctx, r.Client, private)
	if !diags.HasError() && state != nil && plan.attaches(state) {
		protection.IntentsOf(r.Client).Holds(owned.ID, token)
	}
	return diags
}

// plan completes a plan and checks what is known of it. The prior state is nil for a new attachment.
func (r *Resource) plan(ctx context.Context, plan, state *model, token string) diag.Diagnostics {
	kept := state != nil && plan.attaches(state)
	if !kept || !state.Status.IsNull() {
		plan.expectNews()
	}
	var account protection.Account
	id := plan.AccountID.ValueString()
	if kept {
		unlock, err := protection.Lock(ctx, r.Client, id)
		if err != nil {
			return r.failed(diagnostic.Read, plan, err)
		}
		defer unlock()
	}
	if !plan.AccountID.IsUnknown() {
		found, err := r.read(ctx, plan)
		switch {
		case azure.IsNotFound(err):
			return diag.Diagnostics{accountMissing(plan)}
		case err != nil:
			return r.failed(diagnostic.Read, plan, err)
		case state == nil && found.Encryption.Is(plan.attachment()):
			return diag.Diagnostics{r.takenUp(plan)}
		case state == nil && found.Encryption.CustomerKey:
			return diag.Diagnostics{warnAttached(found)}
		}
		account = found
	}
	if kept {
		report, lost, err := protection.PlanKept(ctx, r.Client, account)
		if lost || !account.Encryption.CustomerKey || protection.IntentsOf(r.Client).Left(id, token) {
			plan.expectNews()
		}
		return r.say(diagnostic.Read, plan, report, err)
	}
	wanted, diags := r.wanted(plan, state, account)
	if diags.HasError() {
		return diags
	}
	if state != nil && !plan.AccountID.Same(state.AccountID) {
		protection.IntentsOf(r.Client).Detaches(state.AccountID.ValueString())
	}
	report, err := protection.Plan(ctx, r.Client, account, wanted)
	return r.say(diagnostic.Read, plan, report, err)
}

// wanted translates the plan. What is unknown stays zero, as does the system-assigned identity of an
// account that does not exist yet. The prior state is nil for a new attachment.
func (r *Resource) wanted(plan, state *model, account protection.Account,
) (protection.Wanted, diag.Diagnostics) {
	wanted := protection.Wanted{Account: account.Account, New: state == nil}
	if !plan.IdentityID.IsUnknown() && (!plan.IdentityID.IsNull() || !plan.AccountID.IsUnknown()) {
		wanted.Identity = plan.attachment().Identity()
	}
	if plan.KeyID.IsUnknown() {
		return wanted, nil
	}
	var err error
	wanted.Key, err = protection.ParseKeyID(r.Client, plan.KeyID.ValueString())
	if wrong, ok := errors.AsType[*customerkey.KeyIDError](err); ok {
		return wanted, diag.Diagnostics{diagnostic.FromViolation(wanted.WithWayOut(wrong.Violation()))}
	}
	return wanted, nil
}

// warnAttached warns that the account has a customer-managed key already. Attaching refuses that: the
// plan may belong to a replacement, which first takes the present attachment away.
func warnAttached(account protection.Account) diag.Diagnostic {
	summary, detail := alreadyAttached(account)
	return diag.NewAttributeWarningDiagnostic(accountPath(), summary, detail)
}

// refuseAttached refuses to take over an attachment silently.
func refuseAttached(account protection.Account) diag.Diagnostic {
	summary, detail := alreadyAttached(account)
	return diag.NewAttributeErrorDiagnostic(accountPath(), summary,
		detail+"\n\n"+diagnostic.NothingChanged)
}

func alreadyAttached(account protection.Account) (summary, detail string) {
	return "Customer Key Attached Already", fmt.Sprintf(
		"The account %s is attached to another customer-managed key, or by another identity: %s. The attachment is not "+
			"in this configuration's state, and is not taken over silently.\n\n"+
			"To manage it here, import it, with its own address in place of \"this\"; what "+
			"differs is then changed in place:\n\n"+
			"  import {\n    to = %s.this\n    id = %q\n  }",
		account.ID, account.Encryption.KeyID, typeName, account.ID)
}

func accountMissing(plan *model) diag.Diagnostic {
	return diagnostic.Refuse(accountPath(), diagnostic.Refusal{
		Title:    "Account Not Found",
		Found:    "no account " + plan.AccountID.ValueString(),
		Required: "an account that exists",
		Remedy:   "Create it first, or refer to the id attribute of the resource that creates it",
	})
}
