// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// withKey is the body of a PATCH that brings a customer's key.
func withKey(key string) string {
	return `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault","keyvaultproperties":{` + key + `}}}}`
}

const (
	uri       = `"keyvaulturi":"https://vault1.vault.azure.net/"`
	versioned = uri + `,"keyname":"k","keyversion":%q`
	following = uri + `,"keyname":"k"`
)

func ready(t *testing.T, options azuretest.VaultOptions) (*azuretest.Azure, *azuretest.Vault) {
	t.Helper()
	azure := start(t)
	created := create(t, azure, account, `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",`+
		`"identity":{"type":"SystemAssigned"}}`)
	vault := azure.Vault("vault1", options)
	vault.Grant(created.Text("identity.principalId"))
	return azure, vault
}

func TestCustomerKey_asRecorded(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t, azuretest.VaultOptions{})
	kid := vault.NewKey("k", azuretest.KeyOptions{})
	number := kid[len(vault.Key("k"))+1:]
	for name, test := range map[string]struct {
		key  string
		echo any
	}{
		"version":       {fmt.Sprintf(versioned, number), number},
		"empty version": {fmt.Sprintf(versioned, ""), ""},
		"no version":    {following, nil},
	} {
		answer := azure.Want(azure.Call("PATCH", account, version, withKey(test.key)), http.StatusOK)
		want := map[string]any{
			"keyname": "k", "keyvaulturi": "https://vault1.vault.azure.net/",
			"currentVersionedKeyIdentifier":          kid,
			"lastKeyRotationTimestamp":               "2026-03-01T12:00:00.0000000Z",
			"currentVersionedKeyExpirationTimestamp": "1970-01-01T00:00:00.0000000Z",
		}
		if test.echo != nil {
			want["keyversion"] = test.echo
		}
		if diff := cmp.Diff(want, answer.At("properties.encryption.keyvaultproperties")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	back := azure.Want(azure.Call("PATCH", account, version,
		`{"properties":{"encryption":{"keySource":"Microsoft.Storage"}}}`), http.StatusOK)
	if left := back.At("properties.encryption.keyvaultproperties"); left != nil {
		t.Errorf("back on Microsoft.Storage, the account still shows %v", left)
	}
}

func TestCustomerKey_followsOnceADay(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t, azuretest.VaultOptions{})
	soon := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	first := vault.NewKey("k", azuretest.KeyOptions{})
	azure.Want(azure.Call("PATCH", account, version, withKey(following)), http.StatusOK)
	second := vault.NewKey("k", azuretest.KeyOptions{Expires: &soon})
	current := func() string {
		return azure.Call("GET", account, version, "").
			Text("properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier")
	}
	azure.Advance(24*time.Hour - time.Second)
	if current() != first {
		t.Error("the new version was detected before a day was over")
	}
	vault.Disable(second)
	azure.Advance(time.Second)
	if current() != first {
		t.Error("a version that is disabled was taken")
	}
	vault.Enable(second)
	azure.Advance(24 * time.Hour)
	if current() != second {
		t.Errorf("the account runs on %s, want %s", current(), second)
	}
	got := azure.Call("GET", account, version, "")
	for path, want := range map[string]string{
		"lastKeyRotationTimestamp":               "2026-03-03T12:00:00.0000000Z",
		"currentVersionedKeyExpirationTimestamp": "2027-01-01T00:00:00.0000000Z",
	} {
		if at := got.Text("properties.encryption.keyvaultproperties." + path); at != want {
			t.Errorf("%s %s, want %s", path, at, want)
		}
	}
}

