// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
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
	vaults   map[vaultIntent][]string // The IDs.
	keys     []plannedKey
	returns  []customerkey.KeyID
	unread   map[string]error // Why keys could not be read, by identifier in lower case.
}

// intent is what a plan does with one account.
type intent struct {
	leaves     bool
	holder     string // The token of the resource that keeps the key attached.
	leaver     string // The token of the resource that is removed.
	destroyed  bool
	lacks      bool
	identities *customerkey.Target
}

// vaultIntent is what a plan does with a vault, or has found of it.
type vaultIntent int

const (
	securedVault vaultIntent = iota
	switchedVault
	missedVault
	recoveredVault
	admittingVault
)

// plannedGrant is access that a plan grants. The principal is empty where it is unknown, and the name
// of the key for all keys of the vault.
type plannedGrant struct{ vaultID, principalID, keyName string }

// plannedKey is a key as a plan leaves it.
type plannedKey struct {
	id    customerkey.KeyID
	facts customerkey.Key
}

// IntentsOf returns the intents of the plan that the client was made for. A provider that is not
// configured yet has no client, and shares nothing.
func IntentsOf(client *azure.Client) *Intents {
	create := func() *Intents {
		return &Intents{accounts: map[string]intent{}, vaults: map[vaultIntent][]string{}, unread: map[string]error{}}
	}
	if client == nil {
		return create()
	}
	return azure.PerRun(client, create)
}

// Detaches notes that the plan returns an account to the system key.
func (i *Intents) Detaches(accountID string) {
	i.note(accountID, func(intent *intent) { intent.leaves = true })
}

// Leaves notes that the plan returns an account to the system key as it removes the resource with a token,
// unless another one keeps the key attached, which it reports.
func (i *Intents) Leaves(accountID, token string) (held bool) {
	i.note(accountID, func(intent *intent) {
		held = intent.holder != "" && intent.holder != token
		if !held {
			intent.leaves, intent.leaver, intent.holder = true, token, ""
		}
	})
	return held
}

// Attached notes that an account has its key again, whatever was removed before.
func (i *Intents) Attached(accountID string) {
	i.note(accountID, func(intent *intent) { intent.leaves, intent.leaver = false, "" })
}

// Left reports whether the plan returns an account to the system key as it removes another resource than that
// with the token.
func (i *Intents) Left(accountID, token string) bool {
	leaver := i.of(accountID).leaver
	return leaver != "" && leaver != token
}

// Holds notes that a resource, which a token tells from others, keeps an account's key attached: another one
// that is removed in the same run leaves it attached. It is noted at apply too.
func (i *Intents) Holds(accountID, token string) {
	i.note(accountID, func(intent *intent) { intent.holder = token })
}

// Lock has the owners of an account's encryption take turns, between what they read of it and what they change.
func Lock(ctx context.Context, client *azure.Client, accountID string) (unlock func(), err error) {
	return client.Lock(ctx, "the encryption of "+accountID)
}

// Destroys notes that the plan destroys an account.
func (i *Intents) Destroys(accountID string) {
	i.note(accountID, func(intent *intent) { intent.leaves, intent.destroyed = true, true })
}

// Lacks notes that an account was found to lack access to its key: the service refused a change for it.
func (i *Intents) Lacks(accountID string) {
	i.note(accountID, func(intent *intent) { intent.lacks = true })
}

// Destroyed reports whether the plan destroys an account.
func (i *Intents) Destroyed(accountID string) bool { return i.of(accountID).destroyed }

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
	if vaultID != "" {
		i.grants = append(i.grants, plannedGrant{vaultID, principalID, keyName})
	}
}

// Secures notes that the plan switches the purge protection of a vault on.
func (i *Intents) Secures(vaultID string) { i.noteVault(securedVault, vaultID) }

// Switches notes that the plan switches a vault between roles and access policies. Its apply gives the
// accounts that read keys there access in the new way first.
func (i *Intents) Switches(vaultID string) { i.noteVault(switchedVault, vaultID) }

// Switching reports whether the plan switches a vault between roles and access policies.
func (i *Intents) Switching(vaultID string) bool { return i.isVault(switchedVault, vaultID) }

// Misses notes that a vault is deleted and can be recovered. What is in it is not gone.
func (i *Intents) Misses(vaultID string) { i.noteVault(missedVault, vaultID) }

// Missing reports whether a vault is deleted, and nothing in the plan recovers it so far.
func (i *Intents) Missing(vaultID string) bool {
	return i.isVault(missedVault, vaultID) && !i.Recovering(vaultID)
}

// Recovers notes that this run recovers a deleted vault, with all that is in it: a plan will, and an apply
// has done so.
func (i *Intents) Recovers(vaultID string) { i.noteVault(recoveredVault, vaultID) }

