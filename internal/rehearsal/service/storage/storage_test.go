// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	version = "2023-01-01"
	account = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts/store1"
	minimal = `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"West US 2"}`
)

func start(t *testing.T) *azuretest.Azure {
	t.Helper()
	azure := azuretest.New(t, engine.Pace{RetryAfter: time.Millisecond})
	storage.New(azure.Engine, azure.KeyVault)
	return azure
}

func create(t *testing.T, azure *azuretest.Azure, path, body string) *azuretest.Answer {
	t.Helper()
	azure.Want(azure.Call("PUT", path, version, body), http.StatusAccepted)
	return azure.Want(azure.Call("GET", path, version, ""), http.StatusOK)
}

func TestCreate_asRecorded(t *testing.T) {
	t.Parallel()
	azure := azuretest.New(t, engine.Pace{Operation: 20 * time.Second, RetryAfter: time.Second})
	storage.New(azure.Engine, azure.KeyVault)

	begun := azure.Want(azure.Call("PUT", account, version, minimal), http.StatusAccepted)
	if begun.Raw != "" || begun.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("a fresh account answers %q of type %q, want an empty text",
			begun.Raw, begun.Header.Get("Content-Type"))
	}
	if header := begun.Header.Get("Azure-AsyncOperation"); header != "" {
		t.Errorf("Azure-AsyncOperation: %s, want none", header)
	}
	location := begun.Header.Get("Location")
	want := regexp.MustCompile(`^https://management\.azure\.com/subscriptions/[-0-9a-f]+/providers/` +
		`Microsoft\.Storage/locations/westus2/asyncoperations/[-0-9a-f]{36}\?monitor=true&api-version=` +
		version + `$`)
	if !want.MatchString(location) {
		t.Errorf("Location: %s", location)
	}
	if polled := azure.Want(azure.Send("GET", location, ""), http.StatusAccepted); polled.Raw != "" {
		t.Errorf("a poll while the account is being made answers %s, want nothing", polled.Raw)
	}
	if state := azure.Call("GET", account, version, "").Text("properties.provisioningState"); state != "Creating" {
		t.Errorf("provisioningState %q while the account is being made, want Creating", state)
	}
	azure.Refused(azure.Call("PATCH", account, version, `{"tags":{}}`),
		http.StatusConflict, "StorageAccountOperationInProgress", "requires exclusive access")

	azure.Advance(20 * time.Second)
	got := azure.Want(azure.Send("GET", location, ""), http.StatusOK)
	const noon = "2026-03-01T12:00:00.0000000Z"
	service := map[string]any{"keyType": "Account", "enabled": true, "lastEnabledTime": noon}
	wantBody := map[string]any{
		"id": account, "name": "store1", "type": "Microsoft.Storage/storageAccounts",
		"location": "westus2", "kind": "StorageV2", "tags": map[string]any{},
		"sku": map[string]any{"name": "Standard_LRS", "tier": "Standard"},
		"properties": map[string]any{
			"keyCreationTime":            map[string]any{"key1": noon, "key2": noon},
			"privateEndpointConnections": []any{},
			"minimumTlsVersion":          "TLS1_0",
			"allowBlobPublicAccess":      false,
			"networkAcls": map[string]any{
				"bypass": "AzureServices", "virtualNetworkRules": []any{},
				"ipRules": []any{}, "defaultAction": "Allow",
			},
			"supportsHttpsTrafficOnly": true,
			"encryption": map[string]any{
				"services":  map[string]any{"file": service, "blob": service},
				"keySource": "Microsoft.Storage",
			},
			"accessTier": "Hot", "provisioningState": "Succeeded", "creationTime": noon,
			"primaryEndpoints": map[string]any{
				"dfs":   "https://store1.dfs.core.windows.net/",
				"web":   "https://store1.web.core.windows.net/",
				"blob":  "https://store1.blob.core.windows.net/",
				"queue": "https://store1.queue.core.windows.net/",
				"table": "https://store1.table.core.windows.net/",
				"file":  "https://store1.file.core.windows.net/",
			},
			"primaryLocation": "westus2", "statusOfPrimary": "available",
		},
	}
	if diff := cmp.Diff(wantBody, got.Body); diff != "" {
		t.Errorf("the account differs from the recorded one (-want +got):\n%s", diff)
	}
}

