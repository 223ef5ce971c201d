// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyedaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyfacts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/patience"
)

// keyAttribute is the attribute that the rules of customers' keys are about here.
const keyAttribute = "encryption"

// checkNewKey holds the key that an account is to be created with against the rules, as far as
// that can be done while planning.
func (r *Resource) checkNewKey(ctx context.Context, plan account) diag.Diagnostics {
	wanted := protectionIn(plan.Encryption)
	if !wanted.isCustomerKey() {
		return nil
	}
	if wanted.UserAssignedIdentityID.IsNull() {
		return diag.Diagnostics{diagnostic.FromViolation(keyBeforeIdentity())}
	}
	report, err := r.holdKey(ctx, plan, keyedaccount.Account{})
	return keyDiagnostics(plan, whilePlanning(report), err)
}

// checkKey holds the key that an account is to change to against the rules, and the identities
// that it is to keep against the key that it has.
func (r *Resource) checkKey(ctx context.Context, plan, state account) diag.Diagnostics {
	wanted := protectionIn(plan.Encryption)
	if !wanted.isCustomerKey() || !plan.encryptionChanges(state) && !plan.identityChanges(state) {
		return nil
	}
	now, err := r.keyed(ctx, state.ID.ValueString())
	if err != nil {
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err),
		}
	}
	if !plan.encryptionChanges(state) {
		// Of the key itself nothing is known here, so that only the identity can break a rule.
		facts := customerkey.Facts{Target: plan.target(now).Target, Identity: wanted.identity()}
		return keyDiagnostics(plan, customerkey.Check(facts, r.client.ServerTime()), nil)
	}
	report, err := r.holdKey(ctx, plan, now)
	return keyDiagnostics(plan, whilePlanning(report), err)
}

// refuseKey holds the key against the rules once more, now that nothing is unknown and nothing has
// been changed. A grant is not asked for: the service itself is the one to tell whether it acts.
func (r *Resource) refuseKey(ctx context.Context, plan account, now keyedaccount.Account,
) diag.Diagnostics {
	if !protectionIn(plan.Encryption).isCustomerKey() {
		return nil
	}
	report, err := r.holdKey(ctx, plan, now)
	var forbidding rule.Report
	for _, violation := range report.Errors() {
		if violation.Rule.ID != customerkey.CMK009 {
			forbidding.Break(violation)
		}
	}
	return keyDiagnostics(plan, forbidding, err)
}

// holdKey gathers the facts about the key that is wanted, and says what they break.
func (r *Resource) holdKey(ctx context.Context, plan account, now keyedaccount.Account,
) (rule.Report, error) {
	wanted := protectionIn(plan.Encryption)
	question := keyfacts.Question{Account: plan.target(now), Identity: wanted.identity()}
	if !wanted.KeyVaultKeyID.IsUnknown() {
		key, err := customerkey.ParseKeyID(
			wanted.KeyVaultKeyID.ValueString(), r.client.Cloud().KeyVaultSuffix)
		var wrong *customerkey.KeyIDError
		if errors.As(err, &wrong) {
			return rule.Report{Violations: []rule.Violation{wrong.Violation()}}, nil
		}
		question.Key = key
	}
	answer, err := keyfacts.New(r.client).Read(ctx, question)
	if err != nil {
		return rule.Report{}, err
	}
	return customerkey.Check(answer.Facts, r.client.ServerTime()), nil
}

// identity is whom the key is read as; the zero value as long as that is not known.
func (p protection) identity() customerkey.Identity {
	if p.UserAssignedIdentityID.IsUnknown() {
		return customerkey.Identity{}
	}
	return keyedaccount.Attachment{
		UserAssignedIdentityID: p.UserAssignedIdentityID.ValueString(),
	}.Identity()
}

// target is the account as the plan has it. What the plan does not manage is as it is now.
func (a *account) target(now keyedaccount.Account) keyfacts.Account {
	target := now.Account
	target.ID = a.ID.ValueString()
	target.Kind, _ = customerkey.KindOf(azure.ID("x", "x", azure.MediaAccountType, "x"))
	if !a.Location.IsUnknown() {
		target.Location = rule.Known(a.Location.ValueString())
	}
	switch {
	case a.Identity.IsUnknown():
		target.SystemAssigned, target.UserAssigned = rule.Fact[bool]{}, rule.Fact[[]string]{}
	case !a.Identity.IsNull():
		target.SystemAssigned, target.UserAssigned = identitiesOf(a.Identity)
	case now.ID == "":
		target.SystemAssigned, target.UserAssigned = rule.Known(false), rule.Known([]string(nil))
	}
	return target
}

// identitiesOf are the identities in the attribute, as far as they are known.
func identitiesOf(object types.Object) (system rule.Fact[bool], user rule.Fact[[]string]) {
	parts := object.Attributes()
	if kind, ok := parts["type"].(types.String); ok && !kind.IsUnknown() {
		system = rule.Known(strings.Contains(kind.ValueString(), attribute.SystemAssigned))
	}
	set, _ := parts["identity_ids"].(types.Set)
	if ids := identityIDs(object); !set.IsUnknown() && len(ids) == len(set.Elements()) {
		user = rule.Known(ids)
	}
	return system, user
}

