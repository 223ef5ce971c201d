// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const forbidden = "Access to the Customer Key was forbidden."

// customerKey is the body of a PUT that attaches a key to an account on store1, which reads it as
// its system-assigned identity.
func customerKey(id string) string {
	return `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{` +
		`"storageAccounts":[{"id":"` + store1 + `","type":"Primary"}],` +
		`"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"` + id + `"}}}}`
}

// ready has an account with a system-assigned identity that may use the keys of a vault.
func ready(t *testing.T) (azure *rehearsal, vault *azuretest.Vault) {
	t.Helper()
	azure = start(t)
	azure.store("store1")
	vault = azure.Vault("vault1", azuretest.VaultOptions{})
	created := azure.Want(azure.Call("PUT", account, synchronous,
		strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned"},`, 1)), http.StatusCreated)
	vault.Grant(created.Text("identity.principalId"))
	return azure, vault
}

func (r *rehearsal) current() string {
	r.t.Helper()
	return r.Want(r.Call("GET", account, current, ""), http.StatusOK).
		Text("properties.encryption.keyVaultProperties.currentKeyIdentifier")
}

func (r *rehearsal) attach(id string) {
	r.t.Helper()
	r.Want(r.Call("PUT", account, current, customerKey(id)), http.StatusOK)
	r.Want(r.Call("GET", account, current, ""), http.StatusOK)
}

func TestCustomerKey_asRecorded(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	version := vault.NewKey("k", azuretest.KeyOptions{})
	for api, want := range map[string]map[string]any{
		"2020-05-01": {},
		"2021-05-01": {},
		"2021-06-01": {"identity": map[string]any{"useSystemAssignedIdentity": true}},
		"2021-11-01": {"identity": map[string]any{"useSystemAssignedIdentity": true}},
		current:      {"identity": map[string]any{"useSystemAssignedIdentity": true}},
	} {
		answer := azure.Want(azure.Call("PUT", account, api, customerKey(version)), http.StatusOK)
		want["type"] = "CustomerKey"
		want["keyVaultProperties"] = map[string]any{
			"keyIdentifier": version, "currentKeyIdentifier": version,
		}
		if diff := cmp.Diff(want, answer.At("properties.encryption")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", api, diff)
		}
		got := azure.Want(azure.Call("GET", account, api, ""), http.StatusOK)
		if diff := cmp.Diff(want, got.At("properties.encryption")); diff != "" {
			t.Errorf("%s GET (-want +got):\n%s", api, diff)
		}
	}
}

func TestCustomerKey_patchShowsCurrentVersion(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	version := vault.NewKey("k", azuretest.KeyOptions{})
	begun := azure.Want(azure.Call("PATCH", account, current, `{"properties":{"encryption":{"type":"CustomerKey",
		"keyVaultProperties":{"keyIdentifier":"`+vault.Key("k")+`"}}}}`), http.StatusAccepted)
	want := map[string]any{
		"type":               "CustomerKey",
		"keyVaultProperties": map[string]any{"keyIdentifier": vault.Key("k"), "currentKeyIdentifier": version},
		"identity":           map[string]any{"useSystemAssignedIdentity": true},
	}
	if diff := cmp.Diff(want, begun.At("properties.encryption")); diff != "" {
		t.Errorf("the answer to the PATCH (-want +got):\n%s", diff)
	}
}

// Each test breaks exactly one rule of the key.
func TestCustomerKey_rules(t *testing.T) {
	t.Parallel()
	soon := time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
	past := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		key     azuretest.KeyOptions
		vault   azuretest.VaultOptions
		message string
	}{
		"CMK002 EC":               {key: azuretest.KeyOptions{Type: "EC"}, message: "type EC. Only RSA"},
		"CMK004 disabled":         {key: azuretest.KeyOptions{Disabled: true}, message: "disabled"},
		"CMK004 not valid yet":    {key: azuretest.KeyOptions{NotBefore: &soon}, message: "not valid yet"},
		"CMK004 expired":          {key: azuretest.KeyOptions{Expires: &past}, message: "expired"},
		"CMK004 operations":       {key: azuretest.KeyOptions{Operations: `["encrypt","decrypt"]`}, message: "wrapKey and unwrapKey"},
		"CMK004 no unwrap":        {key: azuretest.KeyOptions{Operations: `["wrapKey"]`}, message: "wrapKey and unwrapKey"},
		"CMK005 region":           {vault: azuretest.VaultOptions{Location: "eastus"}, message: "in the region 'eastus'"},
		"CMK007 purge protection": {vault: azuretest.VaultOptions{NoPurgeProtection: true}, message: "purge protection"},
		"CMK009 firewall":         {vault: azuretest.VaultOptions{Firewall: true}, message: forbidden},
		"CMK009 get":              {vault: azuretest.VaultOptions{Permissions: `["wrapKey","unwrapKey"]`}, message: forbidden},
		"CMK009 wrap":             {vault: azuretest.VaultOptions{Permissions: `["get","unwrapKey"]`}, message: forbidden},
		"CMK009 unwrap":           {vault: azuretest.VaultOptions{Permissions: `["get","wrapKey"]`}, message: forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			azure.store("store1")
			vault := azure.Vault("vault1", test.vault)
			version := vault.NewKey("k", test.key)
			created := azure.Want(azure.Call("PUT", account, synchronous,
				strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned"},`, 1)), http.StatusCreated)
			vault.Grant(created.Text("identity.principalId"))
			for _, id := range []string{version, vault.Key("k")} {
				for _, api := range []string{"2020-05-01", current} {
					azure.Refused(azure.Call("PUT", account, api, customerKey(id)),
						http.StatusBadRequest, "BadRequest", test.message)
				}
			}
			got := azure.Call("GET", account, current, "")
			if diff := cmp.Diff(map[string]any{"type": "SystemKey"}, got.At("properties.encryption")); diff != "" {
				t.Errorf("a refused key left something behind:\n%s", diff)
			}
		})
	}
}

func TestCustomerKey_isMissing(t *testing.T) {
	azure, vault := ready(t)
	vault.NewKey("k", azuretest.KeyOptions{})
	for name, id := range map[string]string{
		"key":     vault.Key("other"),
		"version": vault.Key("k") + "/0123456789abcdef0123456789abcdef",
		"vault":   "https://nowhere.vault.azure.net/keys/k",
	} {
		t.Run(name, func(*testing.T) {
			azure.Refused(azure.Call("PUT", account, current, customerKey(id)),
				http.StatusBadRequest, "BadRequest", "was not found")
		})
	}
	for name, id := range map[string]string{
		"host": "https://example.com/keys/k", "secret": "https://vault1.vault.azure.net/secrets/k", "text": "k",
	} {
		t.Run(name, func(*testing.T) {
			azure.Refused(azure.Call("PUT", account, current, customerKey(id)),
				http.StatusBadRequest, "BadRequest", "https://NAME.vault.azure.net/keys/KEY")
		})
	}
}

func TestCustomerKey_grant(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	// A system-assigned identity exists only with its account: nothing can be granted to it before.
	azure.Refused(azure.Call("PUT", account, synchronous, customerKey(version)),
		http.StatusBadRequest, "BadRequest", forbidden)
	created := azure.Want(azure.Call("PUT", account, synchronous,
		strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned"},`, 1)), http.StatusCreated)
	azure.Refused(azure.Call("PUT", account, synchronous, customerKey(version)),
		http.StatusBadRequest, "BadRequest", forbidden)

	// A grant takes its time.
	azure.Transact(func(tx *engine.Tx) { tx.SetGrantDelay(2 * time.Minute) })
	vault.Grant(created.Text("identity.principalId"))
	azure.Refused(azure.Call("PUT", account, synchronous, customerKey(version)),
		http.StatusBadRequest, "BadRequest", forbidden)
	azure.Advance(2 * time.Minute)
	azure.Want(azure.Call("PUT", account, synchronous, customerKey(version)), http.StatusOK)
}

func TestEncryption_thatMakesNoSense(t *testing.T) {
	azure, vault := ready(t)
	vault.NewKey("k", azuretest.KeyOptions{})
	with := func(encryption string) string { return `{"properties":{"encryption":` + encryption + `}}` }
	key := `"keyVaultProperties":{"keyIdentifier":"` + vault.Key("k") + `"}`
	const stranger = azuretest.Group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/stranger"
	for name, test := range map[string]struct{ body, message string }{
		"no key":             {with(`{"type":"CustomerKey"}`), "needs keyVaultProperties"},
		"key for the system": {with(`{"type":"SystemKey",` + key + `}`), "not with SystemKey"},
		"no identity": {
			`{"identity":{"type":"None"},"properties":{"encryption":{"type":"CustomerKey",` + key + `}}}`,
			"has no system-assigned identity",
		},
		"identity of somebody else": {
			with(`{"type":"CustomerKey",` + key + `,"identity":{"useSystemAssignedIdentity":false,"userAssignedIdentity":"` + stranger + `"}}`),
			"not one of the user-assigned identities",
		},
		"both identities": {
			with(`{"type":"CustomerKey",` + key + `,"identity":{"useSystemAssignedIdentity":true,"userAssignedIdentity":"` + stranger + `"}}`),
			"not both",
		},
		"neither identity": {
			with(`{"type":"CustomerKey",` + key + `,"identity":{"useSystemAssignedIdentity":false}}`),
			"An identity is needed",
		},
	} {
		t.Run(name, func(*testing.T) {
			azure.Refused(azure.Call("PATCH", account, current, test.body), http.StatusBadRequest, "BadRequest", test.message)
		})
	}
}

func TestCustomerKey_userAssigned(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	reader, principal := azure.Identity("reader")
	vault.Grant(principal)

	// A user-assigned identity exists before the account: the key can be there from the start.
	encryption := `"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"` + version + `"},` +
		`"identity":{"userAssignedIdentity":"` + reader + `","useSystemAssignedIdentity":false}}`
	created := azure.Want(azure.Call("PUT", account, synchronous, strings.Replace(bodyWith(encryption, store1), "{",
		`{"identity":{"type":"SystemAssigned,UserAssigned","userAssignedIdentities":{"`+reader+`":{}}},`, 1)),
		http.StatusCreated)
	want := map[string]any{"userAssignedIdentity": reader, "useSystemAssignedIdentity": false}
	if diff := cmp.Diff(want, created.At("properties.encryption.identity")); diff != "" {
		t.Errorf("the encryption's identity (-want +got):\n%s", diff)
	}
	if azure.current() != version {
		t.Errorf("currentKeyIdentifier %q, want %q", azure.current(), version)
	}

	// The identity that reads the key cannot be taken from the account.
	azure.Refused(azure.Call("PATCH", account, current, `{"identity":{"type":"SystemAssigned"}}`),
		http.StatusBadRequest, "BadRequest", "not one of the user-assigned identities")

	// Going over to the system-assigned one takes a grant for that one.
	change := `{"identity":{"type":"SystemAssigned"},"properties":{"encryption":{"type":"CustomerKey",` +
		`"keyVaultProperties":{"keyIdentifier":"` + version + `"},"identity":{"useSystemAssignedIdentity":true}}}}`
	azure.Refused(azure.Call("PATCH", account, current, change), http.StatusBadRequest, "BadRequest", forbidden)
	vault.Grant(created.Text("identity.principalId"))
	azure.Want(azure.Call("PATCH", account, current, change), http.StatusAccepted)
	got := azure.Call("GET", account, current, "")
	if diff := cmp.Diff(map[string]any{"useSystemAssignedIdentity": true}, got.At("properties.encryption.identity")); diff != "" {
		t.Errorf("the encryption's identity afterwards (-want +got):\n%s", diff)
	}
	vault.Revoke(principal)
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"still":"works"}}`), http.StatusAccepted)
}

func TestCustomerKey_systemIdentityCanBeGivenUp(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	version := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(version)
	reader, principal := azure.Identity("reader")
	vault.Grant(principal)
	azure.Want(azure.Call("PATCH", account, current, `{"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+
		reader+`":{}}},"properties":{"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"`+version+
		`"},"identity":{"useSystemAssignedIdentity":false,"userAssignedIdentity":"`+reader+`"}}}}`), http.StatusAccepted)
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"still":"works"}}`), http.StatusAccepted)
}

func TestCustomerKey_backToSystemKeyAndOverToAnother(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("first", azuretest.KeyOptions{})
	second := vault.NewKey("second", azuretest.KeyOptions{})
	azure.attach(first)
	azure.attach(second)
	if azure.current() != second {
		t.Errorf("currentKeyIdentifier %q, want %q", azure.current(), second)
	}
	vault.Disable(first) // no longer needed
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)

	azure.Want(azure.Call("PATCH", account, current, `{"properties":{"encryption":{"type":"SystemKey"}}}`), http.StatusAccepted)
	vault.Disable(second)
	got := azure.Call("GET", account, current, "")
	if diff := cmp.Diff(map[string]any{"type": "SystemKey"}, got.At("properties.encryption")); diff != "" {
		t.Errorf("back on the system key (-want +got):\n%s", diff)
	}
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"c":"d"}}`), http.StatusAccepted)
	// The CLI sends keyVaultProperties null with it.
	azure.Want(azure.Call("PUT", account, synchronous,
		bodyWith(`"encryption":{"type":"SystemKey","keyVaultProperties":null}`, store1)), http.StatusOK)
}