func TestPut_existingAnswersAtOnceAndKeepsWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",
		"properties":{"keyPolicy":{"keyExpirationPeriodInDays":100000},"minimumTlsVersion":"TLS1_2"}}`)
	keys := azure.Call("POST", account+"/listKeys", version, "").Raw

	again := azure.Want(azure.Call("PUT", account, version, minimal), http.StatusOK)
	if days := again.At("properties.keyPolicy.keyExpirationPeriodInDays"); days != 100000.0 {
		t.Errorf("keyExpirationPeriodInDays is %v after a PUT without it, want 100000", days)
	}
	if tls := again.Text("properties.minimumTlsVersion"); tls != "TLS1_2" {
		t.Errorf("minimumTlsVersion %q after a PUT without it, want TLS1_2", tls)
	}
	if after := azure.Call("POST", account+"/listKeys", version, "").Raw; after != keys {
		t.Error("a PUT changed the keys")
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	patched := azure.Want(azure.Call("PATCH", account, version,
		`{"tags":{"a":"b"},"sku":{"name":"Standard_RAGRS"},"properties":{"accessTier":"Cool",
		"networkAcls":{"defaultAction":"Deny"}}}`), http.StatusOK)
	for path, want := range map[string]any{
		"tags.a": "b", "sku.name": "Standard_RAGRS", "properties.accessTier": "Cool",
		"properties.networkAcls.defaultAction": "Deny", "properties.networkAcls.bypass": "AzureServices",
		"properties.secondaryLocation": "westcentralus", "properties.statusOfSecondary": "available",
		"properties.secondaryEndpoints.blob": "https://store1-secondary.blob.core.windows.net/",
		"properties.secondaryEndpoints.file": nil,
	} {
		if got := patched.At(path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	type key struct{ CreationTime, KeyName, Value, Permissions string }
	list := func(action, body string) []key {
		t.Helper()
		answer := azure.Want(azure.Call("POST", account+"/"+action, version, body), http.StatusOK)
		var listed struct{ Keys []key }
		if err := json.Unmarshal([]byte(answer.Raw), &listed); err != nil {
			t.Fatal(err)
		}
		return listed.Keys
	}
	before := list("listKeys", "")
	for i, name := range []string{"key1", "key2"} {
		value, err := base64.StdEncoding.DecodeString(before[i].Value)
		if err != nil || len(value) != 64 {
			t.Errorf("%s has a value of %d bytes (%v), want 64 in base64", name, len(value), err)
		}
		want := key{"2026-03-01T12:00:00.0000000Z", name, before[i].Value, "FULL"}
		if before[i] != want {
			t.Errorf("key %+v, want %+v", before[i], want)
		}
	}

	azure.Advance(90 * time.Second)
	after := list("regenerateKey", `{"keyName":"key1"}`)
	if after[0].Value == before[0].Value || after[0].CreationTime != "2026-03-01T12:01:30.0000000Z" {
		t.Errorf("key1 after its regeneration: created %s, value changed: %t",
			after[0].CreationTime, after[0].Value != before[0].Value)
	}
	if after[1] != before[1] {
		t.Error("the regeneration of key1 changed key2")
	}
	if diff := cmp.Diff(after, list("listKeys", "{}")); diff != "" {
		t.Errorf("listKeys differs from the answer to regenerateKey:\n%s", diff)
	}
	times := azure.Call("GET", account, version, "").At("properties.keyCreationTime")
	if diff := cmp.Diff(map[string]any{
		"key1": "2026-03-01T12:01:30.0000000Z", "key2": "2026-03-01T12:00:00.0000000Z",
	}, times); diff != "" {
		t.Errorf("keyCreationTime:\n%s", diff)
	}

	azure.Refused(azure.Call("POST", account+"/regenerateKey", version, `{"keyName":"key3"}`),
		http.StatusBadRequest, "InvalidKeyName", "key3")
	azure.Refused(azure.Call("POST", account+"/regenerateKey", version, `{"keyName":"kerb1"}`),
		http.StatusBadRequest, "InvalidKeyName", "kerb1")
}

func TestKeys_ofDirectoryAuthentication(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	azure.Want(azure.Call("PATCH", account, version,
		`{"properties":{"azureFilesIdentityBasedAuthentication":{"directoryServiceOptions":"AD"}}}`), http.StatusOK)
	for path, want := range map[string]int{"/listKeys": 2, "/listKeys?$expand=kerb": 4} {
		if got := len(azure.Call("POST", account+path, version, "").At("keys").([]any)); got != want {
			t.Errorf("%s lists %d keys, want %d", path, got, want)
		}
	}
	before := azure.Call("POST", account+"/listKeys?$expand=kerb", version, "").At("keys").([]any)
	after := azure.Want(azure.Call("POST", account+"/regenerateKey", version, `{"keyName":"kerb2"}`),
		http.StatusOK).At("keys").([]any)
	for i := range before {
		if changed := !cmp.Equal(before[i], after[i]); changed != (i == 3) {
			t.Errorf("the regeneration of kerb2 changed key %d: %t", i, changed)
		}
	}
}

func TestKeys_needPermission(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	azure.Deny("Microsoft.Storage/storageAccounts/listkeys/action")
	azure.Deny("Microsoft.Storage/storageAccounts/regeneratekey/action")
	azure.Refused(azure.Call("POST", account+"/listKeys", version, ""),
		http.StatusForbidden, "AuthorizationFailed", "Microsoft.Storage/storageAccounts/listkeys/action")
	azure.Refused(azure.Call("POST", account+"/regenerateKey", version, `{"keyName":"key1"}`),
		http.StatusForbidden, "AuthorizationFailed", "regeneratekey/action")
}

func TestKeys_areNotInJournal(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	value := azure.Call("POST", account+"/listKeys", version, "").At("keys").([]any)[0].(map[string]any)["value"].(string)
	azure.Transact(func(tx *engine.Tx) {
		kept, err := json.Marshal(tx.Journal(0))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte(value)) {
			t.Error("the journal holds an access key")
		}
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	gone := azure.Want(azure.Call("DELETE", account, version, ""), http.StatusOK)
	if gone.Raw != "" || gone.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("DELETE answers %q of type %q", gone.Raw, gone.Header.Get("Content-Type"))
	}
	azure.Want(azure.Call("DELETE", account, version, ""), http.StatusNoContent)
	azure.Refused(azure.Call("GET", account, version, ""),
		http.StatusNotFound, "ResourceNotFound", "storageAccounts/store1")
}

func TestNames_areGlobal(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	const elsewhere = azuretest.Group + "2/providers/Microsoft.Storage/storageAccounts/store1"
	azure.Refused(azure.Call("PUT", elsewhere, version, minimal),
		http.StatusConflict, "StorageAccountInAnotherResourceGroup", "store1")

	const other = "/subscriptions/99999999-2222-3333-4444-555555555555"
	azure.Transact(func(tx *engine.Tx) {
		tx.Save(&engine.Resource{ID: other, Type: "Microsoft.Resources/subscriptions"})
		tx.Save(&engine.Resource{ID: other + "/resourceGroups/rg", Type: "Microsoft.Resources/resourceGroups"})
	})
	azure.Grant(other, authorization.Owner, azure.Caller.ObjectID)
	azure.Refused(azure.Call("PUT",
		other+"/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/store1", version, minimal),
		http.StatusConflict, "StorageAccountAlreadyTaken", "The storage account named store1 is already taken.")

	const check = "/subscriptions/" + azuretest.Subscription + "/providers/Microsoft.Storage/checkNameAvailability"
	for body, want := range map[string]map[string]any{
		`{"name":"store2","type":"Microsoft.Storage/storageAccounts"}`: {"nameAvailable": true},
		`{"name":"store1","type":"Microsoft.Storage/storageAccounts"}`: {
			"nameAvailable": false, "reason": "AlreadyExists",
			"message": "The storage account named store1 is already taken.",
		},
		`{"name":"No","type":"Microsoft.Storage/storageAccounts"}`: {
			"nameAvailable": false, "reason": "AccountNameInvalid",
			"message": "No is not a valid storage account name. Storage account name must be between " +
				"3 and 24 characters in length and use numbers and lower-case letters only.",
		},
	} {
		answer := azure.Want(azure.Call("POST", check, version, body), http.StatusOK)
		if diff := cmp.Diff(want, answer.Body); diff != "" {
			t.Errorf("%s:\n%s", body, diff)
		}
	}
	azure.Want(azure.Call("POST", check, version, `{"name":"x"}`), http.StatusBadRequest)
}

func TestLists(t *testing.T) {
	t.Parallel()
	azure := start(t)
	create(t, azure, account, minimal)
	create(t, azure, azuretest.Group+"2/providers/Microsoft.Storage/storageAccounts/store2", minimal)
	for scope, want := range map[string]int{
		azuretest.Group: 1, azuretest.Group + "2": 1, "/subscriptions/" + azuretest.Subscription: 2,
	} {
		listed := azure.Want(azure.Call("GET", scope+"/providers/Microsoft.Storage/storageAccounts", version, ""),
			http.StatusOK).At("value").([]any)
		if len(listed) != want {
			t.Errorf("%s lists %d accounts, want %d", scope, len(listed), want)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		create, change string
		put            bool // the change is a PUT
		status         int
		code           string
	}{
		"premium is no blob-only account": {
			create: `{"sku":{"name":"Premium_LRS"},"kind":"BlobStorage","location":"westus2","properties":{"accessTier":"Hot"}}`,
			status: http.StatusBadRequest, code: "InvalidSku",
		},
		"file storage is premium": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"FileStorage","location":"westus2"}`,
			status: http.StatusBadRequest, code: "InvalidSku",
		},
		"blob-only needs a tier": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"BlobStorage","location":"westus2"}`,
			status: http.StatusBadRequest, code: "InvalidRequestContent",
		},
		"upgrade": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"Storage","location":"westus2"}`,
			change: `{"kind":"StorageV2","properties":{"accessTier":"Cool"}}`, status: http.StatusOK,
		},
		"upgrade of a blob-only account": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"BlobStorage","location":"westus2","properties":{"accessTier":"Cool"}}`,
			change: `{"kind":"StorageV2"}`, status: http.StatusOK,
		},
		"no other upgrade": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"Storage","location":"westus2"}`,
			change: `{"kind":"BlobStorage","properties":{"accessTier":"Hot"}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"no way back": {
			create: minimal, change: `{"kind":"Storage"}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"no change of performance": {
			create: minimal, change: `{"sku":{"name":"Premium_LRS"}}`,
			status: http.StatusConflict, code: "StorageAccountTypeConversionNotAllowed",
		},
		"no update to another redundancy across zones": {
			create: minimal, change: `{"sku":{"name":"Standard_ZRS"}}`,
			status: http.StatusConflict, code: "StorageAccountTypeConversionNotAllowed",
		},
		"infrastructure encryption comes at creation": {
			create: minimal, change: `{"properties":{"encryption":{"requireInfrastructureEncryption":true}}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"infrastructure encryption stays": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",
				"properties":{"encryption":{"keySource":"Microsoft.Storage","requireInfrastructureEncryption":true}}}`,
			change: `{"properties":{"encryption":{"keySource":"Microsoft.Storage","requireInfrastructureEncryption":false}}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"infrastructure encryption said again": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",
				"properties":{"encryption":{"keySource":"Microsoft.Storage","requireInfrastructureEncryption":true}}}`,
			change: `{"properties":{"encryption":{"keySource":"Microsoft.Storage","requireInfrastructureEncryption":true}}}`,
			status: http.StatusOK,
		},
		"queues go under the account's key at creation": {
			create: minimal, change: `{"properties":{"encryption":{"services":{"queue":{"keyType":"Account"}}}}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"tables stay under the account's key": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",
				"properties":{"encryption":{"keySource":"Microsoft.Storage","services":{"table":{"keyType":"Account"}}}}}`,
			change: `{"properties":{"encryption":{"services":{"table":{"keyType":"Service"}}}}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
		"queues under a key of their own said again": {
			create: minimal, change: `{"properties":{"encryption":{"services":{"queue":{"keyType":"Service"}}}}}`,
			status: http.StatusOK,
		},
		"queues under the account's key in v2 accounts only": {
			create: `{"sku":{"name":"Standard_LRS"},"kind":"Storage","location":"westus2",
				"properties":{"encryption":{"keySource":"Microsoft.Storage","services":{"queue":{"keyType":"Account"}}}}}`,
			status: http.StatusBadRequest, code: "InvalidRequestContent",
		},
		"no namespace later": {
			create: minimal, put: true,
			change: `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2","properties":{"isHnsEnabled":true}}`,
			status: http.StatusBadRequest, code: "AccountPropertyCannotBeUpdated",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			answer := azure.Call("PUT", account, version, test.create)
			if test.change != "" {
				azure.Want(answer, http.StatusAccepted)
				method := "PATCH"
				if test.put {
					method = "PUT"
				}
				answer = azure.Call(method, account, version, test.change)
			}
			if answer.Status != test.status || answer.Code() != test.code {
				t.Errorf("%d %s, want %d %s: %s", answer.Status, answer.Code(), test.status, test.code, answer.Raw)
			}
		})
	}
}