// whilePlanning is a report as it is said at plan. What another resource may put right in the same
// apply is a warning until then: a key that is being enabled, purge protection that is being
// switched on, a grant. The plan of one resource does not show what is planned for the others.
// Everything is looked at once more before the account is changed.
func whilePlanning(report rule.Report) rule.Report {
	var said rule.Report
	for _, violation := range report.Violations {
		switch violation.Rule.ID {
		case customerkey.CMK004, customerkey.CMK006, customerkey.CMK007, customerkey.CMK009:
			if violation.Severity == rule.Error {
				violation.Severity = rule.Warning
				violation.Remedy += ". If this very apply does so by another resource, nothing else " +
					"is to be done; if it does not, it will refuse to use the key"
			}
		}
		said.Break(violation)
	}
	return said
}

// keyBeforeIdentity is rule CMK009 as it is broken by an account that is to be created with a key
// which only its own system-assigned identity could read.
func keyBeforeIdentity() rule.Violation {
	return rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK009),
		Severity:  rule.Error,
		Attribute: keyAttribute,
		Found: "a customer's key that the system-assigned identity of an account yet to be created " +
			"is to read",
		Required: "an identity that may get, wrapKey and unwrapKey the key when the account is created",
		Why: "A system-assigned identity exists only after its account does, and nothing can be " +
			"granted to it before",
		Remedy: "Leave encryption out and attach the key with azuremedia_customer_key_attachment, " +
			"or set user_assigned_identity_id to a user-assigned identity of the account",
	}
}

// stillForbidden is rule CMK009 as it is broken when the time to wait for a grant is up.
func (r *Resource) stillForbidden(ctx context.Context, plan account, now keyedaccount.Account,
	waited string,
) diag.Diagnostic {
	violation := rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK009),
		Severity:  rule.Error,
		Attribute: customerkey.AttributeKey,
		Found:     "a grant that Azure does not act upon yet",
		Required:  "an identity that may get, wrapKey and unwrapKey the key",
		Why: "A new grant takes some minutes to act, and the vault's firewall has to let the " +
			"service in",
		Remedy: "Apply again in some minutes, or raise timeouts",
	}
	// The time is up, but why is worth a last look.
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	if report, err := r.holdKey(looking, plan, now); err == nil {
		for _, found := range report.Errors() {
			if found.Rule.ID == customerkey.CMK009 {
				violation = found
			}
		}
	}
	violation.Found += fmt.Sprintf(
		"; Azure said \"Access to the Customer Key was forbidden\" for %s", waited)
	return diagnostic.FromViolation(violation.Under(keyAttribute))
}

// checkAccess refuses to change an account that cannot reach its key, and says why it cannot
// (CMK012).
func (r *Resource) checkAccess(ctx context.Context, state account) diag.Diagnostics {
	if !protectionIn(state.Encryption).isCustomerKey() {
		return nil
	}
	found, err := r.examine(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err),
		}
	case found.Lost:
		return diag.Diagnostics{inaccessible(found)}
	default:
		return nil
	}
}

// warnInaccessible says of an account that is not to be changed that it cannot reach its key. It
// is a warning: Terraform plans before it destroys as if nothing was to be destroyed, and an error
// would stop that.
func (r *Resource) warnInaccessible(ctx context.Context, state account) diag.Diagnostics {
	found, err := r.examine(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err),
		}
	case !found.Lost:
		return nil
	}
	violation := found.Diagnosis.Violation().Under(keyAttribute)
	violation.Severity = rule.Warning
	violation.Remedy += ". An apply fails until then, unless it restores access itself; a destroy " +
		"goes on"
	return diag.Diagnostics{diagnostic.FromViolation(violation)}
}

// regain waits for access to come back where it may come back by itself, and returns the account.
func (r *Resource) regain(ctx context.Context, id string, patience *patience.Patience,
) (media.Account, diag.Diagnostics) {
	for {
		found, err := r.examine(ctx, id)
		var account media.Account
		if err == nil {
			account, err = r.get(ctx, id)
		}
		switch {
		case err != nil:
			return account, diag.Diagnostics{diagnostic.FromError(diagnostic.Update, subject(id), err)}
		case !found.Lost:
			return account, nil
		case !found.MayReturn() || !patience.Wait(ctx):
			return account, diag.Diagnostics{inaccessible(found)}
		}
	}
}

func inaccessible(found keyedaccount.Access) diag.Diagnostic {
	return diagnostic.FromViolation(found.Diagnosis.Violation().Under(keyAttribute))
}

func (r *Resource) examine(ctx context.Context, id string) (keyedaccount.Access, error) {
	account, err := r.keyed(ctx, id)
	if err != nil {
		return keyedaccount.Access{}, err
	}
	return keyedaccount.Examine(ctx, r.client, account)
}

// keyed reads the account as the rules of customers' keys see it.
func (r *Resource) keyed(ctx context.Context, id string) (keyedaccount.Account, error) {
	kind, err := keyedaccount.Of(r.client, id)
	if err != nil {
		return keyedaccount.Account{}, err
	}
	return kind.Read(ctx, id)
}

// keyDiagnostics says what a report found, at the attributes of the account.
func keyDiagnostics(plan account, report rule.Report, err error) diag.Diagnostics {
	if err != nil {
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(plan.ID.ValueString()), err),
		}
	}
	for i, violation := range report.Violations {
		report.Violations[i] = violation.Under(keyAttribute)
	}
	return diagnostic.FromReport(report)
}