func TestCustomerKey_putWithoutEncryptionReturnsToSystemKey(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	azure.attach(vault.NewKey("k", azuretest.KeyOptions{}))
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusOK)
	got := azure.Call("GET", account, current, "")
	if kind := got.Text("properties.encryption.type"); kind != "SystemKey" {
		t.Errorf("encryption %s after a PUT without it, want SystemKey", kind)
	}
}

func TestVersions_ofTheKey(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(vault.Key("k"))
	if azure.current() != first {
		t.Fatalf("currentKeyIdentifier %q, want %q", azure.current(), first)
	}
	second := vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(5*time.Minute - time.Second)
	if azure.current() != first {
		t.Error("the new version was detected before 5 minutes were over")
	}
	azure.Advance(time.Second)
	got := azure.Call("GET", account, current, "")
	want := map[string]any{"keyIdentifier": vault.Key("k"), "currentKeyIdentifier": second}
	if diff := cmp.Diff(want, got.At("properties.encryption.keyVaultProperties")); diff != "" {
		t.Errorf("after 5 minutes (-want +got):\n%s", diff)
	}
	// The account key is really under the new version now: the old one is not needed any more.
	vault.Disable(first)
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
}

func TestVersions_pinnedStays(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(first)
	vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(time.Hour)
	if azure.current() != first {
		t.Errorf("a pinned account moved to %q", azure.current())
	}
}

