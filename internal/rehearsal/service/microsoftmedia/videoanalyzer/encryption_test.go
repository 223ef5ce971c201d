// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const forbidden = "Access to the Customer Key was forbidden."

// under is the encryption with a customer's key, which the identity reader reads.
func under(key string) string {
	return fmt.Sprintf(`"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":%q},`+
		`"identity":{"userAssignedIdentity":%q}}`, key, reader)
}

func change(properties string) string { return `{"properties":{` + properties + `}}` }

// keyed has an account under a customer's key that it follows.
func keyed(t *testing.T) (azure *rehearsal, vault *azuretest.Vault, first string) {
	t.Helper()
	azure = start(t)
	vault = azure.Vault("vault1", azuretest.VaultOptions{})
	first = vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.principal)
	azure.create(identified(under(vault.Key("k"))))
	return azure, vault, first
}

func (r *rehearsal) current() string {
	r.t.Helper()
	return r.get().Text("properties.encryption.keyVaultProperties.currentKeyIdentifier")
}

func TestCustomerKey(t *testing.T) {
	t.Parallel()
	azure, vault, first := keyed(t)
	want := map[string]any{
		"type":               "CustomerKey",
		"keyVaultProperties": map[string]any{"keyIdentifier": vault.Key("k"), "currentKeyIdentifier": first},
		"identity":           map[string]any{"userAssignedIdentity": reader},
	}
	for _, api := range []string{former, current} {
		got := azure.Want(azure.Call("GET", account, api, ""), http.StatusOK)
		if diff := cmp.Diff(want, got.At("properties.encryption")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", api, diff)
		}
	}
	second := vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(5*time.Minute - time.Second)
	if azure.current() != first {
		t.Error("the new version was detected before 5 minutes were over")
	}
	azure.Advance(time.Second)
	if azure.current() != second {
		t.Errorf("currentKeyIdentifier %q, want %q", azure.current(), second)
	}
	vault.Disable(first) // The account key is really under the new version now.

	azure.Want(azure.Call("PATCH", account, current, change(under(second))), http.StatusAccepted)
	vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(time.Hour)
	if azure.current() != second {
		t.Errorf("an account that is pinned moved to %q", azure.current())
	}
	azure.Want(azure.Call("PATCH", account, current, change(`"encryption":{"type":"SystemKey"}`)), http.StatusAccepted)
	vault.Delete()
	if diff := cmp.Diff(map[string]any{"type": "SystemKey"}, azure.get().At("properties.encryption")); diff != "" {
		t.Errorf("back under the system's key (-want +got):\n%s", diff)
	}
}

// Each test breaks exactly one rule of the key.
func TestCustomerKey_rules(t *testing.T) {
	t.Parallel()
	past := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		key     azuretest.KeyOptions
		vault   azuretest.VaultOptions
		message string
	}{
		"CMK002 EC":               {key: azuretest.KeyOptions{Type: "EC"}, message: "type EC. Only RSA"},
		"CMK004 disabled":         {key: azuretest.KeyOptions{Disabled: true}, message: "disabled"},
		"CMK004 expired":          {key: azuretest.KeyOptions{Expires: &past}, message: "expired"},
		"CMK004 operations":       {key: azuretest.KeyOptions{Operations: `["encrypt","decrypt"]`}, message: "wrapKey and unwrapKey"},
		"CMK005 region":           {vault: azuretest.VaultOptions{Location: "eastus"}, message: "in the region 'eastus'"},
		"CMK007 purge protection": {vault: azuretest.VaultOptions{NoPurgeProtection: true}, message: "purge protection"},
		"CMK009 firewall":         {vault: azuretest.VaultOptions{Firewall: true}, message: forbidden},
		"CMK009 unwrap":           {vault: azuretest.VaultOptions{Permissions: `["get","wrapKey"]`}, message: forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			vault := azure.Vault("vault1", test.vault)
			version := vault.NewKey("k", test.key)
			vault.Grant(azure.principal)
			azure.Refused(azure.Call("PUT", account, current, identified(under(version))),
				http.StatusBadRequest, "BadRequest", test.message)
			azure.create(identified())
			for _, api := range []string{former, current} {
				azure.Refused(azure.Call("PATCH", account, api, change(under(vault.Key("k")))),
					http.StatusBadRequest, "BadRequest", test.message)
			}
			if diff := cmp.Diff(map[string]any{"type": "SystemKey"}, azure.get().At("properties.encryption")); diff != "" {
				t.Errorf("a refused key left something behind:\n%s", diff)
			}
		})
	}
}

