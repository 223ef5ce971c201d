// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"errors"

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

// Keys translates between the encryption attribute and package protection, for the accounts of one
// type.
type Keys struct {
	Client *azure.Client
	// ResourceType is the type of the accounts.
	ResourceType string
	// Subject returns an account as diagnostics name it.
	Subject func(id string) diagnostic.Subject
}

// Keyed is the part of a planned account that the rules of customer-managed keys are about.
type Keyed struct {
	// ID is null as long as the account does not exist.
	ID       attribute.ResourceIDValue
	Location attribute.LocationValue
	// Identity is null if the plan does not manage it.
	Identity   types.Object
	Encryption types.Object
}

// CheckNew checks the key that an account is to be created with, as far as that is possible while
// planning.
func (k Keys) CheckNew(ctx context.Context, plan Keyed) diag.Diagnostics {
	wanted := EncryptionIn(plan.Encryption)
	switch {
	case !wanted.IsCustomerKey():
		return nil
	case wanted.UserAssignedIdentityID.IsNull() && k.traits().SystemAssigned:
		return k.say(plan, rule.Report{Violations: []rule.Violation{keyBeforeIdentity()}}, nil)
	}
	return k.check(ctx, plan, protection.Account{}, protection.Plan)
}

// CheckChange checks the change of an account while planning: whether the account can access the
// key that it has, without which it takes no change (CMK012), the key that it changes to, and that
// it keeps the identity that reads its key. Managed says that the configuration has the encryption: where
// it does not, an attachment may give the account another identity in the same apply, and the account keeps
// the present one until then. Kept says that an earlier apply did so already.
func (k Keys) CheckChange(ctx context.Context, plan, state Keyed, managed, kept bool) diag.Diagnostics {
	wanted := EncryptionIn(plan.Encryption)
	if !wanted.IsCustomerKey() && !EncryptionIn(state.Encryption).IsCustomerKey() {
		return nil
	}
	now, err := k.Read(ctx, state.ID.ValueString())
	if err != nil {
		return k.say(state, rule.Report{}, err)
	}
	if wanted.IsCustomerKey() && EncryptionChanges(plan.Encryption, state.Encryption) {
		return k.check(ctx, plan, now, protection.Plan)
	}
	access, err := protection.Examine(ctx, k.Client, now)
	var report rule.Report
	switch {
	case err != nil:
	case access.Lost:
		after := k.wanted(plan, now)
		if _, users := attribute.PlannedIdentities(plan.Identity); !isKnown(users) {
			after.Identity = customerkey.Identity{} // It is created in the same apply.
		}
		report.Break(access.WhilePlanning(after))
	default:
		if managed && wanted.IsCustomerKey() {
			report.Merge(access.Worries(k.Client.TimeOf(access.KeyID.VaultURI)))
		}
		identified := wanted.IsCustomerKey() && !plan.Identity.IsNull() &&
			attribute.IdentityChanges(plan.Identity, state.Identity)
		switch {
		case identified && managed:
			report.Merge(protection.PlanIdentities(k.Client, k.wanted(plan, now)))
		case identified && kept:
			report.Merge(protection.StillRead(k.Client, k.wanted(plan, now)))
		}
	}
	return k.say(plan, report, err)
}

func isKnown[T any](fact rule.Fact[T]) bool {
	_, known := fact.Value()
	return known
}

// Intend notes what the change of an account means for the other nouns of the same plan.
func (k Keys) Intend(plan, state Keyed) {
	id, intents := state.ID.ValueString(), protection.IntentsOf(k.Client)
	var now protection.Account
	now.ID = id
	if !plan.Identity.IsNull() && !plan.Identity.Equal(state.Identity) {
		intents.Identifies(k.account(plan, now).Target)
	}
	if EncryptionChanges(plan.Encryption, state.Encryption) && EncryptionIn(state.Encryption).IsCustomerKey() &&
		!EncryptionIn(plan.Encryption).IsCustomerKey() {
		intents.Detaches(id)
	}
}

// CheckUnchanged checks an account that a plan leaves as it is. Lost says that the account cannot
// access its key, or that a customer_key_attachment that is removed takes the key away: the plan then needs
// an update, which waits for access, and attaches the key again where that is needed.
func (k Keys) CheckUnchanged(ctx context.Context, state Keyed) (diags diag.Diagnostics, lost bool) {
	if !EncryptionIn(state.Encryption).IsCustomerKey() {
		return nil, false
	}
	id := state.ID.ValueString()
	unlock, err := protection.Lock(ctx, k.Client, id)
	if err != nil {
		return k.say(state, rule.Report{}, err), false
	}
	defer unlock()
	var report rule.Report
	now, err := k.Read(ctx, id)
	if err == nil && (!now.Encryption.CustomerKey || protection.IntentsOf(k.Client).Left(id, "")) {
		return nil, true
	}
	if err == nil {
		report, lost, err = protection.PlanKept(ctx, k.Client, now)
	}
	return k.say(state, report, err), lost
}

