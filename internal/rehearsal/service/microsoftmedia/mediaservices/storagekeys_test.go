// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

// Copies of earlier keys are kept as long as an origin may work with them, and no longer.
func TestStorageKeys_ofEarlierSyncs(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	azure.Want(azure.Call("PUT", account, synchronous, body(store1)), http.StatusCreated)
	var known [][]byte
	sync := func() {
		azure.Want(azure.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"key1"}`), http.StatusOK)
		azure.Want(azure.Call("POST", account+"/syncStorageKeys", synchronous, `{"id":"`+store1+`"}`), http.StatusOK)
		known = append(known, azure.heldKeys(store1).key1)
	}
	known = append(known, azure.heldKeys(store1).key1)
	at := func(ago time.Duration) []byte {
		var key []byte
		azure.Transact(func(tx *engine.Tx) {
			client, refused := azure.media.Blobs(tx, tx.Resource(account), store1, tx.Now().Add(-ago))
			if refused != nil {
				t.Fatal(refused)
			}
			key = client.Keys[0]
		})
		return key
	}
	want := func(when string, ago time.Duration, number int) {
		t.Helper()
		if got := at(ago); !bytes.Equal(got, known[number]) {
			t.Errorf("%s, the key of %v ago is not that of sync %d", when, ago, number)
		}
	}
	want("at first", mediaservices.OriginLag, 0)
	sync()
	want("after a sync", 0, 1)
	want("after a sync", time.Second, 0)
	azure.Advance(4 * time.Hour)
	sync()
	want("after two", 0, 2)
	want("after two", time.Hour, 1)
	want("after two", 5*time.Hour, 0)
	azure.Advance(3 * time.Hour)
	sync() // the first one is seven hours ago: nobody works with what was before it
	want("after three", 0, 3)
	want("after three", 2*time.Hour, 2)
	want("after three", 5*time.Hour, 1)
	want("after three", 9*time.Hour, 1)
}