func TestCustomerKey_refusals(t *testing.T) {
	past := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	const authentication = "The operation failed because of authentication issue on the keyvault."
	const prerequisites = "Missing pre-requisites to enable EncryptionAtRest/Customer Managed Key"
	for name, test := range map[string]struct {
		vault         azuretest.VaultOptions
		key           azuretest.KeyOptions
		body          string
		code, message string
	}{
		"no purge protection": {
			vault: azuretest.VaultOptions{NoPurgeProtection: true}, body: withKey(following),
			code: "KeyVaultPolicyError", message: "Keyvault policy recoverable is not set",
		},
		"no key": {
			body:    `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault"}}}`,
			code:    "MissingKeyvaultProperties",
			message: "The encryption keyvault properties are missing from the request.",
		},
		"no name": {
			body: withKey(uri), code: "MissingKeyvaultProperties",
			message: "The encryption keyvault properties are missing from the request.",
		},
		"no identity": {
			body: `{"identity":{"type":"None"},` + withKey(following)[1:],
			code: "ManagedServiceIdentityNotSet", message: "Managed Service Identity (MSI) is not set for this account.",
		},
		"no grant": {
			vault: azuretest.VaultOptions{Permissions: `["get"]`}, body: withKey(following),
			code: "KeyVaultAuthenticationFailure", message: authentication,
		},
		"expired": {
			key: azuretest.KeyOptions{Expires: &past}, body: withKey(following),
			code: "KeyVaultAuthenticationFailure", message: authentication,
		},
		"no such key": {
			body: withKey(uri + `,"keyname":"other"`), code: "MissingPrerequisites", message: prerequisites,
		},
		"EC": {
			key: azuretest.KeyOptions{Type: "EC"}, body: withKey(following),
			code: "KeyVaultKeyTypeNotSupported", message: "Only RSA",
		},
	} {
		t.Run(name, func(t *testing.T) {
			azure, vault := ready(t, test.vault)
			vault.NewKey("k", test.key)
			azure.Refused(azure.Call("PATCH", account, version, test.body), http.StatusBadRequest, test.code, test.message)
		})
	}
}

func TestCustomerKey_userAssignedAtCreation(t *testing.T) {
	t.Parallel()
	azure := start(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{Roles: true})
	kid := vault.NewKey("k", azuretest.KeyOptions{})
	reader, principal := azure.Identity("reader")
	vault.Grant(principal)
	created := create(t, azure, account, `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",`+
		`"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+reader+`":{}}},"properties":{"encryption":{`+
		`"keySource":"Microsoft.Keyvault","keyvaultproperties":{`+following+`},`+
		`"identity":{"userAssignedIdentity":"`+reader+`"}}}}`)
	if now := created.Text("properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier"); now != kid {
		t.Errorf("currentVersionedKeyIdentifier %s, want %s", now, kid)
	}
	// Another PUT leaves encryption and identity as they are.
	again := azure.Want(azure.Call("PUT", account, version, minimal), http.StatusOK)
	if again.Text("properties.encryption.keySource") != "Microsoft.Keyvault" || again.At("identity") == nil {
		t.Errorf("a PUT without encryption and identity lost them: %s", again.Raw)
	}
	azure.Refused(azure.Call("PATCH", account, version, `{"identity":{"type":"None"}}`),
		http.StatusBadRequest, "ManagedServiceIdentityNotSet", "is not set")
}

// A system-assigned identity comes into being with the account, when nobody can have let it in yet: "New
// storage accounts must use a user-assigned identity" (customer-managed-keys-configure-new-account.md).
func TestCustomerKey_systemAssignedNotAtCreation(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.Vault("vault1", azuretest.VaultOptions{}).NewKey("k", azuretest.KeyOptions{})
	azure.Refused(azure.Call("PUT", account, version, `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2",`+
		`"location":"westus2","identity":{"type":"SystemAssigned"},`+withKey(following)[1:]),
		http.StatusBadRequest, "KeyVaultAuthenticationFailure", "authentication issue on the keyvault")
	azure.Want(azure.Call("GET", account, version, ""), http.StatusNotFound)
}

