// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t is defined with SHA-1 (RFC 7517, section 4.8)
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

const signingKey = "entra/signingkey"

// SigningKey is the key that a tenant's tokens are signed with.
type SigningKey struct {
	ID          string `json:"id"`
	Certificate []byte `json:"certificate"` // X.509, DER
	PKCS1       []byte `json:"key"`
}

// NewSigningKey makes a key that is valid from a day before the time. Generating
// one takes longer than everything else at the start of a rehearsal, so many can share one.
func NewSigningKey(at time.Time) (*SigningKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making the key that signs tokens: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "accounts.accesscontrol.windows.net"},
		NotBefore:    at.Add(-24 * time.Hour),
		NotAfter:     at.AddDate(100, 0, 0),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of the key that signs tokens: %w", err)
	}
	return &SigningKey{
		ID: thumbprint(certificate), Certificate: certificate,
		PKCS1: x509.MarshalPKCS1PrivateKey(key),
	}, nil
}

// UseSigningKey makes the tenant sign with the key from now on.
func UseSigningKey(tx *engine.Tx, key *SigningKey) { tx.Store(signingKey, key) }

// signer returns the tenant's key, and generates it at the first call.
func (d *Directory) signer(tx *engine.Tx) (*SigningKey, error) {
	kept := new(SigningKey)
	if tx.Load(signingKey, kept) {
		return kept, nil
	}
	kept, err := NewSigningKey(tx.Now())
	if err != nil {
		return nil, err
	}
	UseSigningKey(tx, kept)
	return kept, nil
}

// private returns the private key, which takes longer to read than to use.
func (d *Directory) private(s *SigningKey) (*rsa.PrivateKey, error) {
	if key, ok := d.keys.get(s.ID); ok {
		return key, nil
	}
	key, err := s.private()
	if err == nil {
		d.keys.put(s.ID, key)
	}
	return key, err
}

func (s *SigningKey) private() (*rsa.PrivateKey, error) {
	key, err := x509.ParsePKCS1PrivateKey(s.PKCS1)
	if err != nil {
		return nil, fmt.Errorf("reading the key that signs tokens: %w", err)
	}
	return key, nil
}

// jwk returns the public key as the tenant publishes it.
func (s *SigningKey) jwk(issuer string) (map[string]any, error) {
	key, err := s.private()
	if err != nil {
		return nil, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]any{
		"kty": "RSA", "use": "sig", "kid": s.ID, "x5t": s.ID,
		"n":                   encode(key.N.Bytes()),
		"e":                   encode(big.NewInt(int64(key.E)).Bytes()),
		"x5c":                 []string{base64.StdEncoding.EncodeToString(s.Certificate)},
		"cloud_instance_name": "microsoftonline.com",
		"issuer":              issuer,
	}, nil
}

// thumbprint returns a certificate's "x5t".
func thumbprint(der []byte) string {
	sum := sha1.Sum(der) //nolint:gosec // see the import
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