func TestEncryption_thatMakesNoSense(t *testing.T) {
	azure := start(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	vault.NewKey("k", azuretest.KeyOptions{})
	azure.create(identified())
	key := `"keyVaultProperties":{"keyIdentifier":"` + vault.Key("k") + `"}`
	for name, test := range map[string]struct{ encryption, message string }{
		"no key":             {`{"type":"CustomerKey"}`, "needs keyVaultProperties"},
		"key for the system": {`{"type":"SystemKey",` + key + `}`, "not with SystemKey"},
		"CMK008 no identity": {`{"type":"CustomerKey",` + key + `}`, "needs an identity"},
		"CMK008 another's identity": {
			`{"type":"CustomerKey",` + key + `,"identity":{"userAssignedIdentity":"` + reader + `2"}}`,
			"not one of the user-assigned identities",
		},
		"CMK010": {
			`{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"k"},"identity":{"userAssignedIdentity":"` + reader + `"}}`,
			"https://NAME.vault.azure.net/keys/KEY",
		},
		"no such key": {
			strings.TrimPrefix(under("https://vault1.vault.azure.net/keys/other"), `"encryption":`), forbidden,
		},
	} {
		t.Run(name, func(*testing.T) {
			azure.Refused(azure.Call("PATCH", account, current, change(`"encryption":`+test.encryption)),
				http.StatusBadRequest, "BadRequest", test.message)
		})
	}
}

// Without the key, an account can be read, listed and deleted, and nothing else, until access is
// back (CMK012, CMK013).
func TestInaccessible(t *testing.T) {
	for name, test := range map[string]struct {
		lose, restore func(azure *rehearsal, vault *azuretest.Vault, version string)
	}{
		"grant removed": {
			func(a *rehearsal, v *azuretest.Vault, _ string) { v.Revoke(a.principal) },
			func(a *rehearsal, v *azuretest.Vault, _ string) { v.Grant(a.principal) },
		},
		"key deleted": {
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.DeleteKey("k") },
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.RecoverKey("k") },
		},
		"key disabled": {
			func(_ *rehearsal, v *azuretest.Vault, version string) { v.Disable(version) },
			func(_ *rehearsal, v *azuretest.Vault, version string) { v.Enable(version) },
		},
		"vault deleted": {
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.Delete() },
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.Recover() },
		},
		"firewall": {
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.Close() },
			func(_ *rehearsal, v *azuretest.Vault, _ string) { v.Open() },
		},
		"identity deleted": {
			lose: func(a *rehearsal, _ *azuretest.Vault, _ string) {
				a.Want(a.Call("DELETE", reader, "2023-01-31", ""), http.StatusOK)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			azure, vault, version := keyed(t)
			test.lose(azure, vault, version)
			if status := azure.get().Text("properties.encryption.status"); status == "" {
				t.Error("the account does not say that its key is out of reach")
			}
			listed := azure.Want(azure.Call("GET", accounts, current, ""), http.StatusOK)
			if list, _ := listed.At("value").([]any); len(list) != 1 {
				t.Errorf("%d accounts are listed", len(list))
			}
			for _, refused := range []*azuretest.Answer{
				azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`),
				azure.Call("PUT", account, current, identified()),
				azure.Call("POST", account+"/syncStorageKeys", former, `{"id":"`+store1+`"}`),
			} {
				if refused.Status < http.StatusBadRequest {
					t.Errorf("without the key something works: %d %s", refused.Status, refused.Raw)
				}
			}
			if test.restore != nil {
				test.restore(azure, vault, version)
				if status := azure.get().Text("properties.encryption.status"); status != "" {
					t.Errorf("status %s although access is back", status)
				}
				azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
				test.lose(azure, vault, version)
			}
			azure.Want(azure.Call("DELETE", account, current, ""), http.StatusOK)
		})
	}
}

// A new version that the account cannot take at first is taken once it can.
func TestVersions_afterAFailedLook(t *testing.T) {
	t.Parallel()
	azure, vault, first := keyed(t)
	second := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Disable(second)
	azure.Advance(10 * time.Minute)
	if azure.current() != first {
		t.Fatalf("currentKeyIdentifier %q", azure.current())
	}
	vault.Enable(second)
	azure.Advance(10 * time.Minute)
	if azure.current() != second {
		t.Errorf("currentKeyIdentifier %q, want %q", azure.current(), second)
	}
}