// An account whose key is out of reach can be changed like any other, only not what wraps its key:
// Azure's own documents do not say so, but nothing can be wrapped anew that cannot be unwrapped.
func TestCustomerKey_outOfReach(t *testing.T) {
	t.Parallel()
	const refused = "KeyVaultEncryptionKeyNotAccessible"
	azure, vault := ready(t, azuretest.VaultOptions{})
	kid := vault.NewKey("k", azuretest.KeyOptions{})
	vault.NewKey("other", azuretest.KeyOptions{})
	azure.Want(azure.Call("PATCH", account, version, withKey(following)), http.StatusOK)

	vault.Disable(kid)
	shown := azure.Want(azure.Call("PATCH", account, version, `{"tags":{"a":"1"}}`), http.StatusOK)
	if now := shown.Text("properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier"); now != kid {
		t.Errorf("currentVersionedKeyIdentifier %s, want %s", now, kid)
	}
	const back = `{"properties":{"encryption":{"keySource":"Microsoft.Storage"}}}`
	azure.Refused(azure.Call("PATCH", account, version, back), http.StatusBadRequest, refused, "disabled")
	azure.Refused(azure.Call("PATCH", account, version, withKey(uri+`,"keyname":"other"`)),
		http.StatusBadRequest, refused, "disabled")

	vault.Enable(kid)
	azure.Want(azure.Call("PATCH", account, version, withKey(uri+`,"keyname":"other"`)), http.StatusOK)
	azure.Want(azure.Call("PATCH", account, version, back), http.StatusOK)

	azure.Want(azure.Call("PATCH", account, version, withKey(following)), http.StatusOK)
	vault.Disable(kid)
	azure.Want(azure.Call("DELETE", account, version, ""), http.StatusOK)
}

// The identity that reads the key can be exchanged for another in place, and back: an empty one
// means the system-assigned.
func TestCustomerKey_switchesIdentities(t *testing.T) {
	t.Parallel()
	azure, vault := ready(t, azuretest.VaultOptions{})
	vault.NewKey("k", azuretest.KeyOptions{})
	reader, principal := azure.Identity("reader")
	azure.Want(azure.Call("PATCH", account, version, withKey(following)), http.StatusOK)

	as := func(identity string) string {
		return `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault","keyvaultproperties":{` + following +
			`},"identity":{"userAssignedIdentity":"` + identity + `"}}}}`
	}
	azure.Refused(azure.Call("PATCH", account, version, as(reader)),
		http.StatusBadRequest, "ManagedServiceIdentityNotSet", "is not set")
	azure.Want(azure.Call("PATCH", account, version, `{"identity":{"type":"SystemAssigned,UserAssigned",`+
		`"userAssignedIdentities":{"`+reader+`":{}}}}`), http.StatusOK)
	azure.Refused(azure.Call("PATCH", account, version, as(reader)),
		http.StatusBadRequest, "KeyVaultAuthenticationFailure", "authentication issue on the keyvault")
	vault.Grant(principal)
	azure.Want(azure.Call("PATCH", account, version, as(reader)), http.StatusOK)
	// The identity that reads the key cannot be taken off the account.
	azure.Refused(azure.Call("PATCH", account, version, `{"identity":{"type":"SystemAssigned"}}`),
		http.StatusBadRequest, "ManagedServiceIdentityNotSet", "is not set")
	// One that was deleted is made up for by another: the key is the same.
	azure.Want(azure.Call("DELETE", reader, "2023-01-31", ""), http.StatusOK)
	azure.Want(azure.Call("PATCH", account, version, as("")), http.StatusOK)
	azure.Want(azure.Call("PATCH", account, version, `{"identity":{"type":"SystemAssigned"}}`), http.StatusOK)
}

// The second layer is chosen at creation, beside whatever wraps the first one's key.
func TestInfrastructureEncryption_withCustomerKey(t *testing.T) {
	t.Parallel()
	azure := start(t)
	created := create(t, azure, account, `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",`+
		`"identity":{"type":"SystemAssigned"},"properties":{"encryption":{"keySource":"Microsoft.Storage",`+
		`"requireInfrastructureEncryption":true}}}`)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	vault.Grant(created.Text("identity.principalId"))
	vault.NewKey("k", azuretest.KeyOptions{})
	for _, body := range []string{
		withKey(following), `{"properties":{"encryption":{"keySource":"Microsoft.Storage"}}}`,
	} {
		shown := azure.Want(azure.Call("PATCH", account, version, body), http.StatusOK)
		if layer := shown.At("properties.encryption.requireInfrastructureEncryption"); layer != true {
			t.Errorf("the second layer is %v after %s", layer, body)
		}
	}
}
