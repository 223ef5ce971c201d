// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

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
