// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package material_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/material"
)

// stored is a key as it comes back from where it was kept.
func stored(t *testing.T, made *material.Key, err error) *material.Key {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := made.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := material.Parse(encoded)
	if err != nil {
		t.Fatal(err)
	}
	return back
}

func TestAnRSAKey(t *testing.T) {
	t.Parallel()
	made, err := material.NewRSA(2048)
	key := stored(t, made, err)
	public := key.Public()
	if len(public.N) != 256 || !bytes.Equal(public.E, []byte{1, 0, 1}) || public.X != nil {
		t.Errorf("the public half is %d bytes, %v, %v", len(public.N), public.E, public.X)
	}
	text := []byte("the account key")
	for _, algorithm := range []string{"RSA1_5", "RSA-OAEP", "RSA-OAEP-256"} {
		encrypted, err := made.Encrypt(algorithm, text)
		if err != nil || bytes.Contains(encrypted, text) {
			t.Errorf("%s: %v", algorithm, err)
		}
		decrypted, err := key.Decrypt(algorithm, encrypted)
		if err != nil || !bytes.Equal(decrypted, text) {
			t.Errorf("%s: %q, %v", algorithm, decrypted, err)
		}
		encrypted[0] ^= 1
		if decrypted, err := key.Decrypt(algorithm, encrypted); !errors.Is(err, material.ErrValue) {
			t.Errorf("%s of what was changed: %q, %v", algorithm, decrypted, err)
		}
		if _, err := key.Encrypt(algorithm, make([]byte, 257)); !errors.Is(err, material.ErrValue) {
			t.Errorf("%s of what is too long: %v", algorithm, err)
		}
	}
	if _, err := key.Encrypt("A256KW", text); !errors.Is(err, material.ErrAlgorithm) {
		t.Errorf("encrypting with A256KW: %v", err)
	}
	if _, err := key.Decrypt("A256KW", text); !errors.Is(err, material.ErrAlgorithm) {
		t.Errorf("decrypting with A256KW: %v", err)
	}
	signs(t, key, map[string]int{
		"RS256": 32, "RS384": 48, "RS512": 64, "PS256": 32, "PS384": 48, "PS512": 64,
	}, "ES256")
}

func TestKeysOnCurves(t *testing.T) {
	t.Parallel()
	for curve, test := range map[string]struct {
		algorithm      string
		digest, length int
	}{
		"P-256": {"ES256", 32, 32}, "P-384": {"ES384", 48, 48}, "P-521": {"ES512", 64, 66},
	} {
		made, err := material.NewEC(curve)
		key := stored(t, made, err)
		public := key.Public()
		if len(public.X) != test.length || len(public.Y) != test.length || public.N != nil {
			t.Errorf("%s: the public half has %d and %d bytes", curve, len(public.X), len(public.Y))
		}
		signs(t, key, map[string]int{test.algorithm: test.digest}, "RS256")
		if _, err := key.Encrypt("RSA-OAEP", nil); !errors.Is(err, material.ErrAlgorithm) {
			t.Errorf("%s encrypts: %v", curve, err)
		}
		if _, err := key.Decrypt("RSA-OAEP", nil); !errors.Is(err, material.ErrAlgorithm) {
			t.Errorf("%s decrypts: %v", curve, err)
		}
	}
	if _, err := material.NewEC("P-256K"); !errors.Is(err, material.ErrKind) {
		t.Errorf("P-256K: %v", err)
	}
}

// signs checks that a key signs and verifies with the algorithms, whose digests have so many
// bytes, and not with another.
func signs(t *testing.T, key *material.Key, algorithms map[string]int, other string) {
	t.Helper()
	for algorithm, length := range algorithms {
		digest := bytes.Repeat([]byte{7}, length)
		signature, err := key.Sign(algorithm, digest)
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		if valid, err := key.Verify(algorithm, digest, signature); !valid || err != nil {
			t.Errorf("%s: %v, %v", algorithm, valid, err)
		}
		digest[0] = 8
		if valid, err := key.Verify(algorithm, digest, signature); valid || err != nil {
			t.Errorf("%s of another digest: %v, %v", algorithm, valid, err)
		}
		if _, err := key.Sign(algorithm, digest[1:]); !errors.Is(err, material.ErrValue) {
			t.Errorf("%s of a short digest: %v", algorithm, err)
		}
	}
	if _, err := key.Sign(other, make([]byte, 32)); !errors.Is(err, material.ErrAlgorithm) {
		t.Errorf("signing with %s: %v", other, err)
	}
	if _, err := key.Verify(other, make([]byte, 32), nil); !errors.Is(err, material.ErrAlgorithm) {
		t.Errorf("verifying with %s: %v", other, err)
	}
}

func TestWhatIsNoKey(t *testing.T) {
	t.Parallel()
	if _, err := material.Parse([]byte("no key")); err == nil {
		t.Error("read what is no key")
	}
}
