// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// lastLook is how long looking at an account may take when the time for changing it is up.
const lastLook = time.Minute

// Keys holds customers' keys against the rules, for the accounts of one type.
type Keys struct {
	Client *azure.Client
	// ResourceType is the type of the accounts.
	ResourceType string
	// Subject is an account as diagnostics speak of it.
	Subject func(id string) diagnostic.Subject
}

// Keyed is what the rules are about of an account, as a plan has it.
type Keyed struct {
	// ID is null as long as there is no account.
	ID       attribute.ResourceIDValue
	Location attribute.LocationValue
	// Identity is null where it is not managed.
	Identity   types.Object
	Encryption types.Object
}

// CheckNew holds the key that an account is to be created with against the rules, as far as that
// can be done while planning.
func (k Keys) CheckNew(ctx context.Context, plan Keyed) diag.Diagnostics {
	wanted := EncryptionIn(plan.Encryption)
	if !wanted.IsCustomerKey() {
		return nil
	}
	if wanted.UserAssignedIdentityID.IsNull() && k.kind().SystemAssigned {
		return diag.Diagnostics{diagnostic.FromViolation(keyBeforeIdentity())}
	}
	report, err := k.hold(ctx, plan, protection.Account{})
	return k.say(plan, whilePlanning(report), err)
}

// CheckChange holds the key that an account is to change to against the rules, and the identities
// that it is to keep against the key that it has.
func (k Keys) CheckChange(ctx context.Context, plan, state Keyed) diag.Diagnostics {
	wanted := EncryptionIn(plan.Encryption)
	changes := EncryptionChanges(plan.Encryption, state.Encryption)
	identifies := !plan.Identity.IsNull() && !plan.Identity.Equal(state.Identity)
	if !wanted.IsCustomerKey() || !changes && !identifies {
		return nil
	}
	now, err := k.Read(ctx, state.ID.ValueString())
	if err != nil {
		return k.say(state, rule.Report{}, err)
	}
	if !changes {
		// Of the key itself nothing is known here, so that only the identity can break a rule.
		known := customerkey.Facts{Target: k.target(plan, now).Target, Identity: wanted.identity()}
		return k.say(plan, customerkey.Check(known, k.Client.ServerTime()), nil)
	}
	report, err := k.hold(ctx, plan, now)
	return k.say(plan, whilePlanning(report), err)
}

// Refuse holds the key against the rules once more, now that nothing is unknown and nothing has
// been changed. A grant is not asked for: the service itself is the one to tell whether it acts.
func (k Keys) Refuse(ctx context.Context, plan Keyed, now protection.Account) diag.Diagnostics {
	if !EncryptionIn(plan.Encryption).IsCustomerKey() {
		return nil
	}
	report, err := k.hold(ctx, plan, now)
	var forbidding rule.Report
	for _, violation := range report.Errors() {
		if violation.Rule.ID != customerkey.CMK009 {
			forbidding.Break(violation)
		}
	}
	return k.say(plan, forbidding, err)
}

// hold gathers the facts about the key that is wanted, and says what they break.
func (k Keys) hold(ctx context.Context, plan Keyed, now protection.Account,
) (rule.Report, error) {
	wanted := EncryptionIn(plan.Encryption)
	question := facts.Question{Account: k.target(plan, now), Identity: wanted.identity()}
	if !wanted.KeyVaultKeyID.IsUnknown() {
		key, err := protection.ParseKeyID(k.Client, wanted.KeyVaultKeyID.ValueString())
		var wrong *customerkey.KeyIDError
		if errors.As(err, &wrong) {
			return rule.Report{Violations: []rule.Violation{wrong.Violation()}}, nil
		}
		question.Key = key
	}
	answer, err := facts.New(k.Client).Read(ctx, question)
	if err != nil {
		return rule.Report{}, err
	}
	return customerkey.Check(answer.Facts, k.Client.ServerTime()), nil
}

// identity is whom the key is read as; the zero value as long as that is not known.
func (e Encryption) identity() customerkey.Identity {
	if e.UserAssignedIdentityID.IsUnknown() {
		return customerkey.Identity{}
	}
	return protection.Attachment{
		UserAssignedIdentityID: e.UserAssignedIdentityID.ValueString(),
	}.Identity()
}

func (k Keys) kind() customerkey.Kind {
	kind, _ := customerkey.KindOf(azure.ID("x", "x", k.ResourceType, "x"))
	return kind
}

// target is the account as the plan has it. What the plan does not manage is as it is now.
func (k Keys) target(plan Keyed, now protection.Account) facts.Account {
	target := now.Account
	target.ID = plan.ID.ValueString()
	target.Kind = k.kind()
	if !plan.Location.IsUnknown() {
		target.Location = rule.Known(plan.Location.ValueString())
	}
	switch {
	case plan.Identity.IsUnknown():
		target.SystemAssigned, target.UserAssigned = rule.Fact[bool]{}, rule.Fact[[]string]{}
	case !plan.Identity.IsNull():
		target.SystemAssigned, target.UserAssigned = identitiesIn(plan.Identity)
	case now.ID == "":
		target.SystemAssigned, target.UserAssigned = rule.Known(false), rule.Known([]string(nil))
	}
	return target
}

