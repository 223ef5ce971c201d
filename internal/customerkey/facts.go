// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// Presence says whether an object exists.
type Presence int

// The presences of a key, a vault or an identity.
const (
	PresenceUnknown Presence = iota
	Present
	SoftDeleted // Deleted, and recoverable until it is purged.
	Absent      // Never created, or purged.
)

// Facts are the facts that the rules check. A field that is not set is unknown.
type Facts struct {
	Target Target
	// KeyID is the configured identifier.
	KeyID KeyID
	// Key is the key in the version that the identifier means: the pinned one, or the newest.
	Key Key
	// InUse is the key in the version that the service runs on now, where a key is attached.
	InUse    Key
	Vault    Vault
	Identity Identity
	Grant    Grant
}

// Target is the account to protect with the key.
type Target struct {
	ID       string
	Kind     Kind
	Location rule.Fact[string]
	// SystemAssigned says whether the account's system-assigned identity is switched on.
	SystemAssigned rule.Fact[bool]
	// UserAssigned lists the IDs of the user-assigned identities on the account.
	UserAssigned rule.Fact[[]string]
}

// without returns what the account cannot do without its key, as a phrase.
func (t Target) without() string {
	if t.Kind.known() && !t.Kind.LockedWithoutKey {
		return "nobody can read or write the data of the " + t.name() + ", nor attach another key to " +
			"it"
	}
	return "Azure lets the " + t.name() + " be read and deleted and nothing else, so that nothing " +
		"else is attempted"
}

// name returns the kind and the name of the account.
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

// Network is the network access to the vault's keys.
type Network struct {
	// PublicAccess says whether the vault answers at its public address at all.
	PublicAccess bool
	// DefaultDeny says whether the firewall blocks callers that no rule allows.
	DefaultDeny bool
	// TrustedServices says whether the firewall allows the services that Microsoft trusts.
	TrustedServices bool
}

// turnsAway reports whether the firewall may block an account of the kind: certainly where it allows no
// trusted services, and possibly where the kind is not one of them.
func (n Network) turnsAway(kind Kind) bool {
	if n.PublicAccess && !n.DefaultDeny {
		return false
	}
	return !n.TrustedServices || !kind.Trusted
}

// IdentityKind is the type of a managed identity.
type IdentityKind string

// The types of managed identities.
const (
	IdentityUnknown        IdentityKind = ""
	SystemAssignedIdentity IdentityKind = "SystemAssigned"
	UserAssignedIdentity   IdentityKind = "UserAssigned"
)

// Identity is the managed identity that reads the key.
type Identity struct {
	Kind IdentityKind
	// ID is the resource ID of a user-assigned identity.
	ID       string
	Presence Presence
	// Replaced says that the identity was re-created under the same name after the account was given
	// its predecessor.
	Replaced bool
	// PrincipalID is the object ID of the identity in Entra ID.
	PrincipalID rule.Fact[string]
}

// Permission says whether an action is allowed.
type Permission int

// The permissions.
const (
	PermissionUnknown Permission = iota
	Granted
	Denied
)

// Grant holds the permissions of the identity on the key.
type Grant struct {
	Get, WrapKey, UnwrapKey Permission
}

// Denied returns the names of the permissions that are certainly missing.
func (g Grant) Denied() []string { return g.with(Denied) }

// Complete reports whether all permissions that the service needs are granted.
func (g Grant) Complete() bool { return len(g.with(Granted)) == len(g.named()) }

// Known reports whether each permission is known.
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