// A new version that cannot wrap is not taken, and is looked at again.
func TestVersions_thatDoNotFitYet(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(vault.Key("k"))
	second := vault.NewKey("k", azuretest.KeyOptions{Disabled: true})
	azure.Advance(time.Hour)
	if azure.current() != first {
		t.Errorf("the account runs on %q, which is disabled", azure.current())
	}
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
	vault.Enable(second)
	azure.Advance(5 * time.Minute)
	if azure.current() != second {
		t.Errorf("the account runs on %q after the new version was enabled, want %q", azure.current(), second)
	}
}

// Nobody tells the service that a version's time has come: it looks again by itself.
func TestVersions_thatBecomeValid(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(vault.Key("k"))
	soon := time.Date(2026, 3, 1, 18, 0, 0, 0, time.UTC)
	second := vault.NewKey("k", azuretest.KeyOptions{NotBefore: &soon})
	azure.Advance(time.Hour)
	if azure.current() != first {
		t.Errorf("the account runs on %q, which is not valid yet", azure.current())
	}
	azure.Advance(48 * time.Hour)
	if azure.current() != second {
		t.Errorf("the account runs on %q, want %q", azure.current(), second)
	}
}

// An account that lost its key when the new version came takes it up once both can be used.
func TestVersions_afterLostAccess(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.attach(vault.Key("k"))
	vault.Disable(first)
	second := vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(time.Hour)
	if azure.current() != first {
		t.Error("the account moved on, though the version that wraps its key cannot unwrap it")
	}
	vault.Enable(first)
	azure.Advance(5 * time.Minute)
	if azure.current() != second {
		t.Errorf("the account runs on %q, want %q", azure.current(), second)
	}
}

