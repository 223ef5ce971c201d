// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func sortRows(rows []*outcome) {
	slices.SortFunc(rows, func(a, b *outcome) int {
		return cmp.Or(cmp.Compare(a.k, b.k), cmp.Compare(a.moment(), b.moment())*-1)
	})
}

// watch looks at the storage account and the media account "contoso" after each call.
type watch struct {
	t     *testing.T
	azure *rehearsal.Azure

	mu     sync.Mutex
	values map[string]map[string]bool // the values that each key has had
}

// watched begins to watch.
func watched(t *testing.T, azure *rehearsal.Azure) *watch {
	t.Helper()
	w := &watch{t: t, azure: azure, values: map[string]map[string]bool{"key1": {}, "key2": {}}}
	w.look()
	return w
}

// look takes note of the present keys. It signs in anew, because time may have passed.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	access := w.azure.Access()
	client, err := azure.New(azure.Config{
		Environment: azure.Rehearsal, SubscriptionID: access.SubscriptionID, TenantID: access.TenantID,
		ClientID: access.ClientID, ClientSecret: access.ClientSecret, UserAgent: "watch",
		Transport: w.azure,
	})
	if err != nil {
		w.t.Error(err)
		return
	}
	accounts, err := client.StorageAccounts(access.SubscriptionID)
	if err != nil {
		w.t.Error(err)
		return
	}
	listed, err := accounts.ListKeys(context.Background(), "media", "contoso", nil) //nolint:usetesting // It outlives the test's own.
	if err != nil {
		w.t.Error(err)
		return
	}
	for _, key := range listed.Keys {
		w.values[*key.KeyName][*key.Value] = true
	}
}

// regenerations is how often a key was regenerated since the watch began.
func (w *watch) regenerations(key string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.values[key]) - 1
}

var _ = time.Second