// Refuse checks the key once more, when nothing is unknown any more and nothing has been changed.
func (k Keys) Refuse(ctx context.Context, plan Keyed, now protection.Account) diag.Diagnostics {
	if !EncryptionIn(plan.Encryption).IsCustomerKey() {
		return nil
	}
	return k.check(ctx, plan, now, protection.Check)
}

// check translates the plan for a check of package protection, and what that reports.
func (k Keys) check(ctx context.Context, plan Keyed, now protection.Account,
	checks func(context.Context, *azure.Client, protection.Account, protection.Wanted) (rule.Report, error),
) diag.Diagnostics {
	wanted := k.wanted(plan, now)
	if id := EncryptionIn(plan.Encryption).KeyVaultKeyID; !id.IsUnknown() {
		var err error
		wanted.Key, err = protection.ParseKeyID(k.Client, id.ValueString())
		if wrong, ok := errors.AsType[*customerkey.KeyIDError](err); ok {
			return k.say(plan, rule.Report{Violations: []rule.Violation{wanted.WithWayOut(wrong.Violation())}}, nil)
		}
	}
	report, err := checks(ctx, k.Client, now, wanted)
	return k.say(plan, report, err)
}

// wanted translates the plan. What is unknown stays zero.
func (k Keys) wanted(plan Keyed, now protection.Account) protection.Wanted {
	encryption := EncryptionIn(plan.Encryption)
	wanted := protection.Wanted{
		Account: k.account(plan, now), Key: attribute.KeyOf(encryption.KeyVaultKeyID),
		New: now.ID == "", ListsIdentities: now.ID == "" || !plan.Identity.IsNull(),
	}
	if !encryption.UserAssignedIdentityID.IsUnknown() {
		wanted.Identity = protection.Attachment{
			UserAssignedIdentityID: encryption.UserAssignedIdentityID.ValueString(),
		}.Identity()
	}
	return wanted
}

func (k Keys) traits() customerkey.Kind {
	for _, kind := range protection.Kinds() {
		if kind.ResourceType == k.ResourceType {
			return kind
		}
	}
	return customerkey.Kind{}
}

// account returns the account as the plan has it. What the plan does not manage is as it is now.
func (k Keys) account(plan Keyed, now protection.Account) facts.Account {
	planned := now.Account
	planned.ID = plan.ID.ValueString()
	planned.Kind = k.traits()
	if !plan.Location.IsUnknown() {
		planned.Location = rule.Known(plan.Location.ValueString())
	}
	switch {
	case plan.Identity.IsUnknown():
		planned.SystemAssigned, planned.UserAssigned = rule.Fact[bool]{}, rule.Fact[[]string]{}
	case !plan.Identity.IsNull():
		planned.SystemAssigned, planned.UserAssigned = attribute.PlannedIdentities(plan.Identity)
	case now.ID == "":
		planned.SystemAssigned, planned.UserAssigned = rule.Known(false), rule.Known([]string(nil))
	}
	return planned
}

// keyBeforeIdentity returns the violation of rule CMK009 by an account that is to be created with a
// key which only its own system-assigned identity could read.
func keyBeforeIdentity() rule.Violation {
	return rule.Violation{
		Rule:     customerkey.Rule(customerkey.CMK009),
		Severity: rule.Error,
		Found: "a customer-managed key for the system-assigned identity of an account that does not " +
			"exist yet",
		Required: "an identity that may get, wrapKey and unwrapKey the key when the account is created",
		Why: "A system-assigned identity exists only after its account does, and nothing can be " +
			"granted to it before",
		Remedy: "Leave encryption out and attach the key with azuremedia_customer_key_attachment, " +
			"or set user_assigned_identity_id to a user-assigned identity of the account",
	}
}

// GrantWait returns the wait for the grant on a planned key.
func (k Keys) GrantWait(plan Keyed, now protection.Account, backoff *azure.Backoff) *protection.GrantWait {
	return protection.NewGrantWait(k.Client, now, k.wanted(plan, now), backoff)
}

// Regain waits for access to come back as long as it may come back by itself.
func (k Keys) Regain(ctx context.Context, id string, backoff *azure.Backoff) diag.Diagnostics {
	_, report, err := protection.Regain(ctx, k.Client, id, backoff)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Update, k.Subject(id), err)}
	}
	return k.say(Keyed{}, report, nil)
}

// Read reads an account as the rules of customer-managed keys see it.
func (k Keys) Read(ctx context.Context, id string) (protection.Account, error) {
	return protection.Read(ctx, k.Client, id)
}

// say returns what a check found as diagnostics about the encryption attribute.
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
