// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// attach holds everything against the rules once more, now that nothing is unknown, and has the
// account use the key. A grant that is missing is waited for: one that was made a moment ago takes
// minutes to act (CMK009), and the service itself is the one to ask whether it does.
func (r *Resource) attach(ctx context.Context, act diagnostic.Act, plan *model,
	account protection.Account, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	kind, key, diags := r.resolve(plan)
	if diags.HasError() {
		return account, diags
	}
	report, err := r.check(ctx, plan.question(account, key))
	if err != nil {
		return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(plan), err)}
	}
	for _, violation := range report.Errors() {
		if violation.Rule.ID != customerkey.CMK009 {
			diags.Append(diagnostic.FromViolation(violation))
		}
	}
	if diags.HasError() {
		return account, diags
	}

	for {
		attached, err := kind.Attach(ctx, account.ID, plan.attachment())
		if err == nil {
			return attached, diags
		}
		switch {
		case kind.Forbidden(err), azure.IsConflict(err):
			if backoff.Wait(ctx) {
				continue
			}
			if kind.Forbidden(err) {
				diags.Append(r.stillForbidden(ctx, plan, account, key, err, backoff.Spent()))
				return account, diags
			}
		case !azure.IsRefused(err): // Whether it was done is open: the account tells.
			found, readErr := lookAgain(ctx, kind, account.ID)
			if readErr == nil && found.Encryption.Is(plan.attachment()) {
				return found, diags
			}
		}
		diags.Append(diagnostic.FromError(act, subject(plan), err))
		return account, diags
	}
}

// lastLook is how long a look may take when the time of the operation is up.
const lastLook = time.Minute

// lookAgain reads an account after an answer that leaves open what was done, even if the time of
// the operation is up.
func lookAgain(ctx context.Context, kind protection.Kind, id string) (protection.Account, error) {
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	return kind.Read(looking, id)
}

// resolve finds the kind of the account and reads the key's identifier.
func (r *Resource) resolve(plan *model) (protection.Kind, customerkey.KeyID, diag.Diagnostics) {
	kind, err := protection.Of(r.Client, plan.AccountID.ValueString())
	if err != nil {
		return nil, customerkey.KeyID{}, diag.Diagnostics{noSuchAccount(accountPath(), err)}
	}
	key, diags := r.keyID(plan)
	return kind, key, diags
}

func (r *Resource) check(ctx context.Context, question facts.Question) (rule.Report, error) {
	answer, err := facts.New(r.Client).Read(ctx, question)
	if err != nil {
		return rule.Report{}, err
	}
	return customerkey.Check(answer.Facts, r.Client.ServerTime()), nil
}

// stillForbidden is rule CMK009 as it is broken when the time to wait for a grant is up.
func (r *Resource) stillForbidden(ctx context.Context, plan *model, account protection.Account,
	key customerkey.KeyID, refused error, waited string,
) diag.Diagnostic {
	violation := rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK009),
		Severity:  rule.Error,
		Attribute: customerkey.AttributeKey,
		Found:     "a grant that Azure does not act upon yet",
		Required:  "an identity that may get, wrapKey and unwrapKey the key",
		Why:       "A new grant takes some minutes to act, and the vault's firewall has to let the service in",
		Remedy:    "Apply again in some minutes, or raise timeouts",
	}
	// The time is up, but why is worth a last look.
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	if report, err := r.check(looking, plan.question(account, key)); err == nil {
		for _, found := range report.Errors() {
			if found.Rule.ID == customerkey.CMK009 {
				violation = found
			}
		}
	}
	if answer, ok := azure.AsError(refused); ok {
		sentence, _, _ := strings.Cut(answer.Message, "\n")
		violation.Found += fmt.Sprintf("; Azure said %q for %s", strings.TrimSuffix(sentence, "."), waited)
	}
	return diagnostic.FromViolation(violation)
}

// settle waits until the account runs on the version that is expected of it: the one that is
// pinned, or the newest. Where that cannot be had the last look at the account is returned with
// the reason. Terraform itself tells no more than that it is still at work: what is waited for, and
// how far it has come, is in the log.
func (r *Resource) settle(ctx context.Context, plan *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostic, error) {
	kind, err := protection.Of(r.Client, plan.AccountID.ValueString())
	if err != nil {
		return protection.Account{}, nil, err
	}
	key := attribute.KeyOf(plan.KeyID)
	for passed := []string{}; ; {
		account, err := kind.Read(ctx, plan.AccountID.ValueString())
		if err != nil {
			return account, nil, err
		}
		following := customerkey.Following{
			Kind: account.Kind, Wanted: key, Current: account.Encryption.Current.Version,
		}
		if !key.Pinned() {
			if following.Newest, err = facts.New(r.Client).Newest(ctx, key); err != nil {
				return account, nil, err
			}
		}
		if !slices.Contains(passed, following.Current) {
			passed = append(passed, following.Current)
		}
		if following.Settled() {
			return account, nil, nil
		}
		tflog.Info(ctx, "waiting for the account to run on the expected version of its key", map[string]any{
			"account_id": account.ID, "key_vault_key_id": key.String(),
			"runs_on": following.Current, "expected": following.Expected(),
			"usually_within": following.Kind.FollowDelay(),
			"waited":         backoff.Spent(), "left": backoff.Left(),
		})
		if following.Expected() == "" || following.Kind.VersionUntold || !backoff.Wait(ctx) {
			return account, notCurrent(plan, following, passed, backoff.Spent()), nil
		}
	}
}

// notCurrent is a warning: the key is attached, and the service moves on by itself.
func notCurrent(plan *model, following customerkey.Following, passed []string, waited string,
) diag.Diagnostic {
	came := "nothing moved meanwhile"
	if len(passed) > 1 {
		came = "it moved meanwhile, over the versions " + strings.Join(passed, ", ")
	}
	return diag.NewAttributeWarningDiagnostic(waitPath(), "Customer Key Version Not Current",
		fmt.Sprintf("The key is attached to %s. %s It was waited for %s, and %s.\n\nThere is nothing to "+
			"apply again: the next refresh shows which version is in use. To wait longer, raise timeouts.",
			plan.AccountID.ValueString(), following.Sentence(), waited, came))
}

// regain waits for access to come back, where it may come back by itself (CMK012).
func (r *Resource) regain(ctx context.Context, act diagnostic.Act, plan *model, backoff *azure.Backoff,
) (protection.Account, diag.Diagnostics) {
	kind, err := protection.Of(r.Client, plan.AccountID.ValueString())
	if err != nil {
		return protection.Account{}, diag.Diagnostics{noSuchAccount(accountPath(), err)}
	}
	for {
		account, err := kind.Read(ctx, plan.AccountID.ValueString())
		var found protection.Access
		if err == nil && account.Encryption.CustomerKey {
			found, err = protection.Examine(ctx, r.Client, account)
		}
		if err != nil {
			return account, diag.Diagnostics{diagnostic.FromError(act, subject(plan), err)}
		}
		if !found.Lost {
			return account, nil
		}
		if !found.MayReturn() || !backoff.Wait(ctx) {
			return account, diag.Diagnostics{diagnostic.FromViolation(inaccessible(found))}
		}
	}
}
