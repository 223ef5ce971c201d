// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// plan completes a plan and holds what is known of it against the rules. The prior state is nil
// for a new attachment.
func (r *Resource) plan(ctx context.Context, plan, state *model) diag.Diagnostics {
	unchanged := state != nil && plan.attaches(state)
	if !unchanged || !state.Status.IsNull() {
		plan.expectNews()
	}
	key, diags := r.keyID(plan)
	if diags.HasError() {
		return diags
	}
	if plan.AccountID.IsUnknown() {
		return r.planUnknownAccount(ctx, plan, key)
	}
	kind, err := protection.Of(r.Client, plan.AccountID.ValueString())
	if err != nil {
		return diag.Diagnostics{noSuchAccount(path.Root("account_id"), err)}
	}
	account, err := kind.Read(ctx, plan.AccountID.ValueString())
	switch {
	case azure.IsNotFound(err):
		return diag.Diagnostics{accountMissing(plan)}
	case err != nil:
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
	case unchanged:
		return r.planUnchanged(ctx, plan, account)
	case state != nil:
		return r.planChange(ctx, plan, account, key)
	case account.Encryption.CustomerKey:
		return diag.Diagnostics{warnAttached(plan, account)}
	default:
		return r.planNew(ctx, plan, account, key)
	}
}

// keyID reads the key's identifier for the cloud that is spoken to (CMK010). It is zero as long as
// it is not known.
func (r *Resource) keyID(plan *model) (customerkey.KeyID, diag.Diagnostics) {
	if plan.KeyID.IsUnknown() {
		return customerkey.KeyID{}, nil
	}
	key, err := protection.ParseKeyID(r.Client, plan.KeyID.ValueString())
	var wrong *customerkey.KeyIDError
	if errors.As(err, &wrong) {
		return key, diag.Diagnostics{diagnostic.FromViolation(wrong.Violation())}
	}
	return key, nil
}

func (r *Resource) planUnknownAccount(ctx context.Context, plan *model, key customerkey.KeyID,
) diag.Diagnostics {
	question := plan.question(protection.Account{}, key)
	if question.Identity.Kind == customerkey.SystemAssignedIdentity {
		question.Identity = customerkey.Identity{} // That of an account that is not there yet.
	}
	return r.hold(ctx, plan, question)
}

func (r *Resource) planNew(ctx context.Context, plan *model, account protection.Account,
	key customerkey.KeyID,
) diag.Diagnostics {
	return r.hold(ctx, plan, plan.question(account, key))
}

// planChange refuses to change an account that cannot reach the key that it has (CMK012), and
// holds the one that it is to have against the rules.
func (r *Resource) planChange(ctx context.Context, plan *model, account protection.Account,
	key customerkey.KeyID,
) diag.Diagnostics {
	var now protection.Access
	var wanted diag.Diagnostics
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		if account.Encryption.CustomerKey {
			now, err = protection.Examine(ctx, r.Client, account)
		}
		return err
	})
	g.Go(func() error {
		wanted = r.hold(ctx, plan, plan.question(account, key))
		return nil
	})
	if err := g.Wait(); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
	}
	switch {
	case !now.Lost, mends(now):
		return wanted
	case plan.KeyID.IsUnknown() || plan.IdentityID.IsUnknown():
		// Something that the attachment refers to is being created: it may be the very key that was
		// deleted, which then is recovered.
		return diag.Diagnostics{diagnostic.FromViolation(inaccessibleAsYet(now))}
	default:
		violation := inaccessible(now)
		violation.Remedy += destroyAllTheSame
		return diag.Diagnostics{diagnostic.FromViolation(violation)}
	}
}

// mends reports whether attaching a key may put right what an account has lost: the identity that it
// reads its key with, where it takes changes all the same.
func mends(lost protection.Access) bool {
	return lost.Diagnosis.Cause() == customerkey.IdentityRemoved && !lost.Target.Kind.LockedWithoutKey
}

// planUnchanged looks whether the account still reaches its key. If it does not, there is
// something to do after all: an update is planned, which waits for access and fails without it.
//
// It is a warning here and an error when it is applied, for two reasons. Terraform plans before
// it destroys as if nothing was to be destroyed, so that an error would stop `terraform destroy`,
// which has to work now of all times (CMK013). And what restores access, a grant or a key that
// is enabled again, may be in this very plan.
func (r *Resource) planUnchanged(ctx context.Context, plan *model, account protection.Account,
) diag.Diagnostics {
	if !account.Encryption.CustomerKey {
		return nil // It was reverted since the state was refreshed, which the next refresh shows.
	}
	found, err := protection.Examine(ctx, r.Client, account)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
	}
	if found.Lost {
		plan.expectNews()
		return diag.Diagnostics{diagnostic.FromViolation(inaccessibleAsYet(found))}
	}
	return r.worries(found)
}

