// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Presence says whether something is there.
type Presence int

// What a key, a vault or an identity can be.
const (
	PresenceUnknown Presence = iota
	Present
	SoftDeleted // Deleted, and recoverable until it is purged.
	Absent      // Never created, or purged.
)

// Facts is everything that the rules are held against. What is left out is not known.
type Facts struct {
	Target Target
	// KeyID is the identifier as it was asked for.
	KeyID KeyID
	// Key is the key in the version that the identifier means: the pinned one, or the newest.
	Key Key
	// InUse is the key in the version that the service runs on now, where a key is attached.
	InUse    Key
	Vault    Vault
	Identity Identity
	Grant    Grant
}

// Target is the account that the key is to protect.
type Target struct {
	ID       string
	Kind     Kind
	Location rule.Fact[string]
	// SystemAssigned says whether the account's system-assigned identity is switched on.
	SystemAssigned rule.Fact[bool]
	// UserAssigned lists the IDs of the user-assigned identities on the account.
	UserAssigned rule.Fact[[]string]
}

// without says what the account cannot do without its key.
func (t Target) without() string {
	if t.Kind.known() && !t.Kind.LockedWithoutKey {
		return "nothing that the " + t.name() + " holds can be read or written, and no other key can " +
			"be attached to it"
	}
	return "Azure answers nothing but reading and deleting the " + t.name() +
		", so that nothing else is attempted"
}

// name is what a person calls the account.
func (t Target) name() string {
	if t.ID == "" || !t.Kind.known() {
		return "account"
	}
	return t.Kind.Name + " " + lastSegment(t.ID)
}

// Key is a key in one version.
type Key struct {
	Presence   Presence
	Version    rule.Fact[string]
	Type       rule.Fact[string]
	Size       rule.Fact[int]
	Enabled    rule.Fact[bool]
	NotBefore  rule.Fact[time.Time] // The zero time is no date.
	Expires    rule.Fact[time.Time] // The zero time is no date.
	Operations rule.Fact[[]string]
	// Created is when the version was made.
	Created rule.Fact[time.Time]
}

// Vault is the vault that holds the key.
type Vault struct {
	ID              string
	Presence        Presence
	Location        rule.Fact[string]
	SoftDelete      rule.Fact[bool]
	PurgeProtection rule.Fact[bool]
	// RBAC says whether roles decide about access to the keys, or the vault's access policies.
	RBAC    rule.Fact[bool]
	Network rule.Fact[Network]
}

// Network is from where the vault's keys can be reached.
type Network struct {
	// PublicAccess says whether the vault answers at its public address at all.
	PublicAccess bool
	// DefaultDeny says whether the firewall turns away whom no rule of it lets in.
	DefaultDeny bool
	// TrustedServices says whether the firewall lets in the services that Microsoft trusts.
	TrustedServices bool
}

// turnsAway reports whether an account of the kind may be turned away: without a doubt where no
// trusted services are let in, and possibly where they are but the kind is not one of them.
func (n Network) turnsAway(kind Kind) bool {
	if n.PublicAccess && !n.DefaultDeny {
		return false
	}
	return !n.TrustedServices || !kind.Trusted
}

// IdentityKind is how an account comes by an identity.
type IdentityKind string

// The kinds of managed identities.
const (
	IdentityUnknown        IdentityKind = ""
	SystemAssignedIdentity IdentityKind = "SystemAssigned"
	UserAssignedIdentity   IdentityKind = "UserAssigned"
)

// Identity is the managed identity that is to read the key.
type Identity struct {
	Kind IdentityKind
	// ID is the resource ID of a user-assigned identity.
	ID       string
	Presence Presence
	// Replaced says that an identity is there, but another one of the same name than the account
	// was given: that one was deleted since.
	Replaced bool
	// PrincipalID is the object ID under which the vault knows the identity.
	PrincipalID rule.Fact[string]
}

// Permission says whether something is allowed.
type Permission int

// What can be said of a permission.
const (
	PermissionUnknown Permission = iota
	Granted
	Denied
)

// Grant is what the identity may do with the key.
type Grant struct {
	Get, WrapKey, UnwrapKey Permission
}

// Denied returns the names of the permissions that are missing for certain.
func (g Grant) Denied() []string { return g.with(Denied) }

// Complete reports whether everything that the service needs is granted.
func (g Grant) Complete() bool { return len(g.with(Granted)) == len(g.named()) }

// Known reports whether it is known of each permission whether it is granted.
func (g Grant) Known() bool { return len(g.with(PermissionUnknown)) == 0 }

func (g Grant) with(permission Permission) []string {
	var names []string
	for _, named := range g.named() {
		if named.permission == permission {
			names = append(names, named.name)
		}
	}
	return names
}

type namedPermission struct {
	name       string
	permission Permission
}

func (g Grant) named() []namedPermission {
	return []namedPermission{
		{PermissionGet, g.Get}, {PermissionWrapKey, g.WrapKey}, {PermissionUnwrapKey, g.UnwrapKey},
	}
}
