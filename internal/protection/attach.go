// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"net/http"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Attach makes an account use the wanted key. It waits for its turn, and for a grant that does not act
// yet; the report says which grant is missing when the time is up (CMK009).
func Attach(ctx context.Context, client *azure.Client, account Account, wanted Wanted,
	backoff *azure.Backoff,
) (Account, rule.Report, error) {
	kind, err := Of(client, account.ID)
	if err != nil {
		return account, rule.Report{}, err
	}
	attached, grant := account, NewGrantWait(client, account, wanted, backoff)
	err = backoff.Retry(ctx, account.subject(), func() (err error) {
		attached, err = kind.Attach(ctx, account.ID, wanted.attachment())
		return err
	}, grant.Passed)
	switch {
	case err == nil:
		return attached, rule.Report{}, nil
	case grant.Forbidden(err):
		return account, reportOf(grant.Violation(ctx, err)), nil
	}
	// Azure may have attached the key all the same.
	if found, ok := lookAfter(ctx, err, kind, account.ID); ok && found.Encryption.Is(wanted.attachment()) {
		return found, rule.Report{}, nil
	}
	return account, rule.Report{}, err
}

// lookAfter reads an account after an error that leaves open what Azure did.
func lookAfter(ctx context.Context, err error, kind Kind, id string) (Account, bool) {
	return azure.LookAfter(ctx, err, func(ctx context.Context) (Account, error) { return kind.Read(ctx, id) })
}

// Revert returns an account to the system key. An account that cannot access its own key cannot be
// changed: the report then warns that nothing was reverted (CMK013). Any other refusal is an error.
func Revert(ctx context.Context, client *azure.Client, account Account, backoff *azure.Backoff,
) (rule.Report, error) {
	kind, err := Of(client, account.ID)
	switch {
	case err != nil:
		return rule.Report{}, err
	case account.Encryption.Status != "":
		return notReverted(ctx, client, account, nil)
	}
	err = backoff.Retry(ctx, account.subject(), func() error { return kind.Revert(ctx, account.ID) })
	if err == nil || azure.IsNotFound(err) {
		return rule.Report{}, nil
	}
	// Azure may have reverted the account all the same.
	if found, ok := lookAfter(ctx, err, kind, account.ID); ok && !found.Encryption.CustomerKey {
		return rule.Report{}, nil
	}
	return notReverted(ctx, client, account, err)
}

// notReverted decides whether a refusal, if there was one, is due to the key.
func notReverted(ctx context.Context, client *azure.Client, account Account, refused error,
) (rule.Report, error) {
	access, err := Examine(ctx, client, account)
	switch {
	case refused != nil && (err != nil || !access.Lost && !keyRefused(refused, access)):
		return rule.Report{}, refused
	case err != nil:
		return rule.Report{}, err
	}
	IntentsOf(client).Lacks(account.ID)
	violation := access.Violation()
	violation.Rule, violation.Severity = customerkey.Rule(customerkey.CMK013), rule.Warning
	violation.Attribute = ""
	violation.Why = "Without its key the account cannot be changed: it still runs on " +
		account.Encryption.KeyID + ", nothing was reverted, and the destruction goes on"
	violation.Remedy = "None is needed if the account is destroyed as well, which works in this state. " +
		"Otherwise: " + violation.Remedy
	return reportOf(violation), nil
}

// keyRefused reports whether a change was refused because of the key: the service itself refused it,
// and something that may well be the reason is wrong with the key.
func keyRefused(refused error, access Access) bool {
	answer, ok := azure.AsError(refused)
	cause := access.Diagnosis.Cause()
	return ok && (answer.Status == http.StatusBadRequest || answer.Status == http.StatusForbidden) &&
		!azure.Lasts(refused) && cause != customerkey.CauseUnknown && cause != customerkey.KeyExpired
}
