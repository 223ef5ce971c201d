// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyedaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyfacts"
)

// access is whether an account reaches the key that it is attached to, and why not (CMK012).
type access struct {
	keyfacts.Answer
	diagnosis customerkey.Diagnosis
	// lost says that the account cannot reach its key.
	lost bool
}

// examine finds out whether an account reaches its key.
func examine(ctx context.Context, client *azure.Client, account keyedaccount.Account,
) (access, error) {
	return examineQuestion(ctx, client, account, account.Question())
}

func examineQuestion(ctx context.Context, client *azure.Client, account keyedaccount.Account,
	question keyfacts.Question,
) (access, error) {
	answer, err := keyfacts.New(client).Read(ctx, question)
	if err != nil {
		return access{}, err
	}
	found := access{Answer: answer, diagnosis: customerkey.Diagnose(answer.Facts, client.ServerTime())}
	found.lost = account.Encryption.Status != "" || found.certain()
	return found, nil
}

// certain reports whether access must be lost even if the account does not say so. It is not
// documented in which words an account says so, nor that it always does: any status tells, and
// so does anything without which no service can unwrap. An expired key still unwraps, and a
// firewall may let the service in by one of its rules.
func (a access) certain() bool {
	for _, finding := range a.diagnosis.Findings {
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
func (a access) mayReturn() bool {
	for _, finding := range a.diagnosis.Findings {
		if finding.Cause != customerkey.GrantRemoved && finding.Cause != customerkey.CauseUnknown {
			return false
		}
	}
	return true
}
