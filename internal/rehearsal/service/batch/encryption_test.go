// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

func encryption(key string) string {
	return `{"properties":{"encryption":{"keySource":"Microsoft.KeyVault","keyVaultProperties":{"keyIdentifier":"` +
		key + `"}}}}`
}

// identified makes an account with a system-assigned identity and returns its principal.
func (r *rehearsal) identified() string {
	r.t.Helper()
	return r.create(account, `{"location":"westus2","identity":{"type":"SystemAssigned"}}`).
		Text("identity.principalId")
}

// An account is attached to a key, follows it, loses it, gets it back and gives it up.
func TestEncryption(t *testing.T) {
	t.Parallel()
	azure := start(t)
	// The vault may be in another region than the account.
	vault := azure.Vault("vault1", azuretest.VaultOptions{Location: "northeurope"})
	first := vault.NewKey("k", azuretest.KeyOptions{})
	principal := azure.identified()
	azure.Refused(azure.Call("PATCH", account, version, encryption(vault.Key("k"))),
		http.StatusBadRequest, "InvalidEncryptionConfiguration", "encryption configuration is invalid")
	vault.Grant(principal)
	attached := azure.Want(azure.Call("PATCH", account, version, encryption(vault.Key("k"))), http.StatusOK)
	if key := attached.Text("properties.encryption.keyVaultProperties.keyIdentifier"); key != vault.Key("k") {
		t.Errorf("the account shows %s", key)
	}
	usable := func() bool {
		return azure.Call("POST", account+"/listKeys", version, "").Status == http.StatusOK
	}

	second := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Disable(first)
	if usable() {
		t.Error("the account runs on the new version before it can know of it")
	}
	vault.Enable(first)
	azure.Advance(time.Hour)
	vault.Disable(first)
	if !usable() {
		t.Error("the account did not move to the new version")
	}

	vault.Disable(second)
	azure.Refused(azure.Call("PATCH", account, version, `{"tags":{}}`),
		http.StatusForbidden, "CustomerKeyNotAccessible", "account deletion")
	azure.Refused(azure.Call("POST", account+"/syncAutoStorageKeys", version, ""),
		http.StatusForbidden, "CustomerKeyNotAccessible", "account deletion")
	azure.Want(azure.Call("GET", account, version, ""), http.StatusOK)
	vault.Enable(second)

	back := azure.Want(azure.Call("PATCH", account, version,
		`{"properties":{"encryption":{"keySource":"Microsoft.Batch"}}}`), http.StatusOK)
	if back.At("properties.encryption.keyVaultProperties") != nil {
		t.Errorf("the account still shows a key: %s", back.Raw)
	}
	vault.Revoke(principal)
	if !usable() {
		t.Error("the account still depends on the key")
	}
}

// While the old version cannot be used, the account cannot move to the new one; the service looks
// again later.
func TestEncryption_detectionFails(t *testing.T) {
	t.Parallel()
	azure := start(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	first := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.identified())
	azure.Want(azure.Call("PATCH", account, version, encryption(vault.Key("k"))), http.StatusOK)
	vault.NewKey("k", azuretest.KeyOptions{})
	vault.Disable(first)
	azure.Advance(2 * time.Hour)
	vault.Enable(first)
	azure.Advance(24 * time.Hour)
	vault.Disable(first)
	azure.Want(azure.Call("POST", account+"/listKeys", version, ""), http.StatusOK)
}

// A key with a version is pinned to it.
func TestEncryption_pinned(t *testing.T) {
	t.Parallel()
	azure := start(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	first := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.identified())
	azure.Want(azure.Call("PATCH", account, version, encryption(first)), http.StatusOK)
	vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(24 * time.Hour)
	vault.Disable(first)
	azure.Want(azure.Call("POST", account+"/listKeys", version, ""), http.StatusForbidden)
}

// A user-assigned identity can bring the key at creation, and deletion works without the key.
func TestEncryption_userAssigned(t *testing.T) {
	t.Parallel()
	azure := start(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	vault.NewKey("k", azuretest.KeyOptions{})
	id, principal := azure.Identity("id1")
	vault.Grant(principal)
	azure.create(account, `{"location":"westus2","identity":{"type":"UserAssigned","userAssignedIdentities":{"`+id+
		`":{}}},"properties":{"encryption":{"keySource":"Microsoft.KeyVault","keyVaultProperties":{"keyIdentifier":"`+
		vault.Key("k")+`"}}}}`)
	azure.Refused(azure.Call("PATCH", account, version, `{"identity":{"type":"None"}}`),
		http.StatusBadRequest, "InvalidEncryptionConfiguration", "")
	vault.DeleteKey("k")
	azure.Want(azure.Call("POST", account+"/listKeys", version, ""), http.StatusForbidden)
	azure.Want(azure.Call("DELETE", account, version, ""), http.StatusAccepted)
}

func TestEncryption_unfit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vault azuretest.VaultOptions
		key   azuretest.KeyOptions
		why   string
	}{
		"elliptic curve":   {key: azuretest.KeyOptions{Type: "EC"}, why: "Keys of type EC"},
		"no unwrapping":    {key: azuretest.KeyOptions{Operations: `["wrapKey"]`}, why: "wrapKey and unwrapKey"},
		"disabled":         {key: azuretest.KeyOptions{Disabled: true}, why: "cannot wrap and unwrap"},
		"purge protection": {vault: azuretest.VaultOptions{NoPurgeProtection: true}, why: "purge protection"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			vault := azure.Vault("vault1", test.vault)
			vault.NewKey("k", test.key)
			vault.Grant(azure.identified())
			azure.refusedBecause(azure.Call("PATCH", account, version, encryption(vault.Key("k"))), test.why)
		})
	}
	azure := start(t)
	azure.identified()
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	azure.refusedBecause(azure.Call("PATCH", account, version, encryption(vault.Key("none"))), "was not found")
	azure.refusedBecause(azure.Call("PATCH", account, version, encryption("https://example.com/k")), "does not identify")
	azure.Want(azure.Call("PATCH", account, version, `{"identity":{"type":"None"}}`), http.StatusOK)
	azure.refusedBecause(azure.Call("PATCH", account, version, encryption(vault.Key("k"))), "no managed identity")
}
