// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package envelope_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/envelope"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// vaults is a Key Vault whose keys are single bytes that are added, and that can be made to lie.
type vaults struct {
	key        byte
	refuse     bool
	unwrapLies bool
}

func (v *vaults) Wrap(
	_ *engine.Tx, principal, keyID string, plaintext []byte,
) (string, []byte, *engine.Error) {
	if principal != "reader" {
		return "", nil, engine.Errorf(http.StatusForbidden, "Forbidden", "not %s", principal)
	}
	return keyID + "/1", v.add(v.key, plaintext), nil
}

func (v *vaults) Unwrap(
	_ *engine.Tx, principal, _ string, wrapped []byte,
) ([]byte, *engine.Error) {
	if v.refuse || principal != "reader" {
		return nil, engine.Errorf(http.StatusForbidden, "Forbidden", "not %s", principal)
	}
	key := v.key
	if v.unwrapLies {
		key++
	}
	return v.add(-key, wrapped), nil
}

func (*vaults) add(key byte, text []byte) []byte {
	sum := bytes.Clone(text)
	for i := range sum {
		sum[i] += key
	}
	return sum
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	vault := &vaults{key: 7}
	customer := envelope.Key{ID: "key", Principal: "reader"}
	transact(t, func(tx *engine.Tx) {
		sealed := envelope.New(tx)
		account, refused := sealed.Open(tx, vault, "")
		if refused != nil || len(account) != 32 {
			t.Fatalf("a new envelope opens to %d bytes (%v), want an AES-256 key", len(account), refused)
		}
		wrapped, refused := sealed.Rewrap(tx, vault, "", customer)
		if refused != nil {
			t.Fatal(refused)
		}
		if wrapped.KeyID != "key/1" || bytes.Contains(wrapped.Wrapped, account) {
			t.Errorf("the account key is wrapped by %q, hidden: %t",
				wrapped.KeyID, !bytes.Contains(wrapped.Wrapped, account))
		}
		same, refused := wrapped.Open(tx, vault, "reader")
		if refused != nil || !bytes.Equal(same, account) {
			t.Errorf("under the customer's key there is another account key (%v)", refused)
		}
		back, refused := wrapped.Rewrap(tx, vault, "reader", envelope.Key{})
		if refused != nil || back.KeyID != "" {
			t.Fatalf("back under the service's key: %q (%v)", back.KeyID, refused)
		}
		if same, _ = back.Open(tx, vault, ""); !bytes.Equal(same, account) {
			t.Error("back under the service's key there is another account key")
		}
	})
}

func TestEnvelope_refusals(t *testing.T) {
	t.Parallel()
	customer := envelope.Key{ID: "key", Principal: "reader"}
	for name, test := range map[string]struct {
		change func(*vaults)
		act    func(tx *engine.Tx, v *vaults, wrapped envelope.Envelope) *engine.Error
	}{
		"unwrapping is refused": {
			change: func(v *vaults) { v.refuse = true },
			act: func(tx *engine.Tx, v *vaults, wrapped envelope.Envelope) *engine.Error {
				_, refused := wrapped.Open(tx, v, "reader")
				return refused
			},
		},
		"the wrong key unwraps": {
			change: func(v *vaults) { v.unwrapLies = true },
			act: func(tx *engine.Tx, v *vaults, wrapped envelope.Envelope) *engine.Error {
				_, refused := wrapped.Open(tx, v, "reader")
				return refused
			},
		},
		"the old key is out of reach": {
			change: func(v *vaults) { v.refuse = true },
			act: func(tx *engine.Tx, v *vaults, wrapped envelope.Envelope) *engine.Error {
				_, refused := wrapped.Rewrap(tx, v, "reader", envelope.Key{})
				return refused
			},
		},
		"the new key may not wrap": {
			act: func(tx *engine.Tx, v *vaults, _ envelope.Envelope) *engine.Error {
				_, refused := envelope.New(tx).Rewrap(tx, v, "", envelope.Key{ID: "key", Principal: "other"})
				return refused
			},
		},
		"the new key does not give back": {
			change: func(v *vaults) { v.unwrapLies = true },
			act: func(tx *engine.Tx, v *vaults, _ envelope.Envelope) *engine.Error {
				_, refused := envelope.New(tx).Rewrap(tx, v, "", customer)
				return refused
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vault := &vaults{key: 7}
			transact(t, func(tx *engine.Tx) {
				wrapped, refused := envelope.New(tx).Rewrap(tx, vault, "", customer)
				if refused != nil {
					t.Fatal(refused)
				}
				if test.change != nil {
					test.change(vault)
				}
				if test.act(tx, vault, wrapped) == nil {
					t.Error("nothing was refused")
				}
			})
		})
	}
}

func transact(t *testing.T, fn func(*engine.Tx)) {
	t.Helper()
	if err := engine.New(&store.Memory{}).Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}
