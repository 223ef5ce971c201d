// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"fmt"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Use is an account that is attached to a key and reaches it.
type Use struct {
	AccountID string
	Kind      Kind
	// Wanted is the identifier that the account was given.
	Wanted KeyID
	// Current is the version that it runs on, or empty where it does not report it.
	Current string
}

// Needs reports whether the account needs a version of its key: it runs on it, or follows the newest.
func (u Use) Needs(version string, newest bool) bool {
	return u.Current == "" || strings.EqualFold(u.Current, version) || newest && !u.Wanted.Pinned()
}

// Disabling warns of a change that makes a key's newest version unusable while accounts need it
// (CMK004). planned is a phrase such as "enabled = false". It reports false where no account needs the
// version.
func Disabling(key KeyID, planned string, uses []Use) (rule.Violation, bool) {
	var needed []Use
	for _, use := range uses {
		if use.Needs(key.Version, true) {
			needed = append(needed, use)
		}
	}
	return rule.Violation{
		Rule:     Rule(CMK004),
		Title:    "Key Still In Use",
		Severity: rule.Warning,
		Found: fmt.Sprintf("%s, planned for version %s of the key %s, which is in use by %s",
			planned, key.Version, key.Name, accounts(needed)),
		Required: "a key that is enabled and permits wrapKey and unwrapKey as long as an account uses it",
		Why: "Key Vault does not unwrap with it any more after that, and an account that cannot reach " +
			"its key can only be read and deleted (CMK012)",
		Remedy: "Leave the key as it is; or first give the account another key, or none, by its " +
			"azuremedia_customer_key_attachment, apply that, and disable the key then",
	}, len(needed) > 0
}

// Replacing warns of a plan that replaces a key in use (CMK014): Terraform destroys the old key first
// unless create_before_destroy is set, which a provider cannot see.
func Replacing(key KeyID, uses []Use) (rule.Violation, bool) {
	violation := inUse(key, uses)
	violation.Severity = rule.Warning
	violation.Remedy = "Add lifecycle { create_before_destroy = true } to the key, so that the account moves " +
		"to the new key before the old one goes; where that is there already, nothing else is to be done"
	return violation, len(uses) > 0
}

// Destroying warns of a plan that destroys a key that accounts use (CMK014).
func Destroying(key KeyID, uses []Use) (rule.Violation, bool) {
	violation := inUse(key, uses)
	violation.Severity = rule.Warning
	violation.Remedy = "First give the account another key, or none, by its azuremedia_customer_key_attachment, and " +
		"apply that"
	return violation, len(uses) > 0
}

// Deleting refuses to delete a key that accounts use (CMK014).
func Deleting(key KeyID, uses []Use) (rule.Violation, bool) {
	violation := inUse(key, uses)
	violation.Remedy = "First give the account another key, or none, by its azuremedia_customer_key_attachment " +
		"(if this replaces the key: lifecycle { create_before_destroy = true } on the key). To lock the " +
		"account on purpose: az keyvault key delete --vault-name " + orElse(key.VaultName, "VAULT") +
		" --name " + orElse(key.Name, "KEY")
	return violation, len(uses) > 0
}

func inUse(key KeyID, uses []Use) rule.Violation {
	return rule.Violation{
		Rule:     Rule(CMK014),
		Severity: rule.Error,
		Found:    fmt.Sprintf("the key %s, which is in use by %s", key.Name, accounts(uses)),
		Required: "a key that no account uses",
		Why: "An account whose key was deleted can only be read and deleted (CMK012): not even " +
			"another key can be attached to it until the deleted one is recovered",
	}
}

// accounts returns the names of the accounts, each with the version that it runs on.
func accounts(uses []Use) string {
	named := make([]string, 0, len(uses))
	for _, use := range uses {
		text := fmt.Sprintf("the %s %s (resource group %s",
			use.Kind.Name, lastSegment(use.AccountID), resourceGroup(use.AccountID))
		if use.Current != "" {
			text += ", on version " + use.Current
		}
		text += ")"
		named = append(named, text)
	}
	return strings.Join(named, ", ")
}
