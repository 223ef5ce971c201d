// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// Watcher reads what many principals may do with keys, and looks at each vault and each key once. It serves one
// transaction.
type Watcher struct {
	service *Service
	tx      *engine.Tx
	vaults  map[string]watchedVault // by the name, as it is spelled
	facts   map[string]watchedKey   // by the identifier
}

type watchedVault struct {
	vault *engine.Resource
	// grants reports whether an access policy gives a principal a permission.
	grants func(principal, permission string) bool
}

type watchedKey struct {
	facts   KeyFacts
	refused *engine.Error
}

// Watch returns a watcher for a transaction.
func (s *Service) Watch(tx *engine.Tx) *Watcher {
	return &Watcher{service: s, tx: tx, vaults: map[string]watchedVault{}, facts: map[string]watchedKey{}}
}

// Describe is [Service.Describe].
func (w *Watcher) Describe(keyID string) (KeyFacts, *engine.Error) {
	known, ok := w.facts[keyID]
	if !ok {
		known.facts, known.refused = w.service.Describe(w.tx, keyID)
		w.facts[keyID] = known
	}
	return known.facts, known.refused
}

// Right says whether a principal may do what wrapping an account key takes.
type Right struct {
	// Vault is the ID of the vault, "" where there is none.
	Vault engine.ID
	// ByRoles says that role assignments decide, and not the vault's access policies.
	ByRoles bool
	// Missing are the permissions that it lacks.
	Missing []string
}

// Right returns what a service that acts as principal may do with a key.
func (w *Watcher) Right(principal, keyID string) Right {
	right := Right{Missing: []string{}}
	id, _ := ParseKeyID(w.tx, keyID)
	watched, ok := w.vaults[id.Vault]
	if !ok {
		if watched.vault = vaults.Named(w.tx, id.Vault); watched.vault != nil {
			watched.grants = vaults.Granter(w.tx, watched.vault, string(keys))
		}
		w.vaults[id.Vault] = watched
	}
	if watched.vault == nil {
		return right
	}
	right.Vault, right.ByRoles = watched.vault.ID, vaults.ByRoles(watched.vault)
	for _, p := range []permission{permissionGet, permissionWrapKey, permissionUnwrapKey} {
		given := watched.grants(principal, p.spelled(keys))
		if right.ByRoles {
			given = w.service.roles.AllowedData(w.tx, principal, p.action(keys), keys.scope(watched.vault, id.Key))
		}
		if !given {
			right.Missing = append(right.Missing, string(p))
		}
	}
	return right
}

// Obstacle returns why a principal could not unwrap with a version of a key, and whether the tenant has no such
// principal. It uses no key.
func (w *Watcher) Obstacle(principal, kid string) (reason Reason, stranger bool) {
	_, known := w.service.directory.Principal(w.tx, principal)
	found, refused := w.service.reach(w.tx, principal, kid, permissionUnwrapKey)
	if refused == nil {
		refused = found.version.fit(unwrapKey, w.tx.Now())
	}
	if refused == nil {
		return "", !known
	}
	return ReasonOf(refused), !known
}

// HeldSecret is the newest version of a secret, for rehearsal to see what it holds. Its value is never shown.
type HeldSecret struct {
	ID, Vault, Name string
	Value           string
	Created         time.Time
}

// EachSecret calls fn for every secret of the tenant that is not deleted.
func EachSecret(tx *engine.Tx, fn func(HeldSecret)) {
	for _, vault := range tx.Resources("", Type) {
		secrets.each(tx, vault.Name, func(o *object) {
			if o.Deleted == nil {
				newest := o.latest()
				fn(HeldSecret{o.id(tx), o.Vault, o.Name, newest.Value, newest.Created})
			}
		})
	}
}

// HeldKey is a key, as a person who watches it sees it.
type HeldKey struct {
	Vault    string        `json:"vault"`
	Name     string        `json:"name"`
	Versions []HeldVersion `json:"versions"` // oldest first
}

// HeldVersion is a version of a key.
type HeldVersion struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Enabled bool      `json:"enabled"`
	Expires time.Time `json:"expires,omitzero"`
}

// EachKey calls fn for every key of the tenant that is not deleted.
func EachKey(tx *engine.Tx, fn func(HeldKey)) {
	for _, vault := range tx.Resources("", Type) {
		keys.each(tx, vault.Name, func(o *object) {
			if o.Deleted != nil {
				return
			}
			held := HeldKey{Vault: o.Vault, Name: o.Name}
			for _, v := range o.Versions {
				held.Versions = append(held.Versions, HeldVersion{v.ID, v.Created, v.Enabled, moment(v.Expires)})
			}
			fn(held)
		})
	}
}
