// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package material

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"
	"strings"
)

// Sign signs a digest.
func (k *Key) Sign(algorithm string, digest []byte) ([]byte, error) {
	hash, err := k.digest(algorithm, digest)
	if err != nil {
		return nil, err
	}
	var signature []byte
	switch private := k.signer.(type) {
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		if r, s, err = ecdsa.Sign(rand.Reader, private, digest); err == nil {
			length := (private.Params().BitSize + 7) / 8
			signature = make([]byte, 2*length) // r and s one after the other (RFC 7518, 3.4)
			r.FillBytes(signature[:length])
			s.FillBytes(signature[length:])
		}
	case *rsa.PrivateKey:
		if strings.HasPrefix(algorithm, "PS") {
			signature, err = rsa.SignPSS(rand.Reader, private, hash, digest, pss())
		} else {
			signature, err = rsa.SignPKCS1v15(nil, private, hash, digest)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("signing with %s: %w", algorithm, err)
	}
	return signature, nil
}

// Verify reports whether a signature is the key's on a digest.
func (k *Key) Verify(algorithm string, digest, signature []byte) (bool, error) {
	hash, err := k.digest(algorithm, digest)
	if err != nil {
		return false, err
	}
	switch public := k.signer.Public().(type) {
	case *ecdsa.PublicKey:
		half := len(signature) / 2
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		return ecdsa.Verify(public, digest, r, s), nil
	case *rsa.PublicKey:
		if strings.HasPrefix(algorithm, "PS") {
			return rsa.VerifyPSS(public, hash, digest, signature, pss()) == nil, nil
		}
		return rsa.VerifyPKCS1v15(public, hash, digest, signature) == nil, nil
	}
	return false, ErrAlgorithm
}

func pss() *rsa.PSSOptions { return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash} }

// digest checks that the algorithm is one of the key's and that the digest is as long as the
// algorithm's hash makes it.
func (k *Key) digest(algorithm string, digest []byte) (crypto.Hash, error) {
	hash, known := map[string]crypto.Hash{
		"RS256": crypto.SHA256, "RS384": crypto.SHA384, "RS512": crypto.SHA512,
		"PS256": crypto.SHA256, "PS384": crypto.SHA384, "PS512": crypto.SHA512,
		"ES256": crypto.SHA256, "ES384": crypto.SHA384, "ES512": crypto.SHA512,
	}[algorithm]
	switch private := k.signer.(type) {
	case *rsa.PrivateKey:
		known = known && !strings.HasPrefix(algorithm, "ES")
	case *ecdsa.PrivateKey:
		known = algorithm == map[string]string{
			"P-256": "ES256", "P-384": "ES384", "P-521": "ES512",
		}[private.Params().Name]
	}
	if !known {
		return 0, ErrAlgorithm
	}
	if len(digest) != hash.Size() {
		return 0, fmt.Errorf("%w: %s signs a digest of %d bytes, not %d",
			ErrValue, algorithm, hash.Size(), len(digest))
	}
	return hash, nil
}
