// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"slices"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/material"
)

// keyPart is what a version of a key has and one of a secret does not.
type keyPart struct {
	Type       string   `json:"type,omitempty"` // RSA, RSA-HSM, EC or EC-HSM
	Size       int      `json:"size,omitempty"`
	Curve      string   `json:"curve,omitempty"`
	Operations []string `json:"operations,omitzero"`
	// Private is the private key, PKCS #8, empty until it is needed. Rehearsal has no HSM: keys of an
	// HSM are kept here too.
	Private []byte `json:"private,omitempty"`
}

// The operations that a key can permit.
const (
	encrypt   = "encrypt"
	decrypt   = "decrypt"
	sign      = "sign"
	verify    = "verify"
	wrapKey   = "wrapKey"
	unwrapKey = "unwrapKey"
)

// generate makes the secret part of the version, of its type and size or on its curve.
func (v *keyPart) generate() error {
	var made *material.Key
	var err error
	if v.isRSA() {
		made, err = material.NewRSA(v.Size)
	} else {
		made, err = material.NewEC(v.Curve)
	}
	if err != nil {
		return err
	}
	v.Private, err = made.Encode()
	return err
}

// material returns the secret part of a version, and makes it if nobody has needed it before.
func (o *object) material(tx *engine.Tx, v *version) *material.Key {
	if len(v.Private) == 0 {
		if err := v.generate(); err != nil {
			panic(err) // the machine has no randomness
		}
		o.save(tx)
	}
	private, err := material.Parse(v.Private)
	if err != nil {
		panic(&engine.CorruptError{Key: o.Kind.document(o.Vault, o.Name), Err: err})
	}
	return private
}

func (v *keyPart) isRSA() bool { return strings.HasPrefix(v.Type, "RSA") }

func (v *keyPart) isHSM() bool { return strings.HasSuffix(v.Type, "-HSM") }

func (v *keyPart) permits(operation string) bool { return slices.Contains(v.Operations, operation) }

// early reports whether the version is not yet valid, late whether it has expired.
func (v *version) early(now time.Time) bool {
	return v.NotBefore != nil && now.Before(time.Unix(*v.NotBefore, 0))
}

func (v *version) late(now time.Time) bool {
	return v.Expires != nil && !now.Before(time.Unix(*v.Expires, 0))
}
