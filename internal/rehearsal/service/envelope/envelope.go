// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package envelope encrypts data at rest as Azure's services do: under an account key, which is wrapped
// by a key of the service or by the customer's own key in Key Vault. The encryption is real: the
// account key is an AES-256 key, a customer's key wraps it through the vault under the grants of the
// account's identity, and when the vault refuses to unwrap it, it is out of reach. The package must
// not import a service other than Key Vault.
package envelope

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// Vaults is the part of Key Vault that services use to wrap with customers' keys.
type Vaults interface {
	// Wrap wraps plaintext with a key as principal and returns the version used: the one that keyID
	// names, or the newest.
	Wrap(tx *engine.Tx, principal, keyID string, plaintext []byte) (
		kid string, wrapped []byte, err *engine.Error)
	// Unwrap undoes Wrap with the version that it returned.
	Unwrap(tx *engine.Tx, principal, kid string, wrapped []byte) ([]byte, *engine.Error)
}

// Key wraps an account key: it is the customer's key, used as one of the account's identities. The zero
// Key is the service's own.
type Key struct {
	// ID identifies the customer's key, with its version or without.
	ID string
	// Principal is the object ID of the identity.
	Principal string
}

// Envelope is a wrapped account key, with data that it protects.
type Envelope struct {
	// KeyID is the version of the customer's key that wraps, or "" for the service's own.
	KeyID string `json:"keyId,omitempty"`
	// Wrapped is the account key under that key.
	Wrapped []byte `json:"wrapped"`
	// Sealed is under the account key. It tells the right account key from a wrong one.
	Sealed []byte `json:"sealed"`
}

// New returns a new account key, wrapped with the service's own key.
func New(tx *engine.Tx) Envelope {
	account := random()
	return Envelope{
		Wrapped: seal(systemKey(tx), account),
		Sealed:  seal(account, []byte("content keys")),
	}
}

// Open unwraps the account key and proves that it is the right one. principal is the identity that uses
// the customer's key.
func (e Envelope) Open(tx *engine.Tx, vaults Vaults, principal string) ([]byte, *engine.Error) {
	account, refused := e.unwrap(tx, vaults, principal)
	if refused != nil {
		return nil, refused
	}
	if _, sealed := open(account, e.Sealed); !sealed {
		return nil, engine.Ownf(http.StatusBadRequest, "BadRequest",
			"What the key %s unwraps is not the key of the account.", e.KeyID)
	}
	return account, nil
}

func (e Envelope) unwrap(tx *engine.Tx, vaults Vaults, principal string) ([]byte, *engine.Error) {
	if e.KeyID != "" {
		return vaults.Unwrap(tx, principal, e.KeyID, e.Wrapped)
	}
	account, _ := open(systemKey(tx), e.Wrapped) // a wrong key shows at the seal
	return account, nil
}

// Rewrap returns the envelope with the same account key wrapped by another key, after it has proved that
// this key unwraps. principal is the identity that uses the previous key.
func (e Envelope) Rewrap(
	tx *engine.Tx, vaults Vaults, principal string, to Key,
) (Envelope, *engine.Error) {
	account, refused := e.Open(tx, vaults, principal)
	if refused != nil {
		return e, refused
	}
	if to.ID == "" {
		return Envelope{Wrapped: seal(systemKey(tx), account), Sealed: e.Sealed}, nil
	}
	kid, wrapped, refused := vaults.Wrap(tx, to.Principal, to.ID, account)
	if refused != nil {
		return e, refused
	}
	next := Envelope{KeyID: kid, Wrapped: wrapped, Sealed: e.Sealed}
	if _, refused := next.Open(tx, vaults, to.Principal); refused != nil {
		return e, refused
	}
	return next, nil
}

// Use says which key wraps the account key of an account at this moment.
type Use struct {
	// Named is the key that the properties of the account name, or the zero Key.
	Named Key
	// KeyID is the version that wraps, or "" for the service's own key.
	KeyID string
	// Refused is why the account cannot reach its key, or nil.
	Refused *engine.Error
}

// Use returns how the account key is wrapped. named is the key that the properties of the account name.
func (e Envelope) Use(tx *engine.Tx, vaults Vaults, named Key) Use {
	_, refused := e.Open(tx, vaults, named.Principal)
	return Use{Named: named, KeyID: e.KeyID, Refused: refused}
}

// Copies are what an account holds of the access keys of a storage account, and since when.
type Copies struct {
	Keys   [][]byte
	Synced time.Time
}

const systemKeyDocument = "envelope/systemkey"

// systemKey returns the service's own key, which wraps where the customer has chosen none.
func systemKey(tx *engine.Tx) []byte {
	var key []byte
	if !tx.Load(systemKeyDocument, &key) {
		key = random()
		tx.Store(systemKeyDocument, key)
	}
	return key
}

func random() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program instead
	return key
}

// Seal encrypts data with an unwrapped account key.
func Seal(account, text []byte) []byte { return seal(account, text) }

// Unseal undoes [Seal] and reports whether the key was the right one.
func Unseal(account, sealed []byte) ([]byte, bool) { return open(account, sealed) }

// seal encrypts and authenticates text (AES-256-GCM with a random nonce before it).
func seal(key, text []byte) []byte {
	return gcm(key).Seal(nil, nil, text, nil) //nolint:gosec // the cipher makes the nonce itself
}

func open(key, sealed []byte) ([]byte, bool) {
	if len(key) != 32 {
		return nil, false
	}
	text, err := gcm(key).Open(nil, nil, sealed, nil)
	return text, err == nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // keys have 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the block size that GCM needs
	}
	return aead
}
