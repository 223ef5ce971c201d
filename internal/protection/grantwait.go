// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// listLag is how long Azure may not list a grant that was made a moment ago.
const listLag = 2 * time.Minute

// GrantWait waits while a service refuses a key because the vault does not let the account's identity
// in. A grant that is there is waited for as long as there is time, since a new one takes minutes to
// act and only the service knows whether it acts. So is a grant that cannot be seen. One that was never
// made is waited for no longer than Azure may take to list it.
type GrantWait struct {
	client  *azure.Client
	account Account
	wanted  Wanted
	// backoff is the time of the whole operation, lag what of it a missing grant has.
	backoff, lag *azure.Backoff
	// found is the latest look at the grant; until one was seen or could not be, it is repeated.
	found facts.Answer
	kept  bool
}

// NewGrantWait returns a wait for the grant on a wanted key.
func NewGrantWait(client *azure.Client, account Account, wanted Wanted, backoff *azure.Backoff) *GrantWait {
	return &GrantWait{
		client: client, account: account, wanted: wanted,
		backoff: backoff, lag: backoff.Within(listLag),
	}
}

// Passed waits after a refusal, and reports whether to send the request again. It does not wait for a
// refusal that is not about the grant.
func (w *GrantWait) Passed(ctx context.Context, refused error) bool {
	if !w.Forbidden(refused) {
		return false
	}
	if !w.kept {
		w.look(ctx)
	}
	if w.missing() {
		return w.lag.Wait(ctx, "Azure to list "+w.found.GrantName())
	}
	w.kept = true
	return w.backoff.Wait(ctx, w.what())
}

// Forbidden reports whether the service refused a key because the vault did not let the account's
// identity in.
func (w *GrantWait) Forbidden(refused error) bool {
	kind, err := Of(w.client, w.wanted.Account.ID)
	return refused != nil && err == nil && kind.Forbidden(refused)
}

// look reads the grant anew. What cannot be read is unknown.
func (w *GrantWait) look(ctx context.Context) {
	answer, err := facts.New(w.client).Read(ctx, facts.Question{
		Account: w.wanted.Account, Key: w.wanted.Key, Identity: w.wanted.Identity,
		InUse: w.account.Encryption.Current,
	})
	if err != nil {
		answer = facts.Answer{Facts: customerkey.Facts{
			Target: w.wanted.Account.Target, KeyID: w.wanted.Key, Identity: w.wanted.Identity,
		}}
	}
	w.found = answer
}

// missing reports whether the latest look found that the grant was never made, or in part only. The
// vault may let in a group that the identity belongs to: if that was long ago, the service was not
// refused, and if it was a moment ago, it acts within the same time.
func (w *GrantWait) missing() bool { return len(w.found.Grant.Denied()) > 0 }

// what returns what is waited for while the grant is there or cannot be seen.
func (w *GrantWait) what() string {
	if w.found.Grant.Complete() {
		return "Azure to act on " + w.found.GrantName()
	}
	return fmt.Sprintf("Azure to act on %s, if there is one: it cannot be seen with these credentials",
		w.found.GrantName())
}

// Violation returns the violation of rule CMK009 when the wait is over: which grant is missing or does
// not act, and what Azure said.
func (w *GrantWait) Violation(ctx context.Context, refused error) rule.Violation {
	ctx, cancel := azure.LastLook(ctx)
	defer cancel()
	w.look(ctx)
	violation := rule.Violation{
		Rule:      customerkey.Rule(customerkey.CMK009),
		Severity:  rule.Error,
		Attribute: customerkey.AttributeKey,
		Found:     "a grant that Azure does not act upon yet",
		Required:  "an identity that may get, wrapKey and unwrapKey the key",
		Why:       "A new grant takes some minutes to act, and the vault's firewall has to let the service in",
		Remedy:    "Apply again in some minutes, or raise timeouts",
	}
	for _, found := range customerkey.Check(w.found.Facts, w.client.TimeOf(w.found.KeyID.VaultURI)).Errors() {
		if found.Rule.ID == customerkey.CMK009 {
			violation = found
		}
	}
	if !w.found.Grant.Known() {
		violation.Found = "a grant that cannot be seen with these credentials"
		violation.Remedy = "Check " + w.found.GrantName() + "; if it is there, apply again in some minutes, or " +
			"raise timeouts"
	}
	if answer, ok := azure.AsError(refused); ok {
		sentence, _, _ := strings.Cut(answer.Message, "\n")
		violation.Found += fmt.Sprintf("; Azure said %q", strings.TrimSuffix(sentence, "."))
	}
	return afterWaiting(w.backoff, violation)
}
