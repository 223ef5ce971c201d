// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Access says whether an account can access the key that it is attached to, and why not (CMK012).
type Access struct {
	facts.Answer
	Diagnosis customerkey.Diagnosis
	// Lost says that the account cannot access its key.
	Lost bool
}

// Examine finds out whether an account can access its key. It asks nothing about an account on the
// system key.
func Examine(ctx context.Context, client *azure.Client, account Account) (Access, error) {
	return ExamineQuestion(ctx, client, account, account.Question())
}

// ExamineQuestion is [Examine] with a question that asks for more facts.
func ExamineQuestion(ctx context.Context, client *azure.Client, account Account,
	question facts.Question,
) (Access, error) {
	if !account.Encryption.CustomerKey {
		return Access{}, nil
	}
	answer, err := facts.New(client).Read(ctx, question)
	if err != nil {
		return Access{}, err
	}
	return Judge(account, answer, client.TimeOf(answer.KeyID.VaultURI)), nil
}

// Judge decides from the facts whether an account can access its key.
func Judge(account Account, answer facts.Answer, now time.Time) Access {
	found := Access{Answer: answer, Diagnosis: customerkey.Diagnose(answer.Facts, now)}
	found.Lost = account.Encryption.Status != "" || found.certain()
	return found
}

// certain reports whether access must be lost even if the account does not say so. Neither the words
// in which an account says so are documented, nor whether it always does: any status tells, and
// so does anything without which no service can unwrap. An expired key still unwraps, and a
// firewall may let the service in by one of its rules.
func (a Access) certain() bool {
	for _, finding := range a.Diagnosis.Findings {
		switch finding.Cause {
		case customerkey.VaultDeleted, customerkey.VaultPurged, customerkey.KeyDeleted,
			customerkey.KeyPurged, customerkey.IdentityRemoved, customerkey.KeyDisabled,
			customerkey.VersionDisabled:
			return true
		case customerkey.GrantRemoved:
			if !a.GrantMayBeIndirect {
				return true
			}
		case customerkey.VaultFirewall, customerkey.KeyExpired, customerkey.CauseUnknown:
		}
	}
	return false
}

// mayReturn reports whether access may come back by itself: a grant takes some minutes to act, and
// so may anything else that was put right a moment ago.
func (a Access) mayReturn() bool {
	for _, finding := range a.Diagnosis.Findings {
		if finding.Cause != customerkey.GrantRemoved && finding.Cause != customerkey.CauseUnknown {
			return false
		}
	}
	return true
}

// mends reports whether attaching a key may restore access: to an account that lost the identity
// which reads its key, if it takes changes without its key.
func (a Access) mends() bool {
	return a.Diagnosis.Cause() == customerkey.IdentityRemoved && !a.Target.Kind.LockedWithoutKey
}

// Violation returns the lost access as a violation of rule CMK012.
func (a Access) Violation() rule.Violation { return a.Diagnosis.Violation() }

// WhilePlanning returns the violation for a plan that changes the account. As long as something that
// the account is to use is unknown, another resource may be restoring access: it may be the very key
// that was deleted, which is then recovered.
func (a Access) WhilePlanning(wanted Wanted) rule.Violation {
	if !wanted.known() {
		return a.asWarning()
	}
	return wanted.WithWayOut(a.Violation())
}

// asWarning returns the violation for a plan that may restore access.
func (a Access) asWarning() rule.Violation {
	violation := a.Violation()
	violation.Severity = rule.Warning
	violation.Remedy += ". An apply fails until then, unless it restores access itself; a destroy goes on"
	return violation
}

// PlanKept checks a plan that leaves an account its key. If access is lost there is something to do
// after all: an update, which waits for access and fails without it.
//
// Lost access is a warning in the plan and an error in the apply, for two reasons. Before Terraform
// destroys, it plans as if nothing was to be destroyed, and an error would stop `terraform destroy`
// when it is needed most (CMK013). And what restores access, such as a grant, may be in this plan.
func PlanKept(ctx context.Context, client *azure.Client, account Account,
) (report rule.Report, lost bool, err error) {
	access, err := Examine(ctx, client, account)
	switch {
	case err != nil, !account.Encryption.CustomerKey:
		return rule.Report{}, false, err
	case access.Lost && access.recovering(client): // Nothing is to be done about the account itself.
		return rule.Report{}, false, nil
	case access.Lost:
		return reportOf(access.asWarning()), true, nil
	}
	report = access.Worries(client.TimeOf(access.KeyID.VaultURI))
	report.Merge(leaving(client, account))
	return report, false, nil
}

// recovering reports whether all that the account lacks is a vault or a key that the plan recovers.
func (a Access) recovering(client *azure.Client) bool {
	cause := a.Diagnosis.Cause()
	return len(a.Diagnosis.Findings) == 1 && (cause == customerkey.VaultDeleted || cause == customerkey.KeyDeleted) &&
		IntentsOf(client).returning(a.KeyID, a.Vault.ID)
}

// Worries returns what does not hurt yet: the account can access the version that it runs on, but
// could not be attached to the one that its identifier means. That version expires or has expired,
// or it is the newest and was disabled before the account moved to it. For an account that never
// tells whether it can access its key, a grant that seems to be missing is one more worry.
func (a Access) Worries(now time.Time) (worries rule.Report) {
	for _, violation := range customerkey.Check(a.Facts, now).Violations {
		untold := a.Target.Kind.StatusUntold
		if violation.Rule.ID == customerkey.CMK004 || violation.Rule.ID == customerkey.CMK009 && untold {
			violation.Severity = rule.Warning
			worries.Break(violation)
		}
	}
	return worries
}

// Regain waits for access to come back as long as it may come back by itself, and returns the
// account. The report says why it does not (CMK012). A grant that is not there has no longer than Azure
// may take to list it.
func Regain(ctx context.Context, client *azure.Client, id string, backoff *azure.Backoff,
) (Account, rule.Report, error) {
	lag := backoff.Within(listLag)
	for {
		account, err := Read(ctx, client, id)
		if err != nil {
			return account, rule.Report{}, err
		}
		access, err := Examine(ctx, client, account)
		if err != nil || !access.Lost {
			return account, rule.Report{}, err
		}
		wait, what := backoff, account.subject()+" to access its key again"
		if access.Diagnosis.Cause() == customerkey.GrantRemoved {
			wait, what = lag, "Azure to list "+access.GrantName()
		}
		if !access.mayReturn() || !wait.Wait(ctx, what) {
			return account, reportOf(afterWaiting(backoff, access.Violation())), nil
		}
	}
}

// afterWaiting returns a violation that says what was waited for.
func afterWaiting(backoff *azure.Backoff, violation rule.Violation) rule.Violation {
	if waited := backoff.Waited(); waited != "" {
		violation.Why = waited + ". " + violation.Why
	}
	return violation
}