func TestCustomerKey_byRole(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	vault := azure.Vault("vault1", azuretest.VaultOptions{Roles: true})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	created := azure.Want(azure.Call("PUT", account, synchronous,
		strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned"},`, 1)), http.StatusCreated)
	azure.Refused(azure.Call("PUT", account, current, customerKey(version)),
		http.StatusBadRequest, "BadRequest", forbidden)
	vault.Grant(created.Text("identity.principalId"))
	azure.attach(version)
}

// An account that was refused its first key can go on with what it has.
func TestCustomerKey_leavesNothingBehindWhenRefused(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	azure.attach(vault.NewKey("k", azuretest.KeyOptions{}))
	before := azure.Call("GET", account, current, "").Raw
	azure.Want(azure.Call("PUT", account, current, customerKey(vault.Key("other"))), http.StatusBadRequest)
	if after := azure.Call("GET", account, current, "").Raw; after != before {
		t.Errorf("a refused change left something behind:\n%s\n%s", before, after)
	}
}

// inaccessible are the ways to lose a key, each with its way back.
func TestInaccessible(t *testing.T) {
	for name, test := range map[string]struct {
		lose, restore func(*rehearsal, *azuretest.Vault, string, string)
	}{
		"key disabled": {
			lose:    func(_ *rehearsal, v *azuretest.Vault, id, _ string) { v.Disable(id) },
			restore: func(_ *rehearsal, v *azuretest.Vault, id, _ string) { v.Enable(id) },
		},
		"key deleted": {
			lose:    func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.DeleteKey("k") },
			restore: func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.RecoverKey("k") },
		},
		"grant removed": {
			lose:    func(_ *rehearsal, v *azuretest.Vault, _, principal string) { v.Revoke(principal) },
			restore: func(_ *rehearsal, v *azuretest.Vault, _, principal string) { v.Grant(principal) },
		},
		"vault deleted": {
			lose:    func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.Delete() },
			restore: func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.Recover() },
		},
		"vault closed": {
			lose:    func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.Close() },
			restore: func(_ *rehearsal, v *azuretest.Vault, _, _ string) { v.Open() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			azure, vault := ready(t)
			version := vault.NewKey("k", azuretest.KeyOptions{})
			azure.attach(vault.Key("k"))
			principal := azure.Call("GET", account, current, "").Text("identity.principalId")

			test.lose(azure, vault, version, principal)
			got := azure.Want(azure.Call("GET", account, current, ""), http.StatusOK)
			if status := got.Text("properties.encryption.status"); status != "CustomerKeyInaccessible" {
				t.Errorf("encryption.status %q, want CustomerKeyInaccessible", status)
			}
			listed := azure.Want(azure.Call("GET", accounts, current, ""), http.StatusOK)
			if !strings.Contains(listed.Raw, "CustomerKeyInaccessible") {
				t.Errorf("the list does not tell: %s", listed.Raw)
			}
			const state = "Customer Key Inaccessible"
			for _, call := range [][3]string{
				{"PATCH", account, `{"tags":{"a":"b"}}`},
				{"PATCH", account, `{"properties":{"encryption":{"type":"SystemKey"}}}`},
				{"PUT", account, body(store1)},
				{"POST", account + "/syncStorageKeys", `{"id":"store1"}`},
			} {
				for _, api := range []string{synchronous, current} {
					azure.Refused(azure.Call(call[0], call[1], api, call[2]),
						http.StatusForbidden, "CustomerKeyInaccessible", state)
				}
			}

			test.restore(azure, vault, version, principal)
			got = azure.Want(azure.Call("GET", account, current, ""), http.StatusOK)
			if status := got.At("properties.encryption.status"); status != nil {
				t.Errorf("encryption.status %v after access is back, want none", status)
			}
			azure.Want(azure.Call("POST", account+"/syncStorageKeys", current, `{"id":"store1"}`), http.StatusOK)
			azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
		})
	}
}

