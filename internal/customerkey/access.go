// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Access is something that accounts need to read their keys: a grant, an identity or an open vault. Its
// violations say what happens to the accounts when it is taken away.
type Access struct {
	rule  rule.ID
	title string // Empty for the title of the rule.
	// found names it, and says how accounts depend on it.
	found    string
	required string
	why      string
	// before says what to do first.
	before string
	// unlisted are the lists of accounts that could not be read.
	unlisted []string
	// replacing says what to do if the change replaces it. It is empty if it cannot do so.
	replacing string
}

const lostAccount = "An account that cannot access its key can only be read and deleted (CMK012): not " +
	"even another key can be attached to it until it has access again"

// GrantAccess returns the grant to a principal of all keys of a vault or, with a name, of one key.
func GrantAccess(vaultID, keyName, principalID string) Access {
	keys := "the keys"
	if keyName != "" {
		keys = "the key " + keyName
	}
	return Access{
		rule: CMK016,
		found: fmt.Sprintf("the grant of %s of the vault %s to the principal %s, by which accounts read their key",
			keys, lastSegment(vaultID), principalID),
		required: "a grant by which no account reads its key",
		why:      lostAccount,
		before: "give each account another key or identity, or the system key, while the grant and the identity " +
			"that it is for stay as they are",
	}
}

// IdentityAccess returns the user-assigned identity with a resource ID.
func IdentityAccess(id string) Access {
	return Access{
		rule:     CMK017,
		found:    fmt.Sprintf("the identity %s, by which accounts read their key", lastSegment(id)),
		required: "an identity by which no account reads its key",
		why:      lostAccount + ", and a new identity of the same name is another one to the vault",
		before: "create another identity beside it with a grant of its own, and have each account list it and " +
			"read its key by it; or give the account the system key",
		replacing: "lifecycle { create_before_destroy = true } to the azuremedia_user_assigned_identity, so that " +
			"accounts move to the new identity before the old one goes",
	}
}

// VaultAccess returns the vault with a resource ID.
func VaultAccess(id string) Access {
	return Access{
		rule:     CMK018,
		found:    fmt.Sprintf("the vault %s, from which accounts read their key", lastSegment(id)),
		required: "a vault from which no account reads its key",
		why:      lostAccount,
		before:   "give each account a key of another vault or the system key",
		replacing: "lifecycle { create_before_destroy = true } to the azuremedia_key_vault and to its " +
			"azuremedia_key_vault_key, so that the accounts move to the new vault before the old one goes",
	}
}

// ModelAccess returns the access that a vault grants in its present permission model, and no longer
// after it has switched to roles or back to access policies.
func ModelAccess(vaultID string, toRoles bool) Access {
	model, grant := "access policies", "an access policy"
	if toRoles {
		model, grant = "roles", "the role "+RoleCryptoServiceEncryptionUser
	}
	return Access{
		rule: CMK018, title: "Key Vault Switched While Still In Use",
		found: fmt.Sprintf("the vault %s, planned to grant access by %s, in which accounts have no access that way",
			lastSegment(vaultID), model),
		required: "access in the new way for each identity that reads a key of the vault",
		why:      "A vault looks at roles or at access policies, never at both. " + lostAccount,
		before:   "give the identity of each account " + grant + " on the vault",
	}
}

// NetworkAccess returns the access through the firewall of a vault that lets no service in any more.
func NetworkAccess(vaultID string) Access {
	return Access{
		rule: CMK018, title: "Key Vault Closed While Still In Use",
		found: fmt.Sprintf("the vault %s, planned to let only the listed networks in, from which accounts read their key",
			lastSegment(vaultID)),
		required: "a firewall that lets the services of Azure in",
		why:      lostAccount,
		before:   `keep bypass = "AzureServices" in network_acls, or give each account a key of another vault`,
	}
}

// Taking warns of a plan that takes the access away from accounts. It reports false without accounts.
func (a Access) Taking(uses []Use, replaces bool) (rule.Violation, bool) {
	violation := a.violation(uses)
	violation.Severity = rule.Warning
	violation.Remedy = "First " + a.before + ", and apply that"
	if replaces && a.replacing != "" {
		violation.Remedy = "Add " + a.replacing + "; where that is there already, nothing else is to be done"
	}
	return violation, len(uses) > 0
}

// Refusing refuses to take the access away from accounts. It reports false without accounts.
func (a Access) Refusing(uses []Use) (rule.Violation, bool) {
	violation := a.violation(uses)
	violation.Remedy = "First " + a.before
	if a.replacing != "" {
		violation.Remedy += ". If this replaces it, add " + a.replacing
	}
	return violation, len(uses) > 0
}

// Beside returns the access with the accounts that could not be listed, each list such as "Batch accounts in the
// subscription ID (AuthorizationFailed)".
func (a Access) Beside(unlisted []string) Access {
	a.unlisted = unlisted
	return a
}

// Unlisted warns of a plan that takes the access away while accounts that may need it could not be listed. It
// reports false if all could.
func (a Access) Unlisted() (rule.Violation, bool) {
	return rule.Violation{
		Rule: Rule(a.rule), Title: "Dependents Not Listed", Severity: rule.Warning,
		Found:    a.found + ", if there are any: " + a.mayDepend(),
		Required: "a login that may list the accounts that may depend on it",
		Why:      a.why,
		Remedy:   "Check that none of them does, or plan with a login that may list them",
	}, len(a.unlisted) > 0
}

// mayDepend says which accounts could not be listed.
func (a Access) mayDepend() string {
	return "accounts may depend on it in " + strings.Join(a.unlisted, ", ") + ", which could not be listed"
}

func (a Access) violation(uses []Use) rule.Violation {
	found := a.found + ": " + accounts(uses)
	if len(a.unlisted) > 0 {
		found += "; more " + a.mayDepend()
	}
	return rule.Violation{
		Rule: Rule(a.rule), Title: a.title, Severity: rule.Error,
		Found:    found,
		Required: a.required,
		Why:      a.why,
	}
}
