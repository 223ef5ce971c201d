// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
)

// reach has the account make a container in its auto-storage account, and returns the status.
func (r *rehearsal) reach(name string) (status int) {
	r.t.Helper()
	r.Transact(func(tx *engine.Tx) {
		client, refused := r.batch.AutoStorage(tx, tx.Resource(account))
		if refused != nil {
			status = refused.Status
			return
		}
		reply, err := client.CreateContainer(r.t.Context(), tx, name)
		if err != nil {
			r.t.Fatal(err)
		}
		status = reply.Status
	})
	return status
}

func (r *rehearsal) regenerate(key string) {
	r.t.Helper()
	r.Want(r.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"`+key+`"}`), http.StatusOK)
}

// An account goes on with the keys that it fetched last: with both of them replaced it is shut out
// of its storage, until it is told.
func TestAutoStorage_stale(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	azure.create(account, withStorage(store1))
	want := func(container string, status int) {
		t.Helper()
		if got := azure.reach(container); got != status {
			t.Errorf("%s: status %d, want %d", container, got, status)
		}
	}
	want("fresh", http.StatusCreated)
	azure.regenerate("key1")
	want("by-key2", http.StatusCreated)
	azure.regenerate("key2")
	want("stale", http.StatusForbidden)

	azure.Advance(time.Hour)
	azure.Want(azure.Call("POST", account+"/syncAutoStorageKeys", version, ""), http.StatusNoContent)
	want("synced", http.StatusCreated)
	shown := azure.Call("GET", account, version, "").Text("properties.autoStorage.lastKeySync")
	if shown != "2026-03-01T13:00:00Z" {
		t.Errorf("lastKeySync is %s", shown)
	}
}

// An account on managed identity holds no keys: it needs the role, and no sync.
func TestAutoStorage_byIdentity(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	made := azure.create(account, `{"location":"westus2","identity":{"type":"SystemAssigned"},"properties":{`+
		`"autoStorage":{"storageAccountId":"`+store1+`","authenticationMode":"BatchAccountManagedIdentity"}}}`)
	if status := azure.reach("denied"); status != http.StatusForbidden {
		t.Errorf("status %d without a role", status)
	}
	azure.Grant(store1, authorization.StorageBlobDataContributor, made.Text("identity.principalId"))
	azure.regenerate("key1")
	azure.regenerate("key2")
	if status := azure.reach("granted"); status != http.StatusCreated {
		t.Errorf("status %d", status)
	}
	azure.Advance(time.Hour)
	azure.Want(azure.Call("POST", account+"/syncAutoStorageKeys", version, ""), http.StatusNoContent)
	if at := azure.Call("GET", account, version, "").Text("properties.autoStorage.lastKeySync"); at != made.Text(
		"properties.autoStorage.lastKeySync") {
		t.Errorf("a sync of nothing is told as one: %s", at)
	}
}

func TestAutoStorage_none(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.create(account, `{"location":"westus2"}`)
	azure.Refused(azure.Call("POST", account+"/syncAutoStorageKeys", version, ""),
		http.StatusBadRequest, "AutoStorageNotConfigured", "no auto-storage account")
	if status := azure.reach("x"); status != http.StatusConflict {
		t.Errorf("status %d", status)
	}
}