// whilePlanning is a report as it is said at plan. What another resource may put right in the same
// apply is a warning until then: a key that is being enabled, purge protection that is being
// switched on, a grant. The plan of one resource does not show what is planned for the others.
// Everything is looked at once more before the account is changed.
func whilePlanning(report rule.Report) rule.Report {
	var diags rule.Report
	for _, violation := range report.Violations {
		switch violation.Rule.ID {
		case customerkey.CMK004, customerkey.CMK006, customerkey.CMK007, customerkey.CMK009:
			if violation.Severity == rule.Error {
				violation.Severity = rule.Warning
				violation.Remedy += ". If this very apply does so by another resource, nothing else " +
					"is to be done; if it does not, it will refuse to use the key"
			}
		}
		diags.Break(violation)
	}
	return diags
}

// keyBeforeIdentity is rule CMK009 as it is broken by an account that is to be created with a key
// which only its own system-assigned identity could read.
func keyBeforeIdentity() rule.Violation {
	return rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK009),
		Severity:  rule.Error,
		Attribute: encryptionAttribute,
		Found: "a customer's key that the system-assigned identity of an account yet to be created " +
			"is to read",
		Required: "an identity that may get, wrapKey and unwrapKey the key when the account is created",
		Why: "A system-assigned identity exists only after its account does, and nothing can be " +
			"granted to it before",
		Remedy: "Leave encryption out and attach the key with azuremedia_customer_key_attachment, " +
			"or set user_assigned_identity_id to a user-assigned identity of the account",
	}
}

// Forbidden reports whether Azure refused a customer's key because the vault did not let the
// account's identity in.
func (k Keys) Forbidden(id string, err error) bool {
	kind, unknown := protection.Of(k.Client, id)
	return err != nil && unknown == nil && kind.Forbidden(err)
}

// StillForbidden is rule CMK009 as it is broken when the time to wait for a grant is up.
func (k Keys) StillForbidden(ctx context.Context, plan Keyed, now protection.Account,
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
	if report, err := k.hold(looking, plan, now); err == nil {
		for _, found := range report.Errors() {
			if found.Rule.ID == customerkey.CMK009 {
				violation = found
			}
		}
	}
	violation.Found += fmt.Sprintf(
		"; Azure said \"Access to the Customer Key was forbidden\" for %s", waited)
	return diagnostic.FromViolation(violation.Under(encryptionAttribute))
}

// CheckAccess refuses to change an account that cannot reach its key, and says why it cannot
// (CMK012).
func (k Keys) CheckAccess(ctx context.Context, state Keyed) diag.Diagnostics {
	if !EncryptionIn(state.Encryption).IsCustomerKey() {
		return nil
	}
	found, err := k.examine(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		return k.say(state, rule.Report{}, err)
	case found.Lost:
		return diag.Diagnostics{inaccessible(found)}
	default:
		return nil
	}
}

// WarnInaccessible says of an account that is not to be changed that it cannot reach its key. It
// is a warning: Terraform plans before it destroys as if nothing was to be destroyed, and an error
// would stop that.
func (k Keys) WarnInaccessible(ctx context.Context, state Keyed) diag.Diagnostics {
	found, err := k.examine(ctx, state.ID.ValueString())
	switch {
	case err != nil:
		return k.say(state, rule.Report{}, err)
	case !found.Lost:
		return nil
	}
	violation := found.Diagnosis.Violation().Under(encryptionAttribute)
	violation.Severity = rule.Warning
	violation.Remedy += ". An apply fails until then, unless it restores access itself; a destroy " +
		"goes on"
	return diag.Diagnostics{diagnostic.FromViolation(violation)}
}

// Regain waits for access to come back where it may come back by itself.
func (k Keys) Regain(ctx context.Context, id string, backoff *azure.Backoff) diag.Diagnostics {
	for {
		found, err := k.examine(ctx, id)
		switch {
		case err != nil:
			return diag.Diagnostics{diagnostic.FromError(diagnostic.Update, k.Subject(id), err)}
		case !found.Lost:
			return nil
		case !found.MayReturn() || !backoff.Wait(ctx):
			return diag.Diagnostics{inaccessible(found)}
		}
	}
}

func inaccessible(found protection.Access) diag.Diagnostic {
	return diagnostic.FromViolation(found.Diagnosis.Violation().Under(encryptionAttribute))
}

func (k Keys) examine(ctx context.Context, id string) (protection.Access, error) {
	account, err := k.Read(ctx, id)
	if err != nil {
		return protection.Access{}, err
	}
	return protection.Examine(ctx, k.Client, account)
}

// Read reads an account as the rules of customers' keys see it.
func (k Keys) Read(ctx context.Context, id string) (protection.Account, error) {
	kind, err := protection.Of(k.Client, id)
	if err != nil {
		return protection.Account{}, err
	}
	return kind.Read(ctx, id)
}

// say says what a report found, at the attributes of the account.
func (k Keys) say(account Keyed, report rule.Report, err error) diag.Diagnostics {
	if err != nil {
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, k.Subject(account.ID.ValueString()), err),
		}
	}
	for i, violation := range report.Violations {
		report.Violations[i] = violation.Under(encryptionAttribute)
	}
	return diagnostic.FromReport(report)
}
