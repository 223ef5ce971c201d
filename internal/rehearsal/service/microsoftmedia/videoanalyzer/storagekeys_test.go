// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// holds reports whether the account holds keys of a storage account, and whether they are the
// present ones.
func (r *rehearsal) holds(store engine.ID) (held, upToDate bool) {
	r.t.Helper()
	r.Transact(func(tx *engine.Tx) {
		keys, ok := r.analyzers.StorageKeys(tx, account, store)
		key1, key2, _ := r.storage.Keys(tx, store)
		held, upToDate = ok, bytes.Equal(keys.Key1, key1) && bytes.Equal(keys.Key2, key2)
	})
	return held, upToDate
}

// An account keeps a copy of the keys of storage that it has no identity for, and learns of new ones
// only by syncStorageKeys.
func TestSyncStorageKeys(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.Want(azure.Call("PUT", account, former, byKeys(store1)), http.StatusCreated)
	want := func(when string, upToDate bool) {
		t.Helper()
		if held, ok := azure.holds(store1); !held || ok != upToDate {
			t.Errorf("%s: keys held %t, up to date %t", when, held, ok)
		}
	}
	want("at first", true)
	azure.Want(azure.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"key1"}`), http.StatusOK)
	want("after a regeneration", false)
	synced := azure.Want(azure.Call("POST", account+"/syncStorageKeys", former, `{"id":"`+store1+`"}`), http.StatusOK)
	if synced.Raw != "" {
		t.Errorf("the answer has a body: %s", synced.Raw)
	}
	want("after the sync", true)

	azure.Refused(azure.Call("POST", account+"/syncStorageKeys", former, `{"id":"`+store2+`"}`),
		http.StatusBadRequest, "BadRequest", "not attached")
	if later := azure.Call("POST", account+"/syncStorageKeys", current, `{"id":"`+store1+`"}`); later.Status < 400 {
		t.Errorf("%s has syncStorageKeys: %d", current, later.Status)
	}
	// With an identity there are no keys to hold.
	azure.Want(azure.Call("PUT", account, current, identified()), http.StatusOK)
	if held, _ := azure.holds(store1); held {
		t.Error("the account keeps keys that it has no use for")
	}
	azure.Want(azure.Call("POST", account+"/syncStorageKeys", former, `{"id":"`+store1+`"}`), http.StatusOK)
	if held, _ := azure.holds(store1); held {
		t.Error("the account fetched keys that it has no use for")
	}
}

func TestStorageKeys_takePermission(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.Deny("Microsoft.Storage/storageAccounts/listkeys/action")
	azure.Refused(azure.Call("PUT", account, former, byKeys(store1)),
		http.StatusForbidden, "LinkedAuthorizationFailed", "listkeys")
	azure.create(identified())
}
