// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// A creation is answered without a body, and by the account once it is there.
func TestAccount_creation(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	begun := azure.Want(azure.Call("PUT", account, version, withStorage(store1)), http.StatusAccepted)
	if begun.Raw != "" || begun.Header.Get("Azure-AsyncOperation") != "" {
		t.Errorf("the answer is %q, with the headers %v", begun.Raw, begun.Header)
	}
	made := azure.Want(azure.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
	for path, want := range map[string]any{
		"properties.accountEndpoint":                "batch1.westus2.batch.azure.com",
		"properties.provisioningState":              "Succeeded",
		"properties.poolAllocationMode":             "BatchService",
		"properties.publicNetworkAccess":            "Enabled",
		"properties.encryption":                     map[string]any{"keySource": "Microsoft.Batch"},
		"properties.autoStorage.authenticationMode": "StorageKeys",
		"properties.autoStorage.lastKeySync":        "2026-03-01T12:00:00Z",
		"identity":                                  map[string]any{"type": "None"},
	} {
		if diff := cmp.Diff(want, made.At(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	// As recorded by azure-cli at 2022-10-01, quotas by family and all.
	properties, _ := made.At("properties").(map[string]any)
	if diff := cmp.Diff([]string{
		"accountEndpoint", "activeJobAndJobScheduleQuota", "allowedAuthenticationModes", "autoStorage",
		"dedicatedCoreQuota", "dedicatedCoreQuotaPerVMFamily", "dedicatedCoreQuotaPerVMFamilyEnforced",
		"encryption", "lowPriorityCoreQuota", "nodeManagementEndpoint", "poolAllocationMode", "poolQuota",
		"privateEndpointConnections", "provisioningState", "publicNetworkAccess",
	}, slices.Sorted(maps.Keys(properties))); diff != "" {
		t.Errorf("the properties (-recorded +got):\n%s", diff)
	}
	azure.Refused(azure.Call("PUT", account, version, withStorage(store1)),
		http.StatusConflict, "AccountAlreadyExists", "Update Batch Account API")
}

func TestAccount_refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id, body      string
		status        int
		code, message string
	}{
		"name": {accounts + "/Batch", `{"location":"westus2"}`, 400, "AccountNameInvalid", "lowercase letters"},
		"both identities": {
			account, `{"location":"westus2","identity":{"type":"SystemAssigned,UserAssigned"}}`,
			400, "", "SystemAssigned,UserAssigned",
		},
		"storage": {account, withStorage(store1), 400, "InvalidAutoStorageAccount", "auto-storage account is invalid"},
		"identity for the storage": {
			account, `{"location":"westus2","properties":{"autoStorage":{"storageAccountId":"` + store1 +
				`","authenticationMode":"BatchAccountManagedIdentity"}}}`,
			400, "InvalidPropertyValue", "properties in the request body",
		},
		"key": {
			account, `{"location":"westus2","properties":{"encryption":{"keySource":"Microsoft.KeyVault"}}}`,
			400, "MissingRequiredProperty", "A required property was not specified in the request body.\nRequestId:",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			answer := azure.Call("PUT", test.id, version, test.body)
			if test.code == "" {
				test.code = answer.Code()
			}
			azure.Refused(answer, test.status, test.code, test.message)
		})
	}
}

// A name is taken in its region, and in no other.
func TestAccount_names(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(account, `{"location":"westus2"}`)
	ask := func(location, name string) *azuretest.Answer {
		return azure.Want(azure.Call("POST", subscription+"/providers/Microsoft.Batch/locations/"+location+
			"/checkNameAvailability", version, `{"name":"`+name+`","type":"Microsoft.Batch/batchAccounts"}`), 200)
	}
	for _, test := range []struct{ location, name, reason string }{
		{"westus2", "batch1", "AlreadyExists"},
		{"West US 2", "batch1", "AlreadyExists"},
		{"westeurope", "batch1", ""},
		{"westus2", "batch2", ""},
		{"westus2", "B", "Invalid"},
	} {
		if got := ask(test.location, test.name).Text("reason"); got != test.reason {
			t.Errorf("%s in %s: %q, want %q", test.name, test.location, got, test.reason)
		}
	}
	azure.Refused(azure.Call("PUT", azuretest.Group+"2/providers/Microsoft.Batch/batchAccounts/batch1", version,
		`{"location":"westus2"}`), http.StatusConflict, "AccountNameAlreadyTaken", "'batch1' is already in use")
	azure.create(azuretest.Group+"2/providers/Microsoft.Batch/batchAccounts/batch1", `{"location":"westeurope"}`)
}

func TestAccount_deletion(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(account, `{"location":"westus2"}`)
	begun := azure.Want(azure.Call("DELETE", account, version, ""), http.StatusAccepted)
	azure.Want(azure.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
	azure.Want(azure.Call("GET", account, version, ""), http.StatusNotFound)
	azure.Want(azure.Call("DELETE", account, version, ""), http.StatusNoContent)
}

// The account's own keys are given to those who may use them, and replaced one at a time.
func TestAccount_keys(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(account, `{"location":"westus2"}`)
	before := azure.Want(azure.Call("POST", account+"/listKeys", version, ""), 200)
	if key, err := base64.StdEncoding.DecodeString(before.Text("primary")); err != nil || len(key) != 64 {
		t.Errorf("the primary key has %d bytes: %v", len(key), err)
	}
	after := azure.Want(azure.Call("POST", account+"/regenerateKeys", version, `{"keyName":"Secondary"}`), 200)
	if before.Text("primary") != after.Text("primary") || before.Text("secondary") == after.Text("secondary") {
		t.Errorf("the keys were %s and are %s", before.Raw, after.Raw)
	}
	azure.Want(azure.Call("PATCH", account, version, `{"properties":{"allowedAuthenticationModes":["AAD"]}}`), 200)
	azure.Refused(azure.Call("POST", account+"/listKeys", version, ""), 400, "InvalidOperation", "SharedKey")
}

// An update changes what it names.
func TestAccount_update(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	azure.create(account, `{"location":"westus2","tags":{"a":"b"}}`)
	azure.Advance(time.Hour)
	changed := azure.Want(azure.Call("PATCH", account, version,
		`{"properties":{"autoStorage":{"storageAccountId":"`+store1+`"}}}`), http.StatusOK)
	if at := changed.Text("properties.autoStorage.lastKeySync"); at != "2026-03-01T13:00:00Z" {
		t.Errorf("lastKeySync is %s", at)
	}
	if diff := cmp.Diff(map[string]any{"a": "b"}, changed.At("tags")); diff != "" {
		t.Errorf("tags: %s", diff)
	}
	azure.Advance(time.Hour)
	changed = azure.Want(azure.Call("PATCH", account, version, `{"tags":{}}`), http.StatusOK)
	if at := changed.Text("properties.autoStorage.lastKeySync"); at != "2026-03-01T13:00:00Z" {
		t.Errorf("lastKeySync moved to %s", at)
	}
	id, principal := azure.Identity("id1")
	changed = azure.Want(azure.Call("PATCH", account, version,
		`{"identity":{"type":"UserAssigned","userAssignedIdentities":{"`+id+`":{}}}}`), http.StatusOK)
	users, _ := changed.At("identity.userAssignedIdentities").(map[string]any)
	user, _ := users[id].(map[string]any)
	if user["principalId"] != principal {
		t.Errorf("the identity is %v", changed.At("identity"))
	}
}
