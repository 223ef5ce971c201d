// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
)

// customer is a vault with a key that a service may use as an identity, before a test breaks
// something about it.
type customer struct {
	*world

	vaultID            engine.ID
	identity, key, kid string
	wrapped            []byte
}

const secret = "the account key"

func newCustomer(t *testing.T, properties map[string]any) *customer {
	t.Helper()
	c := &customer{world: newWorld(t), key: "https://mine.vault.azure.net/keys/k"}
	_, c.identity = c.Identity(t, c.group, "identity")
	c.vaultID = c.vault("mine", engine.Merge(map[string]any{"accessPolicies": []any{
		c.policy(c.Owner.ObjectID, "all"), c.policy(c.identity, "get", "wrapKey", "unwrapKey"),
	}}, properties))
	c.kid = c.world.key("mine", "k", rsa)
	return c
}

func (c *customer) wrap(id string) keyvault.Reason {
	c.t.Helper()
	var reason keyvault.Reason
	c.Transact(c.t, func(tx *engine.Tx) {
		kid, wrapped, refused := c.vaults.Wrap(tx, c.identity, id, []byte(secret))
		if refused != nil {
			reason = keyvault.ReasonOf(refused)
			return
		}
		c.kid, c.wrapped = kid, wrapped
	})
	return reason
}

func (c *customer) unwrap() keyvault.Reason {
	c.t.Helper()
	var reason keyvault.Reason
	c.Transact(c.t, func(tx *engine.Tx) {
		plain, refused := c.vaults.Unwrap(tx, c.identity, c.kid, c.wrapped)
		switch {
		case refused != nil:
			reason = keyvault.ReasonOf(refused)
		case string(plain) != secret:
			c.t.Errorf("unwrapped %q", plain)
		}
	})
	return reason
}

func (c *customer) describe(id string) (keyvault.KeyFacts, keyvault.Reason) {
	c.t.Helper()
	var facts keyvault.KeyFacts
	var reason keyvault.Reason
	c.Transact(c.t, func(tx *engine.Tx) {
		var refused *engine.Error
		if facts, refused = c.vaults.Describe(tx, id); refused != nil {
			reason = keyvault.ReasonOf(refused)
		}
	})
	return facts, reason
}

func TestAServiceWrapsAndUnwraps(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, map[string]any{"enablePurgeProtection": true})
	first := c.kid
	if reason := c.wrap(c.key); reason != "" || c.kid != first {
		t.Fatalf("wrapped with %s, refused for %q", c.kid, reason)
	}
	if bytes.Contains(c.wrapped, []byte(secret)) {
		t.Error("what is wrapped is plain")
	}
	c.advance(time.Minute)
	second := c.world.key("mine", "k", `{"kty":"RSA","attributes":{"exp":1899000000}}`)
	if reason := c.unwrap(); reason != "" {
		t.Errorf("unwrapping with the version before the newest: %s", reason)
	}
	if reason := c.wrap(first); reason != "" || c.kid != first {
		t.Errorf("a pinned version: %s, refused for %q", c.kid, reason)
	}
	if reason := c.wrap(c.key); reason != "" || c.kid != second {
		t.Errorf("without a version: %s, refused for %q", c.kid, reason)
	}
	facts, _ := c.describe(first)
	wanted := keyvault.KeyFacts{
		VaultID: c.vaultID, VaultLocation: "westeurope", SoftDelete: true, PurgeProtection: true,
		ID: c.key, VersionID: first, NewestID: second, Type: "RSA", Size: 2048, Enabled: true,
		Created:    time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC),
		Operations: []string{"encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"},
	}
	if diff := cmp.Diff(wanted, facts); diff != "" {
		t.Errorf("the facts (-want +got):\n%s", diff)
	}
	facts, _ = c.describe(c.key)
	wanted.VersionID, wanted.Expires = second, time.Unix(1899000000, 0).UTC()
	wanted.Created = wanted.Created.Add(time.Minute)
	if diff := cmp.Diff(wanted, facts); diff != "" {
		t.Errorf("the facts of the newest version (-want +got):\n%s", diff)
	}
}

