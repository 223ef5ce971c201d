// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// watch looks at the media account "contoso" and the storage account of that name, after each call
// and at each hour: whether every origin streams, and which keys there are.
type watch struct {
	t     *testing.T
	azure *rehearsal.Azure
	url   string // of a file that the account streams
	// mute has it say nothing of an origin that does not stream, but count it.
	mute bool

	mu     sync.Mutex
	keys   *armstorage.AccountsClient
	values map[string]map[string]bool // the values that each key has had
	looks  int
	broken int // looks at which an origin did not stream
}

// watched has the media account stream a file, and begins to watch.
func watched(t *testing.T, opened *rehearsal.Azure) *watch {
	t.Helper()
	w := &watch{t: t, azure: opened, values: map[string]map[string]bool{"key1": {}, "key2": {}}}
	var err error
	w.url, err = opened.Streaming(context.WithoutCancel(t.Context()), azure.ID(
		opened.Access().SubscriptionID, fixture.Group, azure.MediaAccountType, "contoso"))
	if err != nil {
		t.Fatal(err)
	}
	w.look()
	return w
}

// look looks once.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	if down := acctest.DownOrigins(context.WithoutCancel(w.t.Context()), w.azure, w.url); len(down) > 0 {
		w.broken++
		if !w.mute {
			w.t.Errorf("streaming is broken: %s", strings.Join(down, "; "))
		}
	}
	listed, err := w.list()
	if err != nil {
		w.t.Errorf("listing the keys: %v", err)
		return
	}
	for _, key := range listed {
		w.values[*key.KeyName][*key.Value] = true
	}
}

// list lists the keys as somebody who may. Where time has passed, it signs in anew.
func (w *watch) list() ([]*armstorage.AccountKey, error) {
	ctx := context.WithoutCancel(w.t.Context())
	if w.keys != nil {
		if listed, err := w.keys.ListKeys(ctx, fixture.Group, "contoso", nil); err == nil {
			return listed.Keys, nil
		}
	}
	client, err := signedIn(w.azure)
	if err != nil {
		return nil, err
	}
	if w.keys, err = client.StorageAccounts(client.SubscriptionID()); err != nil {
		return nil, err
	}
	listed, err := w.keys.ListKeys(ctx, fixture.Group, "contoso", nil)
	return listed.Keys, err
}

// signedIn is the owner's client.
func signedIn(opened *rehearsal.Azure) (*azure.Client, error) {
	access := opened.Access()
	return azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret, UserAgent: "watch",
		Transport: opened,
	})
}

// regenerations is how often a key was regenerated since the watch began.
func (w *watch) regenerations(key string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.values[key]) - 1
}

// issued are all the values that keys have had.
func (w *watch) issued() (values []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, had := range w.values {
		for value := range had {
			values = append(values, value)
		}
	}
	return values
}
