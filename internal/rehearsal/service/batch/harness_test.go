// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/batch"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	version      = "2023-05-01"
	subscription = "/subscriptions/" + azuretest.Subscription
	accounts     = azuretest.Group + "/providers/Microsoft.Batch/batchAccounts"
	account      = accounts + "/batch1"
	stores       = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts"
	store1       = stores + "/store1"
)

// rehearsal is an Azure with Batch accounts, and what they stand on.
type rehearsal struct {
	*azuretest.Azure
	t     *testing.T
	batch *batch.Service
}

func start(t *testing.T) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, engine.Pace{RetryAfter: time.Millisecond}), t: t}
	accounts := storage.New(r.Engine, r.KeyVault)
	r.batch = batch.New(r.Engine, r.KeyVault, accounts, r.Directory)
	blob.New(r.Engine, accounts, r.Directory, r.Authorization)
	return r
}

// store makes a storage account.
func (r *rehearsal) store(id string) {
	r.t.Helper()
	r.Want(r.Call("PUT", id, "2023-01-01",
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`), http.StatusAccepted)
}

// create makes an account and returns it.
func (r *rehearsal) create(id, body string) *azuretest.Answer {
	r.t.Helper()
	begun := r.Want(r.Call("PUT", id, version, body), http.StatusAccepted)
	return r.Want(r.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
}

// withStorage is the body of an account with an auto-storage account.
func withStorage(id string) string {
	return `{"location":"westus2","properties":{"autoStorage":{"storageAccountId":"` + id + `"}}}`
}

// refusedBecause fails the test where an answer is not the refusal of a key, for this reason.
func (r *rehearsal) refusedBecause(answer *azuretest.Answer, why string) {
	r.t.Helper()
	r.Refused(answer, http.StatusBadRequest, "InvalidEncryptionConfiguration", "encryption configuration is invalid")
	details, _ := answer.At("error.details").([]any)
	if len(details) != 1 {
		r.t.Fatalf("details: %v", details)
	}
	detail, _ := details[0].(map[string]any)
	if reply, _ := detail["message"].(string); detail["code"] != "Reason" || !strings.Contains(reply, why) {
		r.t.Errorf("the reason is %v, want %q", detail, why)
	}
}