// What was granted to an identity stays in the vault when the identity is deleted, and is of no use.
func TestADeletedIdentityUsesNoKey(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, nil)
	if reason := c.wrap(c.key); reason != "" {
		t.Fatal(reason)
	}
	c.Transact(t, func(tx *engine.Tx) { c.Directory.Remove(tx, c.identity) })
	if wrapping, unwrapping := c.wrap(c.key), c.unwrap(); wrapping != keyvault.AccessDenied || unwrapping != keyvault.AccessDenied {
		t.Errorf("wrapping: %q, unwrapping: %q", wrapping, unwrapping)
	}
}

func TestWhyAKeyCannotBeUsed(t *testing.T) {
	t.Parallel()
	c := newCustomer(t, nil)
	if reason := c.wrap(c.key); reason != "" {
		t.Fatal(reason)
	}
	noon := start.Unix()
	patch := func(body string) func() {
		return func() { want(t, c.data(http.MethodPatch, "mine", "keys/k", body), http.StatusOK) }
	}
	change := func(properties string) func() {
		return func() {
			want(t, c.arm(http.MethodPatch, c.vaultID, `{"properties":`+properties+`}`), http.StatusOK)
		}
	}
	grant := func(permissions ...string) func() {
		return change(c.json(map[string]any{"accessPolicies": []any{
			c.policy(c.Owner.ObjectID, "all"), c.policy(c.identity, permissions...),
		}}))
	}
	// Each step undoes the one before.
	for _, step := range []struct {
		name         string
		do           func()
		wrap, unwrap keyvault.Reason
		describe     keyvault.Reason
	}{
		{
			"disabled", patch(`{"attributes":{"enabled":false}}`),
			keyvault.KeyDisabled, keyvault.KeyDisabled, "",
		},
		{
			"expired", patch(fmt.Sprintf(`{"attributes":{"enabled":true,"exp":%d}}`, noon-1)),
			keyvault.KeyExpired, "", "",
		},
		{
			"not yet valid", patch(fmt.Sprintf(`{"attributes":{"exp":%d,"nbf":%d}}`, noon+99, noon+9)),
			keyvault.NotYetValid, "", "",
		},
		{
			"permits nothing", patch(fmt.Sprintf(`{"attributes":{"nbf":%d},"key_ops":[]}`, noon)),
			keyvault.OperationNotPermitted, keyvault.OperationNotPermitted, "",
		},
		{
			"permits unwrapping", patch(`{"key_ops":["unwrapKey"]}`),
			keyvault.OperationNotPermitted, "", "",
		},
		{"fine", patch(`{"key_ops":["wrapKey","unwrapKey"]}`), "", "", ""},
		{"nothing granted", grant(), keyvault.AccessDenied, keyvault.AccessDenied, ""},
		{"no get", grant("wrapKey", "unwrapKey"), keyvault.AccessDenied, "", ""},
		{"no wrapKey", grant("get", "unwrapKey"), keyvault.AccessDenied, "", ""},
		{"no unwrapKey", grant("get", "wrapKey"), "", keyvault.AccessDenied, ""},
		{"granted", grant("get", "wrapKey", "unwrapKey"), "", "", ""},
		{"trusted services pass", change(`{"networkAcls":{"defaultAction":"Deny"}}`), "", "", ""},
		{
			"firewall for all", change(`{"networkAcls":{"bypass":"None"}}`),
			keyvault.Firewall, keyvault.Firewall, "",
		},
		{"no firewall", change(`{"networkAcls":{"defaultAction":"Allow"}}`), "", "", ""},
		{
			"no public access", change(`{"publicNetworkAccess":"Disabled"}`),
			keyvault.Firewall, keyvault.Firewall, "",
		},
		{"public access", change(`{"publicNetworkAccess":"Enabled"}`), "", "", ""},
		{
			"by roles", change(`{"enableRbacAuthorization":true}`),
			keyvault.AccessDenied, keyvault.AccessDenied, "",
		},
		{"role assigned", func() {
			c.Transact(t, func(tx *engine.Tx) {
				c.Authorization.Assign(tx, c.vaultID,
					authorization.KeyVaultCryptoServiceEncryptionUser, c.identity)
			})
		}, "", "", ""},
		{"by policies", change(`{"enableRbacAuthorization":false}`), "", "", ""},
		{
			"deleted key", func() { want(t, c.data(http.MethodDelete, "mine", "keys/k", ""), 200) },
			keyvault.KeyDeleted, keyvault.KeyDeleted, keyvault.KeyDeleted,
		},
		{"recovered key", func() {
			want(t, c.data(http.MethodPost, "mine", "deletedkeys/k/recover", ""), 200)
		}, "", "", ""},
		{
			"deleted vault", func() { want(t, c.arm(http.MethodDelete, c.vaultID, ""), 200) },
			keyvault.VaultDeleted, keyvault.VaultDeleted, keyvault.VaultDeleted,
		},
		{
			"recovered vault", func() { want(t, c.put("mine", map[string]any{"createMode": "recover"}), 200) },
			"", "", "",
		},
		{"purged key", func() {
			want(t, c.data(http.MethodDelete, "mine", "keys/k", ""), 200)
			want(t, c.data(http.MethodDelete, "mine", "deletedkeys/k", ""), 204)
		}, keyvault.KeyMissing, keyvault.KeyMissing, keyvault.KeyMissing},
		{"purged vault", func() {
			want(t, c.arm(http.MethodDelete, c.vaultID, ""), 200)
			want(t, c.arm(http.MethodPost, c.deletedID("mine")+"/purge", ""), 202)
		}, keyvault.VaultMissing, keyvault.VaultMissing, keyvault.VaultMissing},
	} {
		step.do()
		if got := c.wrap(c.key); got != step.wrap {
			t.Errorf("%s: wrapping is refused for %q, want %q", step.name, got, step.wrap)
		}
		if got := c.unwrap(); got != step.unwrap {
			t.Errorf("%s: unwrapping is refused for %q, want %q", step.name, got, step.unwrap)
		}
		if _, got := c.describe(c.key); got != step.describe {
			t.Errorf("%s: describing is refused for %q, want %q", step.name, got, step.describe)
		}
	}
}

func TestWhatIdentifiesAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id, wanted := range map[string]keyvault.KeyID{
		"https://V.vault.azure.net/keys/K":          {Vault: "v", Key: "K"},
		"https://v.vault.azure.net:443/keys/k/0123": {Vault: "v", Key: "k", Version: "0123"},
		"https://v.vault.azure.net/keys/k/":         {Vault: "v", Key: "k"},
		"http://v.vault.azure.net/keys/k":           {},
		"https://v.vault.azure.net/secrets/k":       {},
		"https://v.vault.azure.net/keys":            {},
		"https://v.vault.azure.net/keys/k/1/2":      {},
		"https://v.managedhsm.azure.net/keys/k":     {},
		"https://v.vault.azure.net/keys/%zz":        {},
		"":                                          {},
	} {
		w.Transact(t, func(tx *engine.Tx) {
			got, ok := keyvault.ParseKeyID(tx, id)
			if got != wanted || ok != (wanted != keyvault.KeyID{}) {
				t.Errorf("%s is %v, %v", id, got, ok)
			}
			if _, refused := w.vaults.Describe(tx, id); refused == nil {
				t.Errorf("%s: described", id)
			}
		})
	}
	one, other := keyvault.KeyID{Vault: "v", Key: "k", Version: "1"}, keyvault.KeyID{Vault: "V", Key: "K"}
	if !one.Is(other) || one.Is(keyvault.KeyID{Vault: "v", Key: "j"}) {
		t.Error("keys are told apart by their versions, or not by their names")
	}
	if reason := keyvault.ReasonOf(errors.New("something else")); reason != "" {
		t.Errorf("something else is for the reason %s", reason)
	}
	if text := (&keyvault.UnusableError{Reason: keyvault.KeyDisabled}).Error(); text !=
		"the key cannot be used: KeyDisabled" {
		t.Error(text)
	}
}
