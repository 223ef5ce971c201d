// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	subscription = "/subscriptions/" + azuretest.Subscription
	accounts     = azuretest.Group + "/providers/Microsoft.Media/videoAnalyzers"
	account      = accounts + "/video1"
	stores       = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts"
	store1       = stores + "/store1"
	store2       = stores + "/store2"
	reader       = azuretest.Group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"

	former  = "2021-05-01-preview" // the version with syncStorageKeys, which answers when the work is done
	current = "2021-11-01-preview"

	storageReader = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // the role Reader
)

// rehearsal is an Azure with Video Analyzer accounts, and what they stand on.
type rehearsal struct {
	*azuretest.Azure
	t         *testing.T
	analyzers *videoanalyzer.Service
	storage   *storage.Service
	// principal is the object ID of the identity reader.
	principal string
}

// start has the storage account store1, and the identity reader, which may do with it what accounts
// do.
func start(t *testing.T) *rehearsal {
	t.Helper()
	return startPaced(t, engine.Pace{RetryAfter: time.Millisecond})
}

func startPaced(t *testing.T, pace engine.Pace) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, pace), t: t}
	r.storage = storage.New(r.Engine, r.KeyVault)
	r.analyzers = videoanalyzer.New(r.Engine, r.KeyVault, r.storage, r.Authorization,
		mediaservices.New(r.Engine, r.KeyVault, r.storage, r.Authorization, r.Directory))
	r.store("store1", "Standard_LRS", "StorageV2")
	_, r.principal = r.Identity("reader")
	r.permit(r.principal, store1)
	return r
}

func (r *rehearsal) store(name, sku, kind string) {
	r.t.Helper()
	r.Want(r.Call("PUT", stores+"/"+name, "2023-01-01", fmt.Sprintf(
		`{"sku":{"name":%q},"kind":%q,"location":"westus2","properties":{"accessTier":"Hot"}}`, sku, kind,
	)), http.StatusAccepted)
	r.Advance(time.Minute)
}

// permit gives a principal the two roles at a storage account.
func (r *rehearsal) permit(principal string, stores ...engine.ID) {
	r.t.Helper()
	for _, store := range stores {
		r.Grant(store, authorization.StorageBlobDataContributor, principal)
		r.Grant(store, storageReader, principal)
	}
}

// identified is the body of a PUT, with a storage account that the identity reader goes to, and
// further properties.
func identified(more ...string) string {
	properties := append([]string{fmt.Sprintf(
		`"storageAccounts":[{"id":%q,"identity":{"userAssignedIdentity":%q}}]`, store1, reader)}, more...)
	return fmt.Sprintf(`{"location":"westus2","identity":{"type":"UserAssigned",`+
		`"userAssignedIdentities":{%q:{}}},"properties":{%s}}`, reader, strings.Join(properties, ","))
}

// byKeys is the body of a PUT, with storage accounts that the account has the keys of.
func byKeys(stores ...string) string {
	var list []string
	for _, id := range stores {
		list = append(list, fmt.Sprintf(`{"id":%q}`, id))
	}
	return fmt.Sprintf(`{"location":"westus2","properties":{"encryption":{"type":"SystemKey"},`+
		`"storageAccounts":[%s]}}`, strings.Join(list, ","))
}

// create makes the account.
func (r *rehearsal) create(body string) *azuretest.Answer {
	r.t.Helper()
	return r.Want(r.Call("PUT", account, current, body), http.StatusCreated)
}

func (r *rehearsal) get() *azuretest.Answer {
	r.t.Helper()
	return r.Want(r.Call("GET", account, current, ""), http.StatusOK)
}
