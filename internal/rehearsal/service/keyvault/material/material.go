// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package material holds the private part of a key in Key Vault and its operations: RSA and elliptic
// curve keys, with the algorithms that Key Vault has for them (About keys: key types, algorithms, and
// operations). It must not import the engine.
package material

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
)

// The reasons for which a key does not do what it is asked for.
var (
	// ErrKind reports a kind of key that rehearsal does not have.
	ErrKind = errors.New("no such kind of key")
	// ErrAlgorithm reports that the key cannot be used with the algorithm.
	ErrAlgorithm = errors.New("the key cannot be used with the algorithm")
	// ErrValue reports a value that the algorithm does not take.
	ErrValue = errors.New("the value does not fit the algorithm")
)

// Key is a private key.
type Key struct {
	signer crypto.Signer
}

// NewRSA makes an RSA key of so many bits.
func NewRSA(bits int) (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("making an RSA key: %w", err)
	}
	return &Key{signer: private}, nil
}

// NewEC makes a key on a curve, "P-256".
func NewEC(curve string) (*Key, error) {
	on := curveOf(curve)
	if on == nil {
		return nil, fmt.Errorf("making a key on the curve %s: %w", curve, ErrKind)
	}
	private, err := ecdsa.GenerateKey(on, rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key on the curve %s: %w", curve, err)
	}
	return &Key{signer: private}, nil
}

// HasCurve reports whether there are keys on a curve, "P-256".
func HasCurve(name string) bool { return curveOf(name) != nil }

// curveOf returns the curve of this name, or nil: P-256K is not in Go's library.
func curveOf(name string) elliptic.Curve {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		if curve.Params().Name == name {
			return curve
		}
	}
	return nil
}

// Parse reads what [Key.Encode] wrote.
func Parse(encoded []byte) (*Key, error) {
	private, err := x509.ParsePKCS8PrivateKey(encoded)
	if err != nil {
		return nil, fmt.Errorf("reading a private key: %w", err)
	}
	signer, can := private.(crypto.Signer)
	if !can {
		return nil, fmt.Errorf("reading a private key: %w", ErrKind)
	}
	return &Key{signer: signer}, nil
}

// Encode returns the private key as PKCS #8.
func (k *Key) Encode() ([]byte, error) {
	encoded, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, fmt.Errorf("writing a private key: %w", err)
	}
	return encoded, nil
}

// Public is the public half of a key in the terms of RFC 7518. An RSA key has N and E, a key on
// a curve has X and Y.
type Public struct {
	N, E, X, Y []byte
}

// Public returns the public half.
func (k *Key) Public() Public {
	switch public := k.signer.Public().(type) {
	case *rsa.PublicKey:
		return Public{N: public.N.Bytes(), E: big.NewInt(int64(public.E)).Bytes()}
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			return Public{} // no key on the curves above fails here
		}
		// The uncompressed point is 4, x, y (SEC 1, section 2.3.3).
		half := (len(point) - 1) / 2
		return Public{X: point[1 : 1+half], Y: point[1+half:]}
	}
	return Public{}
}

func (k *Key) rsa() (*rsa.PrivateKey, error) {
	private, ok := k.signer.(*rsa.PrivateKey)
	if !ok {
		return nil, ErrAlgorithm
	}
	return private, nil
}
