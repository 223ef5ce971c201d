// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package material

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // RSA-OAEP is defined with SHA-1 (RFC 7518, section 4.3).
	"crypto/sha256"
	"fmt"
	"hash"
)

// The algorithms that encrypt and wrap. For RSA keys Key Vault has the same ones for both.
const (
	RSA15      = "RSA1_5"
	RSAOAEP    = "RSA-OAEP"
	RSAOAEP256 = "RSA-OAEP-256"
)

// Encrypt encrypts a text that is no longer than the key and the algorithm allow.
func (k *Key) Encrypt(algorithm string, text []byte) ([]byte, error) {
	private, err := k.rsa()
	if err != nil {
		return nil, err
	}
	var encrypted []byte
	if digest := oaep(algorithm); digest != nil {
		encrypted, err = rsa.EncryptOAEP(digest, rand.Reader, &private.PublicKey, text, nil)
	} else if algorithm == RSA15 {
		encrypted, err = rsa.EncryptPKCS1v15( //nolint:staticcheck // Key Vault still has it.
			rand.Reader, &private.PublicKey, text)
	} else {
		return nil, ErrAlgorithm
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return encrypted, nil
}

// Decrypt undoes [Key.Encrypt].
func (k *Key) Decrypt(algorithm string, encrypted []byte) ([]byte, error) {
	private, err := k.rsa()
	if err != nil {
		return nil, err
	}
	var text []byte
	if digest := oaep(algorithm); digest != nil {
		text, err = rsa.DecryptOAEP(digest, nil, private, encrypted, nil)
	} else if algorithm == RSA15 {
		text, err = rsa.DecryptPKCS1v15( //nolint:staticcheck // Key Vault still has it.
			nil, private, encrypted)
	} else {
		return nil, ErrAlgorithm
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrValue, err)
	}
	return text, nil
}

func oaep(algorithm string) hash.Hash {
	switch algorithm {
	case RSAOAEP:
		return sha1.New() //nolint:gosec // RSA-OAEP is defined with SHA-1.
	case RSAOAEP256:
		return sha256.New()
	}
	return nil
}
