// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Wanted is the key that an account is to use. What is zero is not known yet.
type Wanted struct {
	// Account is the account as it is to be, with its identities.
	Account facts.Account
	Key     customerkey.KeyID
	// Identity is the identity that is to read the key, by kind and by resource ID.
	Identity customerkey.Identity
	// New says that Terraform is to create what asks, so that there is nothing to destroy yet.
	New bool
	// ListsIdentities says that the plan of what asks lists the account's identities, so that no
	// other resource can add one in the same apply.
	ListsIdentities bool
}

func (w Wanted) known() bool {
	return !w.Key.IsZero() && w.Identity.Kind != customerkey.IdentityUnknown
}

func (w Wanted) attachment() Attachment {
	return Attachment{Key: w.Key, UserAssignedIdentityID: w.Identity.ID}
}

// Plan checks the key that an account is to use, as far as that is possible while planning. An
// account that has a key already must be able to access it to take another (CMK012): otherwise that
// is all that the report says, since one cause is enough.
func Plan(ctx context.Context, client *azure.Client, now Account, wanted Wanted) (rule.Report, error) {
	access, found, report, err := look(ctx, client, now, wanted)
	switch {
	case err != nil:
		return rule.Report{}, err
	case access.Lost && !access.mends() && !access.recovering(client):
		return reportOf(access.WhilePlanning(wanted)), nil
	}
	return wanted.whilePlanning(client, report, found), nil
}

// Check checks the key once more before anything is changed, when nothing is unknown any more. It
// leaves out a missing grant (CMK009): only the service knows whether a grant acts.
func Check(ctx context.Context, client *azure.Client, now Account, wanted Wanted) (rule.Report, error) {
	access, _, report, err := look(ctx, client, now, wanted)
	switch {
	case err != nil:
		return rule.Report{}, err
	case access.Lost && !access.mends():
		return reportOf(access.Violation()), nil
	}
	var broken rule.Report
	for _, violation := range report.Errors() {
		if violation.Rule.ID != customerkey.CMK009 {
			broken.Break(violation)
		}
	}
	return broken, nil
}

// look reads what the rules are about, both of the key that the account has and of the wanted one.
func look(ctx context.Context, client *azure.Client, now Account, wanted Wanted,
) (access Access, found customerkey.Facts, report rule.Report, err error) {
	g, ctx := azure.Together(ctx)
	g.Go(func() (err error) {
		access, err = Examine(ctx, client, now)
		return err
	})
	g.Go(func() (err error) {
		found, report, err = check(ctx, client, now, wanted)
		return err
	})
	err = g.Wait()
	return access, found, report, err
}

// check checks the wanted key against the rules.
func check(ctx context.Context, client *azure.Client, now Account, wanted Wanted,
) (customerkey.Facts, rule.Report, error) {
	answer, err := facts.New(client).Read(ctx, facts.Question{
		Account: wanted.Account, Key: wanted.Key, Identity: wanted.Identity,
		InUse: now.Encryption.Current,
	})
	return answer.Facts, customerkey.Check(answer.Facts, client.TimeOf(answer.KeyID.VaultURI)), err
}

// PlanIdentities checks that an account keeps the identity that reads its key (CMK008). It needs no
// request.
func PlanIdentities(client *azure.Client, wanted Wanted) rule.Report {
	known := customerkey.Facts{Target: wanted.Account.Target, Identity: wanted.Identity}
	return wanted.whilePlanning(client, customerkey.Check(known, client.TimeOf(known.KeyID.VaultURI)), known)
}

// whilePlanning turns a report into the report of a plan. It leaves out what the intents say that the
// same plan puts right. What another resource may put right in the same apply is only a warning: not
// all that is planned for others is known, and a configuration that was corrected has to get past its
// plan. [Check] looks again before anything is changed. What no apply puts right stays an error.
func (w Wanted) whilePlanning(client *azure.Client, report rule.Report, known customerkey.Facts,
) rule.Report {
	intents := IntentsOf(client)
	after, returns := customerkey.Check(intents.after(known), client.TimeOf(known.KeyID.VaultURI)), intents.returning(known.KeyID, known.Vault.ID)
	planned := rule.Report{Pending: report.Pending}
	for _, violation := range report.Violations {
		switch {
		case (returns || w.mayBePutRight(violation.Rule.ID, known)) && !after.Breaks(violation):
			continue
		case violation.Severity != rule.Error:
		case w.mayBePutRight(violation.Rule.ID, known):
			violation.Severity = rule.Warning
			violation.Remedy += ". If another resource does so in this apply, there is nothing else to " +
				"do; otherwise the apply fails before it changes the account"
		default:
			violation = w.WithWayOut(violation)
		}
		planned.Break(violation)
	}
	return planned
}

func (w Wanted) mayBePutRight(broken rule.ID, known customerkey.Facts) bool {
	switch broken {
	case customerkey.CMK004:
		return known.Vault.Presence == customerkey.Present && known.Key.Presence == customerkey.Present
	case customerkey.CMK008:
		return !w.ListsIdentities && known.Identity.Presence != customerkey.Absent &&
			(known.Identity.Kind == customerkey.UserAssignedIdentity || known.Target.Kind.SystemAssigned)
	case customerkey.CMK006, customerkey.CMK007, customerkey.CMK009:
		return true
	default: // Type, size and region of a key or vault do not change.
		return false
	}
}

// WithWayOut adds to an error of a plan how to destroy in spite of it: before Terraform destroys, it
// plans as if nothing was to be destroyed, unless it is told not to refresh.
func (w Wanted) WithWayOut(violation rule.Violation) rule.Violation {
	if !w.New {
		violation.Remedy += ". To destroy everything instead: terraform destroy -refresh=false"
	}
	return violation
}

func reportOf(violation rule.Violation) rule.Report {
	return rule.Report{Violations: []rule.Violation{violation}}
}