// worries are what does not hurt yet: the account reaches the version that it runs on, but could not
// be attached to the one that its identifier means. It expires or has expired, or it is the newest
// and was disabled before the account moved to it. Of an account that never tells whether it reaches
// its key, a grant that seems to be missing is one more.
func (r *Resource) worries(found protection.Access) (diags diag.Diagnostics) {
	for _, violation := range customerkey.Check(found.Facts, r.Client.ServerTime()).Violations {
		untold := found.Target.Kind.StatusUntold
		if violation.Rule.ID == customerkey.CMK004 || violation.Rule.ID == customerkey.CMK009 && untold {
			violation.Severity = rule.Warning
			diags.Append(diagnostic.FromViolation(violation))
		}
	}
	return diags
}

// inaccessibleAsYet is rule CMK012 as it is broken while planning, when the apply may mend that.
func inaccessibleAsYet(found protection.Access) rule.Violation {
	violation := inaccessible(found)
	violation.Severity = rule.Warning
	violation.Remedy += ". An apply fails until then, unless it restores access itself; a destroy goes on"
	return violation
}

// inaccessible is rule CMK012 as it is broken.
func inaccessible(found protection.Access) rule.Violation { return found.Diagnosis.Violation() }

// hold holds the key that is wanted against the rules, as far as that can be done while planning.
func (r *Resource) hold(ctx context.Context, plan *model, question facts.Question,
) diag.Diagnostics {
	answer, err := facts.New(r.Client).Read(ctx, question)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
	}
	report := customerkey.Check(answer.Facts, r.Client.ServerTime())
	for i, violation := range report.Violations {
		report.Violations[i] = whilePlanning(violation, answer.Facts)
	}
	return diagnostic.FromReport(report)
}

// whilePlanning is a violation as it is said at plan. What another resource may put right in the
// same apply is a warning until then: purge protection that is being switched on, an identity
// that the account is being given, a grant. The plan of one resource does not show what is planned
// for the others, and a configuration that has been corrected has to get past its plan. Attaching
// looks once more before anything is changed. What no apply puts right is an error at once.
func whilePlanning(violation rule.Violation, known customerkey.Facts) rule.Violation {
	switch {
	case violation.Severity != rule.Error:
	case mayBePutRight(violation.Rule.ID, known):
		violation.Severity = rule.Warning
		violation.Remedy += ". If this very apply does so by another resource, nothing else is to " +
			"be done; if it does not, it will refuse to attach the key"
	default:
		violation.Remedy += destroyAllTheSame
	}
	return violation
}

// destroyAllTheSame is the way around an error of a plan for whoever wants to destroy: before it
// destroys Terraform plans as if nothing was to be destroyed, unless it is told not to refresh.
const destroyAllTheSame = ". To destroy everything all the same: terraform destroy -refresh=false"

func mayBePutRight(broken rule.ID, known customerkey.Facts) bool {
	switch broken {
	case customerkey.CMK004:
		return known.Vault.Presence == customerkey.Present && known.Key.Presence == customerkey.Present
	case customerkey.CMK008:
		return known.Identity.Presence != customerkey.Absent &&
			(known.Identity.Kind == customerkey.UserAssignedIdentity || known.Target.Kind.SystemAssigned)
	case customerkey.CMK006, customerkey.CMK007, customerkey.CMK009:
		return true
	default: // Type, size and region of what is there do not change.
		return false
	}
}

// warnAttached says that the account has a customer's key already. It is an error when it comes
// to attaching: this plan may belong to a replacement, which takes the present attachment away
// before.
func warnAttached(plan *model, account protection.Account) diag.Diagnostic {
	summary, detail := alreadyAttached(plan, account)
	return diag.NewAttributeWarningDiagnostic(path.Root("account_id"), summary, detail)
}

// refuseAttached says that nothing is taken over silently.
func refuseAttached(plan *model, account protection.Account) diag.Diagnostic {
	summary, detail := alreadyAttached(plan, account)
	return diag.NewAttributeErrorDiagnostic(path.Root("account_id"), summary,
		detail+"\n\n"+diagnostic.NothingChanged)
}

func alreadyAttached(plan *model, account protection.Account) (summary, detail string) {
	which := "another customer's key than this one"
	if account.Encryption.Is(plan.attachment()) {
		which = "this very key"
	}
	return "Customer Key Attached Already", fmt.Sprintf(
		"The account %s is attached to %s: %s. The attachment is not in this configuration's state, "+
			"and is not taken over silently.\n\n"+
			"To manage it here, import it, with its own address in place of \"this\"; a key that "+
			"differs is then changed in place:\n\n"+
			"  import {\n    to = %s.this\n    id = %q\n  }",
		account.ID, which, account.Encryption.KeyID, typeName, account.ID)
}

func accountMissing(plan *model) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("account_id"), "Account Not Found",
		fmt.Sprintf("Found: no account %s.\nRequired: an account that exists.\n"+
			"Remedy: create it first, or refer to the id attribute of the resource that creates it.\n\n%s",
			plan.AccountID.ValueString(), diagnostic.NothingChanged))
}
