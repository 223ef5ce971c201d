// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Loss is what an account loses when something that it needs is gone.
type Loss struct {
	// Effect says what happens to the account, as a sentence without its end.
	Effect string
	// Recoverable says whether the loss can certainly be undone.
	Recoverable rule.Fact[bool]
	// Recovery says what undoes the loss, or why nothing does.
	Recovery string
}

// Losing returns the loss of an account whose facts they are when a cause arises: [KeyDeleted],
// [VaultDeleted], [VersionDisabled], [GrantRemoved] or [IdentityRemoved]. It diagnoses the facts as they
// would be then.
func Losing(cause Cause, facts Facts, now time.Time) Loss {
	loss := Loss{
		Effect: "Nobody can read or write its data until it can access its key again",
		// What was not deleted can be put right.
		Recoverable: rule.Known(true),
	}
	if facts.Target.Kind.LockedWithoutKey {
		loss.Effect = "It can only be read and deleted until it can access its key again"
	}
	after, deleted := facts, SoftDeleted
	if softDelete, known := facts.Vault.SoftDelete.Value(); known && !softDelete {
		deleted = Absent
	}
	after.Key.Presence, after.InUse.Presence, after.Vault.Presence = Present, Present, Present
	switch cause { //nolint:exhaustive // The other causes follow from these, or come from elsewhere.
	case KeyDeleted:
		after.Key.Presence, after.InUse.Presence = deleted, deleted
	case VaultDeleted:
		after.Vault.Presence = deleted
	case VersionDisabled:
		after.InUse.Enabled = rule.Known(false)
	case GrantRemoved:
		after.Grant = Grant{Denied, Denied, Denied}
	case IdentityRemoved:
		after.Identity.Presence = Absent
	}
	found := Diagnose(after, now).find(cause, map[Cause]Cause{
		KeyDeleted: KeyPurged, VaultDeleted: VaultPurged, VersionDisabled: KeyDisabled,
	}[cause])
	loss.Recovery = found.Remedy
	switch {
	case found.Final:
		loss.Recoverable = rule.Known(false)
	case cause == KeyDeleted || cause == VaultDeleted:
		loss.Recoverable = facts.Vault.PurgeProtection
		loss.Recovery += ", " + untilPurged(facts.Vault)
	}
	if byRoles, _ := facts.Vault.RBAC.Value(); byRoles && cause == VaultDeleted && !found.Final {
		loss.Recovery += "; then grant access anew: role assignments do not come back with their vault"
	}
	return loss
}

// untilPurged says how long what was deleted in a vault can be recovered.
func untilPurged(vault Vault) string {
	switch protected, known := vault.PurgeProtection.Value(); {
	case !known:
		return "unless somebody has purged it: this login cannot see whether the vault is protected from that"
	case protected:
		return "before its retention period ends"
	default:
		return "unless somebody has purged it: the vault has no purge protection"
	}
}

// find returns the finding of one of the causes.
func (d Diagnosis) find(causes ...Cause) Finding {
	for _, finding := range d.Findings {
		for _, cause := range causes {
			if finding.Cause == cause {
				return finding
			}
		}
	}
	return Finding{}
}
