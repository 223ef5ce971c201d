// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/videoanalyzer"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// rehearsal is an Azure with media accounts, and what they stand on.
type rehearsal struct {
	*azuretest.Azure
	t       *testing.T
	media   *mediaservices.Service
	storage *storage.Service
}

func start(t *testing.T) *rehearsal {
	t.Helper()
	return startPaced(t, engine.Pace{RetryAfter: time.Millisecond})
}

func startPaced(t *testing.T, pace engine.Pace) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, pace), t: t}
	r.storage = storage.New(r.Engine, r.KeyVault)
	r.media = mediaservices.New(r.Engine, r.KeyVault, r.storage, r.Authorization, r.Directory)
	videoanalyzer.New(r.Engine, r.KeyVault, r.storage, r.Authorization, r.media)
	blob.New(r.Engine, r.storage, r.Directory, r.Authorization)
	return r
}

// store makes a general purpose storage account and waits for it.
func (r *rehearsal) store(name string) {
	r.t.Helper()
	r.storeOf(name, "Standard_LRS", "StorageV2", "{}")
}

func (r *rehearsal) storeOf(name, sku, kind, properties string) {
	r.t.Helper()
	begun := r.Want(r.Call("PUT", stores+"/"+name, "2023-01-01", fmt.Sprintf(
		`{"sku":{"name":%q},"kind":%q,"location":"westus2","properties":%s}`, sku, kind, properties,
	)), http.StatusAccepted)
	if polled := r.Send("GET", begun.Header.Get("Location"), ""); polled.Status == http.StatusAccepted {
		r.Advance(time.Minute)
	}
}

// held is what the account holds of a storage account's keys.
type held struct {
	key1     []byte
	synced   time.Time
	upToDate bool
}

func (r *rehearsal) heldKeys(store engine.ID) *held {
	r.t.Helper()
	var found *held
	r.Transact(func(tx *engine.Tx) {
		key1, key2, synced, ok := r.media.StorageKeys(tx, account, store)
		if !ok {
			return
		}
		now1, now2, _ := r.storage.Keys(tx, store)
		found = &held{key1, synced, bytes.Equal(key1, now1) && bytes.Equal(key2, now2)}
	})
	return found
}

func sortedKeys(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
