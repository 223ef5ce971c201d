// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"slices"
	"strings"
	"sync"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Intents holds what one plan does for accounts, as far as it was planned already, so that no noun
// warns of what another one puts right in the same apply. Nouns add to it in ModifyPlan.
//
// Terraform plans what an account depends on before the account where something is created or
// changed, and after it where everything is destroyed. What another provider block or an unrelated
// resource plans may come later: the warning then stays.
type Intents struct {
	mu       sync.Mutex
	accounts map[string]intent // By ID in lower case.
	grants   []plannedGrant
	secured  []string // The IDs of vaults.
	readied  []customerkey.KeyID
}

// intent is what a plan does with one account.
type intent struct {
	leaves     bool
	moves      *Wanted
	identities *customerkey.Target
}

// plannedGrant is access that a plan grants. The principal is empty where it is unknown, and the name
// of the key for all keys of the vault.
type plannedGrant struct{ vaultID, principalID, keyName string }

// IntentsOf returns the intents of the plan that the client was made for.
func IntentsOf(client *azure.Client) *Intents {
	return azure.PerRun(client, func() *Intents { return &Intents{accounts: map[string]intent{}} })
}

// Detaches notes that the plan returns an account to the system key.
func (i *Intents) Detaches(accountID string) {
	i.note(accountID, func(intent *intent) { intent.leaves = true })
}

// Destroys notes that the plan destroys an account.
func (i *Intents) Destroys(accountID string) {
	i.note(accountID, func(intent *intent) { intent.leaves = true })
}

// Moves notes that the plan attaches another key to an account, or has another identity read it.
func (i *Intents) Moves(accountID string, wanted Wanted) {
	i.note(accountID, func(intent *intent) { intent.moves = &wanted })
}

// Identifies notes which identities the plan gives an account: those in the target, as far as they
// are known.
func (i *Intents) Identifies(account customerkey.Target) {
	i.note(account.ID, func(intent *intent) { intent.identities = &account })
}

// Grants notes that the plan grants a principal the use of keys in a vault: of the named key or, with
// the name "", of all keys. The principal is "" where it is unknown.
func (i *Intents) Grants(vaultID, principalID, keyName string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.grants = append(i.grants, plannedGrant{vaultID, principalID, keyName})
}

// Secures notes that the plan switches the purge protection of a vault on.
func (i *Intents) Secures(vaultID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.secured = append(i.secured, vaultID)
}

// Readies notes that a key can protect accounts after the apply: the plan enables it, extends its
// validity or permits the operations that services need.
func (i *Intents) Readies(key customerkey.KeyID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.readied = append(i.readied, key)
}

// Staying returns the accounts that the plan neither detaches nor destroys. One that moves to another
// key stays: unless told otherwise, Terraform destroys what it moves away from first.
func (i *Intents) Staying(accounts []Account) (staying []Account) {
	for _, account := range accounts {
		if !i.of(account.ID).leaves {
			staying = append(staying, account)
		}
	}
	return staying
}

// Moving returns the key and the identity that the plan moves an account to.
func (i *Intents) Moving(accountID string) (wanted Wanted, ok bool) {
	if moves := i.of(accountID).moves; moves != nil {
		return *moves, true
	}
	return Wanted{}, false
}

// putsRight reports whether the plan itself puts right that a rule is broken.
func (i *Intents) putsRight(broken rule.ID, known customerkey.Facts) bool {
	switch broken {
	case customerkey.CMK004:
		return i.readies(known.KeyID)
	case customerkey.CMK007:
		return i.secures(known.Vault.ID)
	case customerkey.CMK008:
		return i.identifies(known.Target.ID, known.Identity)
	case customerkey.CMK009:
		return i.grantsTo(known)
	default:
		return false
	}
}

// readies reports whether the plan readies a key. It changes the newest version: a pinned one may be
// another.
func (i *Intents) readies(key customerkey.KeyID) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.ContainsFunc(i.readied, func(readied customerkey.KeyID) bool {
		return readied.Equal(key) || !key.Pinned() && readied.SameKey(key)
	})
}

func (i *Intents) secures(vaultID string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return azure.ContainsID(i.secured, vaultID)
}

func (i *Intents) identifies(accountID string, identity customerkey.Identity) bool {
	planned := i.of(accountID).identities
	if planned == nil {
		return false
	}
	if identity.Kind == customerkey.SystemAssignedIdentity {
		system, _ := planned.SystemAssigned.Value()
		return system
	}
	listed, _ := planned.UserAssigned.Value()
	return azure.ContainsID(listed, identity.ID)
}

// grantsTo reports whether the plan grants the identity access to the key. A principal that is
// unknown is taken for that of the account whose identities the plan changes.
func (i *Intents) grantsTo(known customerkey.Facts) bool {
	principal, _ := known.Identity.PrincipalID.Value()
	changes := i.of(known.Target.ID).identities != nil
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.ContainsFunc(i.grants, func(grant plannedGrant) bool {
		return azure.SameID(grant.vaultID, known.Vault.ID) &&
			(grant.keyName == "" || strings.EqualFold(grant.keyName, known.KeyID.Name)) &&
			(grant.principalID == "" && changes ||
				principal != "" && strings.EqualFold(grant.principalID, principal))
	})
}

func (i *Intents) note(accountID string, note func(*intent)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	noted := i.accounts[strings.ToLower(accountID)]
	note(&noted)
	i.accounts[strings.ToLower(accountID)] = noted
}

func (i *Intents) of(accountID string) intent {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.accounts[strings.ToLower(accountID)]
}