func TestInfrastructureEncryption_shownOnlyWhenTrue(t *testing.T) {
	t.Parallel()
	azure := start(t)
	const with = `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2",
		"properties":{"encryption":{"requireInfrastructureEncryption":%t}}}`
	const path = "properties.encryption.requireInfrastructureEncryption"
	on := create(t, azure, account, fmt.Sprintf(with, true))
	off := create(t, azure, account+"b", fmt.Sprintf(with, false))
	if on.At(path) != true || off.At(path) != nil {
		t.Errorf("shown as %v and %v, want true and nothing", on.At(path), off.At(path))
	}
}

func TestService_forOtherServices(t *testing.T) {
	t.Parallel()
	azure := azuretest.New(t, engine.Pace{})
	service := storage.New(azure.Engine, azure.KeyVault)
	create(t, azure, account, minimal)
	azure.Transact(func(tx *engine.Tx) {
		if service.Account(tx, account) == nil || service.Account(tx, azuretest.Group) != nil {
			t.Error("Account does not find the account, or finds what is none")
		}
		key1, key2, ok := service.Keys(tx, account)
		if !ok || len(key1) != 64 || len(key2) != 64 {
			t.Errorf("Keys: %d and %d bytes, %t", len(key1), len(key2), ok)
		}
		if _, _, ok := service.Keys(tx, account+"x"); ok {
			t.Error("Keys finds keys of an account that does not exist")
		}
	})
}
