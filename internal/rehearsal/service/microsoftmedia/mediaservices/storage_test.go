// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

func TestStorage_untypedIsPrimary(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	created := azure.Want(azure.Call("PUT", account, "2020-05-01",
		`{"identity":{"type":"SystemAssigned"},"properties":{"storageAccounts":[{"id":"`+store1+
			`"}],"encryption":{"type":"SystemKey"}},"location":"westus2"}`), http.StatusCreated)
	want := []any{map[string]any{"id": store1, "type": "Primary"}}
	if diff := cmp.Diff(want, created.At("properties.storageAccounts")); diff != "" {
		t.Errorf("the tutorial's storage account (-want +got):\n%s", diff)
	}
}

func TestStorage_rules(t *testing.T) {
	t.Parallel()
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprintf("%s/store%d", stores, i)
	}
	typed := func(list string) string {
		return `{"location":"westus2","properties":{"storageAccounts":[` + list + `]}}`
	}
	const elsewhere = "/subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg/providers/" +
		"Microsoft.Storage/storageAccounts/store9"
	for name, test := range map[string]struct{ body, message string }{
		"none":          {body(), "exactly one Primary"},
		"left out":      {`{"location":"westus2","properties":{}}`, "exactly one Primary"},
		"no properties": {`{"location":"westus2"}`, "exactly one Primary"},
		"two primaries": {
			typed(`{"id":"` + store1 + `","type":"Primary"},{"id":"` + store2 + `","type":"Primary"}`),
			"exactly one Primary storage account; 2 were given",
		},
		"no primary":   {typed(`{"id":"` + store1 + `","type":"Secondary"}`), "exactly one Primary"},
		"two untyped":  {typed(`{"id":"` + store1 + `"},{"id":"` + store2 + `"}`), "needs a type"},
		"twice":        {body(store1, strings.ToUpper(store1)), "more than once"},
		"no ID":        {body("store1"), "not the resource ID"},
		"too many":     {body(many...), "can have 100 storage accounts; 101 were given"},
		"subscription": {body(store1, elsewhere), "another subscription"},
		"premium":      {body(store1, stores+"/premium"), "premium"},
		"hierarchical": {body(store1, stores+"/lake"), "hierarchical namespace"},
		"blob-only":    {body(stores + "/blobs"), "blob-only"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, version := range []string{synchronous, current} {
				azure := start(t)
				azure.store("store1")
				azure.store("store2")
				azure.storeOf("premium", "Premium_LRS", "StorageV2", "{}")
				azure.storeOf("lake", "Standard_LRS", "StorageV2", `{"isHnsEnabled":true}`)
				azure.storeOf("blobs", "Standard_LRS", "BlobStorage", `{"accessTier":"Hot"}`)
				azure.Refused(azure.Call("PUT", account, version, test.body), http.StatusBadRequest, "BadRequest", test.message)
				azure.Want(azure.Call("GET", account, version, ""), http.StatusNotFound)
			}
		})
	}
}

func TestStorage_blobOnlyMayBeSecondary(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.storeOf("blobs", "Standard_LRS", "BlobStorage", `{"accessTier":"Hot"}`)
	azure.Want(azure.Call("PUT", account, synchronous, body(store1, stores+"/blobs")), http.StatusCreated)
}

func TestStorage_primaryStays(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.store("store2")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1, store2)), http.StatusCreated)
	for _, list := range []string{body(store2), body(store2, store1)} { // taken out, swapped
		azure.Refused(azure.Call("PUT", account, synchronous, list),
			http.StatusBadRequest, "BadRequest", "cannot be taken out")
		azure.Refused(azure.Call("PATCH", account, synchronous, strings.Replace(list, `"location":"westus2",`, "", 1)),
			http.StatusBadRequest, "BadRequest", "cannot be taken out")
	}
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusOK) // a secondary may go
}

// The service answers with storage accounts in an order of its own, which differs between a PUT and
// the next GET: clients must treat them as a set.
func TestStorage_orderIsTheServicesOwn(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.store("store2")
	put := azure.Want(azure.Call("PUT", account, synchronous, body(store1, store2)), http.StatusCreated)
	get := azure.Want(azure.Call("GET", account, synchronous, ""), http.StatusOK)
	names := func(answer *azuretest.Answer) []string {
		var found []string
		for _, listed := range answer.At("properties.storageAccounts").([]any) {
			found = append(found, engine.ID(listed.(map[string]any)["id"].(string)).Name())
		}
		return found
	}
	first, second := names(put), names(get)
	if slices.Equal(first, second) {
		t.Errorf("PUT and GET answer in the same order, %v", first)
	}
	slices.Sort(first)
	slices.Sort(second)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("PUT and GET answer with other accounts:\n%s", diff)
	}
}

func TestStorage_callerMustBeAllowedToListKeys(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Deny("Microsoft.Storage/storageAccounts/listkeys/action")
	azure.Refused(azure.Call("PUT", account, current, body(store1)),
		http.StatusForbidden, "LinkedAuthorizationFailed", "Microsoft.Storage/storageAccounts/listkeys/action")
}