// Recovering reports whether this run recovers a vault.
func (i *Intents) Recovering(vaultID string) bool { return i.isVault(recoveredVault, vaultID) }

// Admits notes that the plan changes whom a vault lets in.
func (i *Intents) Admits(vaultID string) { i.noteVault(admittingVault, vaultID) }

// Admitting reports whether the plan changes whom a vault lets in.
func (i *Intents) Admitting(vaultID string) bool { return i.isVault(admittingVault, vaultID) }

// KeepsOut notes why a key could not be read: its vault keeps the caller out.
func (i *Intents) KeepsOut(keyID string, why error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.unread[strings.ToLower(keyID)] = why
}

// KeptOut returns why a key could not be read, or nil if it could.
func (i *Intents) KeptOut(keyID string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.unread[strings.ToLower(keyID)]
}

// RecoversKey notes that the plan recovers a deleted key.
func (i *Intents) RecoversKey(key customerkey.KeyID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.returns = append(i.returns, key)
}

// returning reports whether the plan recovers a key, by itself or with its vault.
func (i *Intents) returning(key customerkey.KeyID, vaultID string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return azure.ContainsID(i.vaults[recoveredVault], vaultID) || slices.ContainsFunc(i.returns, key.SameKey)
}

func (i *Intents) noteVault(what vaultIntent, vaultID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.vaults[what] = append(i.vaults[what], vaultID)
}

func (i *Intents) isVault(what vaultIntent, vaultID string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return azure.ContainsID(i.vaults[what], vaultID)
}

// Changes notes how the plan leaves the newest version of a key. A fact that is unknown stays as it is.
// The identifier has no version where the plan adds one.
func (i *Intents) Changes(key customerkey.KeyID, planned customerkey.Key) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append(i.keys, plannedKey{key, planned})
}

// Staying returns the accounts that the plan neither detaches nor destroys. One that moves to another
// key stays: unless told otherwise, Terraform destroys what it moves away from first.
func (i *Intents) Staying(accounts []Account) (staying []Account) {
	for _, account := range accounts {
		if intent := i.of(account.ID); !intent.leaves || intent.holder != "" && !intent.destroyed {
			staying = append(staying, account)
		}
	}
	return staying
}

// after returns the facts as the plan will leave them.
func (i *Intents) after(now customerkey.Facts) customerkey.Facts {
	i.mu.Lock()
	defer i.mu.Unlock()
	account, after := i.accounts[strings.ToLower(now.Target.ID)], now
	if planned := account.identities; planned != nil {
		after.Target.SystemAssigned = either(planned.SystemAssigned, now.Target.SystemAssigned)
		after.Target.UserAssigned = either(planned.UserAssigned, now.Target.UserAssigned)
	}
	if azure.ContainsID(i.vaults[securedVault], now.Vault.ID) {
		after.Vault.PurgeProtection = rule.Known(true)
	}
	if azure.ContainsID(i.vaults[recoveredVault], now.Vault.ID) {
		after.Vault.Presence = customerkey.Present
	}
	if slices.ContainsFunc(i.returns, now.KeyID.SameKey) {
		after.Key.Presence = customerkey.Present
	}
	for _, key := range i.keys {
		if key.id.Equal(now.KeyID) || !now.KeyID.Pinned() && key.id.SameKey(now.KeyID) {
			after.Key.Enabled = either(key.facts.Enabled, now.Key.Enabled)
			after.Key.NotBefore = either(key.facts.NotBefore, now.Key.NotBefore)
			after.Key.Expires = either(key.facts.Expires, now.Key.Expires)
			after.Key.Operations = either(key.facts.Operations, now.Key.Operations)
		}
	}
	if slices.ContainsFunc(i.grants, func(grant plannedGrant) bool {
		return grant.gives(now, account.identities != nil)
	}) {
		after.Grant = customerkey.Grant{
			Get: customerkey.Granted, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Granted,
		}
	}
	return after
}

// gives reports whether the grant gives an identity access to a key. A principal that is unknown is
// taken for that of an account whose identities the same plan changes.
func (g plannedGrant) gives(to customerkey.Facts, identitiesChange bool) bool {
	principal, _ := to.Identity.PrincipalID.Value()
	return azure.SameID(g.vaultID, to.Vault.ID) &&
		(g.keyName == "" || strings.EqualFold(g.keyName, to.KeyID.Name)) &&
		(g.principalID == "" && identitiesChange ||
			g.principalID != "" && strings.EqualFold(g.principalID, principal))
}

// either returns the planned fact or, where that is unknown, the present one.
func either[T any](planned, now rule.Fact[T]) rule.Fact[T] {
	if _, known := planned.Value(); known {
		return planned
	}
	return now
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