func TestInaccessible_canBeDeleted(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	azure.attach(vault.NewKey("k", azuretest.KeyOptions{}))
	vault.DeleteKey("k")
	azure.Want(azure.Call("DELETE", account, current, ""), http.StatusOK)
}

// An expired key still unwraps: an account that has it lives on.
func TestExpired_livesOn(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t)
	soon := time.Date(2026, 3, 1, 13, 0, 0, 0, time.UTC)
	version := vault.NewKey("k", azuretest.KeyOptions{Expires: &soon})
	azure.attach(version)
	azure.Advance(2 * time.Hour)
	azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
}

func TestDeletedUserAssignedIdentity_losesTheKey(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	reader, principal := azure.Identity("reader")
	vault.Grant(principal)
	encryption := fmt.Sprintf(`"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":%q},`+
		`"identity":{"userAssignedIdentity":%q,"useSystemAssignedIdentity":false}}`, version, reader)
	azure.Want(azure.Call("PUT", account, synchronous, strings.Replace(bodyWith(encryption, store1), "{",
		`{"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+reader+`":{}}},`, 1)), http.StatusCreated)
	azure.Want(azure.Call("DELETE", reader, "2023-01-31", ""), http.StatusOK)
	azure.Refused(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`),
		http.StatusForbidden, "CustomerKeyInaccessible", "Customer Key Inaccessible")
}