// What goes wrong while the service works comes as a failed operation from 2021-11-01 on, and as
// the answer itself before.
func TestStorage_thatCannotBeReached(t *testing.T) {
	t.Parallel()
	const words = "Storage account cannot be accessed."
	azure := start(t)
	azure.Refused(azure.Call("PUT", account, synchronous, body(store1)),
		http.StatusBadRequest, "BadRequest", words)

	begun := azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusCreated)
	status := azure.Want(azure.Send("GET", begun.Header.Get("Azure-AsyncOperation"), ""), http.StatusOK)
	if status.Text("status") != "Failed" || status.Code() != "BadRequest" || status.Message() != words {
		t.Errorf("the operation: %s", status.Raw)
	}
	azure.Refused(azure.Send("GET", begun.Header.Get("Location"), ""), http.StatusBadRequest, "BadRequest", words)
	if state := azure.Call("GET", account, current, "").Text("properties.provisioningState"); state != "Failed" {
		t.Errorf("provisioningState %q after a failed creation, want Failed", state)
	}

	azure.store("store1")
	azure.Want(azure.Call("PUT", account, current, body(store1)), http.StatusOK)
	if state := azure.Call("GET", account, current, "").Text("properties.provisioningState"); state != "Succeeded" {
		t.Errorf("provisioningState %q once the storage is there, want Succeeded", state)
	}

	azure.Want(azure.Call("PUT", account, current, body(store1, store2)), http.StatusOK)
	got := azure.Call("GET", account, current, "")
	if listed := got.At("properties.storageAccounts").([]any); len(listed) != 1 ||
		got.Text("properties.provisioningState") != "Failed" {
		t.Errorf("after an update that failed: %s", got.Raw)
	}
}

