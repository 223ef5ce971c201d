// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount

import (
	"fmt"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Dependent is an account, of any kind, that depends on a storage account.
type Dependent struct {
	// Name is the kind and the name, such as "Batch account contosobatch".
	Name string
	ID   string
	// UsesKeys says that the account accesses the storage account with a copy of its keys.
	UsesKeys bool
	// Bound says that the account can neither detach the storage account nor exchange it.
	Bound bool
}

// By returns how the account accesses the storage account.
func (d Dependent) By() string {
	if d.UsesKeys {
		return "access keys"
	}
	return "managed identity"
}

// Losing returns what happens to the account without the storage account, and why nothing undoes that.
func (d Dependent) Losing() (effect, recovery string) {
	effect = "It loses everything that is stored there, and does without it from then on"
	if d.Bound {
		effect = "It loses everything that is stored there, and cannot work with another storage account"
	}
	return effect, "None is certain: Azure deletes the data with the storage account, and promises to restore " +
		"neither"
}

// LosingIdentity returns what happens to the account without the identity that accesses the storage
// account, and what undoes that.
func (d Dependent) LosingIdentity(storageID string) (effect, recovery string) {
	return "It cannot access the storage account " + lastSegment(storageID),
		"Give the account another identity with the same roles on the storage account, and have it use that one"
}

// DestroyingStorage warns of a plan that destroys a storage account that accounts depend on (ACC006).
func DestroyingStorage(storageID string, dependents []Dependent) rule.Violation {
	violation := storageInUse(storageID, dependents)
	violation.Severity = rule.Warning
	violation.Remedy = goFirst(dependents)
	return violation
}

// ReplacingStorage warns of a plan that replaces a storage account that accounts depend on (ACC006).
// Terraform destroys the old one first unless create_before_destroy is set, which a provider cannot see.
func ReplacingStorage(storageID string, dependents []Dependent) rule.Violation {
	violation := storageInUse(storageID, dependents)
	violation.Severity = rule.Warning
	violation.Remedy = goFirst(dependents) + newBeforeOld(dependents)
	return violation
}

// DeletingStorage refuses to delete a storage account that accounts depend on (ACC006).
func DeletingStorage(storageID string, dependents []Dependent) rule.Violation {
	violation := storageInUse(storageID, dependents)
	violation.Remedy = goFirst(dependents) + newBeforeOld(dependents)
	return violation
}

func storageInUse(storageID string, dependents []Dependent) rule.Violation {
	return rule.Violation{
		Rule:     Rule(ACC006),
		Severity: rule.Error,
		Found: fmt.Sprintf("the storage account %s, which is attached to %s",
			lastSegment(storageID), named(dependents)),
		Required: "a storage account that no account has attached",
		Why: "Azure deletes everything stored in the storage account, and an account cannot work without " +
			"the storage that it has attached",
	}
}

// PlanningWithoutKeys warns of a plan that switches the access keys off that accounts use (ACC007).
func PlanningWithoutKeys(storageID string, users []Dependent) rule.Violation {
	violation := SwitchingKeysOff(storageID, users)
	violation.Severity = rule.Warning
	return violation
}

// SwitchingKeysOff refuses to switch the access keys off that accounts use (ACC007).
func SwitchingKeysOff(storageID string, users []Dependent) rule.Violation {
	return rule.Violation{
		Rule:      Rule(ACC007),
		Severity:  rule.Error,
		Attribute: AttributeSharedKeys,
		Found: fmt.Sprintf("%s = false for the storage account %s, whose access keys are used by %s",
			AttributeSharedKeys, lastSegment(storageID), named(users)),
		Required: "access keys that no account uses",
		Why: "Azure then refuses every request that is signed with an access key, and these accounts have " +
			"nothing else to access their storage with",
		Remedy: "First let each of them access the storage account with a managed identity (an " +
			"azuremedia_account with storage_authentication_type = \"ManagedIdentity\"), or detach it, and " +
			"apply that; have the applications that read a secret sign in with identities of their own, and delete the " +
			"secret; then switch the access keys off",
	}
}

// UnseenDependents warns of a plan that destroys or replaces a storage account, or switches its keys off,
// where accounts could not be listed. unlisted says which and why.
func UnseenDependents(broken rule.ID, storageID string, unlisted []string) rule.Violation {
	return rule.Violation{
		Rule:     Rule(broken),
		Title:    "Dependents Not Listed",
		Severity: rule.Warning,
		Found:    "the storage account " + lastSegment(storageID) + ": " + MayDepend(unlisted),
		Required: "a login that may list the accounts that may depend on it",
		Why:      "An account among them that depends on the storage account loses access to it",
		Remedy:   "Check that none of them does, or plan with a login that may list them",
	}
}

// MayDepend says which accounts could not be listed.
func MayDepend(unlisted []string) string {
	return "accounts may depend on it in " + strings.Join(unlisted, ", ") + ", which could not be listed"
}

// goFirst says what to do with the dependents before the storage account goes.
func goFirst(dependents []Dependent) string {
	bound, free := split(dependents)
	var steps []string
	if len(free) > 0 {
		steps = append(steps, "First detach it from "+strings.Join(free, ", ")+", and apply that")
	}
	if len(bound) > 0 {
		steps = append(steps, fmt.Sprintf("Destroy %s before it, or in the same plan, or keep the storage "+
			"account: it cannot be detached or exchanged there", strings.Join(bound, ", ")))
	}
	return strings.Join(steps, ". ")
}

// newBeforeOld says how a storage account that can be exchanged is replaced.
func newBeforeOld(dependents []Dependent) string {
	if bound, _ := split(dependents); len(bound) > 0 {
		return ""
	}
	return ". If this plan replaces it and the same plan attaches the new one: add " +
		"lifecycle { create_before_destroy = true } to the storage account, and give it a new name; where " +
		"that is there already, nothing else is to be done"
}

// split returns the names of the dependents, those that cannot do without the storage account apart.
func split(dependents []Dependent) (bound, free []string) {
	for _, one := range dependents {
		if one.Bound {
			bound = append(bound, "the "+one.Name)
		} else {
			free = append(free, "the "+one.Name)
		}
	}
	return bound, free
}

// named returns the dependents by name, each with how it depends on the storage account and its ID.
func named(dependents []Dependent) string {
	names := make([]string, 0, len(dependents))
	for _, one := range dependents {
		by := "by identity"
		if one.UsesKeys {
			by = "by the access keys"
		}
		names = append(names, fmt.Sprintf("the %s (%s, %s)", one.Name, by, one.ID))
	}
	return strings.Join(names, ", ")
}
