// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

// Access is whether an account reaches the key that it is attached to, and why not (CMK012).
type Access struct {
	facts.Answer
	Diagnosis customerkey.Diagnosis
	// Lost says that the account cannot reach its key.
	Lost bool
}

// Examine finds out whether an account reaches its key.
func Examine(ctx context.Context, client *azure.Client, account Account) (Access, error) {
	return ExamineQuestion(ctx, client, account, account.Question())
}

// ExamineQuestion is [Examine] for whoever wants to know more of the facts than that takes.
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
	return Judge(account, answer, client.ServerTime()), nil
}

// Judge says whether an account reaches its key, by what was found out about it.
func Judge(account Account, answer facts.Answer, now time.Time) Access {
	found := Access{Answer: answer, Diagnosis: customerkey.Diagnose(answer.Facts, now)}
	found.Lost = account.Encryption.Status != "" || found.certain()
	return found
}

// certain reports whether access must be lost even if the account does not say so. It is not
// documented in which words an account says so, nor that it always does: any status tells, and
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

// MayReturn reports whether access may come back by itself: a grant takes some minutes to act, and
// so may anything else that was put right a moment ago.
func (a Access) MayReturn() bool {
	for _, finding := range a.Diagnosis.Findings {
		if finding.Cause != customerkey.GrantRemoved && finding.Cause != customerkey.CauseUnknown {
			return false
		}
	}
	return true
}