func TestSyncStorageKeys(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2020-05-01", "2021-05-01", synchronous, "2021-11-01", current} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			azure := start(t)
			azure.store("store1")
			azure.store("store2")
			azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
			first := azure.heldKeys(store1)
			if first == nil || !first.upToDate {
				t.Fatal("a new account does not hold its storage account's keys")
			}
			azure.Advance(time.Hour)
			azure.Want(azure.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"key1"}`), http.StatusOK)
			azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusOK)
			if azure.heldKeys(store1).upToDate {
				t.Error("the account learned of a new key without a sync")
			}
			for _, id := range []string{store1, strings.ToUpper(store1), "store1"} {
				synced := azure.Want(azure.Call("POST", account+"/syncStorageKeys", version, fmt.Sprintf(`{"id":%q}`, id)),
					http.StatusOK)
				if synced.Raw != "" || synced.Header.Get("Content-Length") != "0" ||
					synced.Header.Get("Azure-AsyncOperation") != "" {
					t.Errorf("syncStorageKeys answers %q with %v", synced.Raw, synced.Header)
				}
			}
			held := azure.heldKeys(store1)
			if !held.upToDate || bytes.Equal(held.key1, first.key1) || !held.synced.After(first.synced) {
				t.Error("the account did not learn of the new key")
			}
			azure.Refused(azure.Call("POST", account+"/syncStorageKeys", version, `{"id":"`+store2+`"}`),
				http.StatusBadRequest, "BadRequest", "not attached")
			azure.Want(azure.Call("POST", account+"/syncStorageKeys", version, `{}`), http.StatusBadRequest)
			azure.Want(azure.Call("DELETE", store1, "2023-01-01", ""), http.StatusOK)
			azure.Refused(azure.Call("POST", account+"/syncStorageKeys", version, `{"id":"store1"}`),
				http.StatusBadRequest, "BadRequest", "Storage account cannot be accessed.")
		})
	}
}

func TestSyncStorageKeys_needsPermission(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
	azure.Deny("Microsoft.Media/mediaservices/syncStorageKeys/action")
	azure.Refused(azure.Call("POST", account+"/syncStorageKeys", current, `{"id":"store1"}`),
		http.StatusForbidden, "AuthorizationFailed", "Microsoft.Media/mediaservices/syncStorageKeys/action")
}

// With managed identity storage authentication the account holds no keys: its identity goes to the
// storage, and needs the data role for it. Contributor is not enough.
func TestManagedIdentity_storage(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	created := azure.Want(azure.Call("PUT", account, synchronous,
		strings.Replace(body(store1), "{", `{"identity":{"type":"SystemAssigned"},`, 1)), http.StatusCreated)
	principal := created.Text("identity.principalId")
	const change = `{"properties":{"storageAuthentication":"ManagedIdentity"}}`
	const words = "Storage account cannot be accessed."
	azure.Refused(azure.Call("PATCH", account, synchronous, change), http.StatusBadRequest, "BadRequest", words)
	azure.Grant(store1, authorization.Contributor, principal)
	azure.Refused(azure.Call("PATCH", account, synchronous, change), http.StatusBadRequest, "BadRequest", words)

	begun := azure.Want(azure.Call("PATCH", account, current, change), http.StatusAccepted)
	if status := azure.Send("GET", begun.Header.Get("Azure-AsyncOperation"), ""); status.Text("status") != "Failed" {
		t.Errorf("the operation: %s", status.Raw)
	}
	if kind := azure.Call("GET", account, current, "").Text("properties.storageAuthentication"); kind != "System" {
		t.Errorf("storageAuthentication %q after a failed change, want System", kind)
	}
	if azure.heldKeys(store1) == nil {
		t.Error("a failed change lost the copies of the keys")
	}

	azure.Grant(store1, authorization.StorageBlobDataContributor, principal)
	azure.Want(azure.Call("PATCH", account, current, change), http.StatusAccepted)
	got := azure.Call("GET", account, current, "")
	if got.Text("properties.storageAuthentication") != "ManagedIdentity" ||
		got.Text("properties.provisioningState") != "Succeeded" {
		t.Errorf("after the grant: %s", got.Raw)
	}
	if azure.heldKeys(store1) != nil {
		t.Error("the account still holds keys that it does not use")
	}
	azure.Want(azure.Call("POST", account+"/syncStorageKeys", current, `{"id":"store1"}`), http.StatusOK)
	if azure.heldKeys(store1) != nil {
		t.Error("a sync made the account hold keys that it does not use")
	}
	azure.Want(azure.Call("PATCH", account, synchronous, `{"properties":{"storageAuthentication":"System"}}`), http.StatusOK)
	if held := azure.heldKeys(store1); held == nil || !held.upToDate {
		t.Error("back on system authentication, the account does not hold the keys")
	}
}

func TestManagedIdentity_needsAnIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Refused(azure.Call("PUT", account, current, bodyWith(`"storageAuthentication":"ManagedIdentity"`, store1)),
		http.StatusBadRequest, "BadRequest", "no system-assigned identity")
}

// A user-assigned identity can have its grant before the account exists, and reach storage in
// another subscription.
func TestManagedIdentity_userAssignedInAnotherSubscription(t *testing.T) {
	t.Parallel()
	azure := start(t)
	const other = "/subscriptions/99999999-2222-3333-4444-555555555555"
	const far = other + "/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/far"
	azure.Transact(func(tx *engine.Tx) {
		tx.Save(&engine.Resource{ID: other, Type: "Microsoft.Resources/subscriptions"})
		tx.Save(&engine.Resource{ID: other + "/resourceGroups/rg", Type: "Microsoft.Resources/resourceGroups"})
	})
	azure.Grant(other, authorization.Owner, azure.Caller.ObjectID)
	azure.Want(azure.Call("PUT", far, "2023-01-01",
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`), http.StatusAccepted)
	reader, principal := azure.Identity("reader")
	second, _ := azure.Identity("second")
	azure.Grant(far, authorization.StorageBlobDataContributor, principal)
	with := func(identity string) string {
		return `{"location":"westus2","identity":{"type":"UserAssigned","userAssignedIdentities":{"` + reader +
			`":{},"` + second + `":{}}},"properties":{"storageAuthentication":"ManagedIdentity","storageAccounts":[{"id":"` +
			far + `","type":"Primary","identity":{"userAssignedIdentity":"` + identity + `","useSystemAssignedIdentity":false}}]}}`
	}
	created := azure.Want(azure.Call("PUT", account, synchronous, with(reader)), http.StatusCreated)
	want := []any{map[string]any{
		"id": far, "type": "Primary",
		"identity": map[string]any{"userAssignedIdentity": reader, "useSystemAssignedIdentity": false},
	}}
	if diff := cmp.Diff(want, created.At("properties.storageAccounts")); diff != "" {
		t.Errorf("the storage account (-want +got):\n%s", diff)
	}
	azure.Refused(azure.Call("PUT", account, synchronous, with(second)),
		http.StatusBadRequest, "BadRequest", "Storage account cannot be accessed.")
}

// What a failed operation did not reach has to be reached by the next one.
func TestManagedIdentity_failedCreationIsNotForgotten(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	reader, principal := azure.Identity("reader")
	azure.Want(azure.Call("PUT", account, current, `{"location":"westus2","identity":{"type":"UserAssigned",`+
		`"userAssignedIdentities":{"`+reader+`":{}}},"properties":{"storageAuthentication":"ManagedIdentity",`+
		`"storageAccounts":[{"id":"`+store1+`","type":"Primary","identity":{"userAssignedIdentity":"`+reader+
		`","useSystemAssignedIdentity":false}}]}}`), http.StatusCreated)
	state := func() string {
		t.Helper()
		azure.Want(azure.Call("GET", account, current, ""), http.StatusOK)
		azure.Want(azure.Call("PATCH", account, current, `{"tags":{"a":"b"}}`), http.StatusAccepted)
		return azure.Call("GET", account, current, "").Text("properties.provisioningState")
	}
	if got := state(); got != "Failed" {
		t.Errorf("provisioningState %q without a grant, want Failed", got)
	}
	azure.Grant(store1, authorization.StorageBlobDataContributor, principal)
	if got := state(); got != "Succeeded" {
		t.Errorf("provisioningState %q with a grant, want Succeeded", got)
	}
}
