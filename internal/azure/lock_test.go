// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const locked = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/mediaservices/a"

func lockable(t *testing.T) *azure.Client {
	t.Helper()
	client, err := azure.New(azure.Config{
		Environment: azure.Public, SubscriptionID: "s", TenantID: "t", ClientID: "c", ClientSecret: "secret",
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestLock_oneAtATime(t *testing.T) {
	t.Parallel()
	client := lockable(t)
	var working sync.WaitGroup
	inside := 0 // The race detector sees two at once.
	for i := range 20 {
		working.Go(func() {
			id := locked
			if i%2 == 0 {
				id = strings.ToUpper(locked) + "/"
			}
			unlock, err := client.Lock(t.Context(), id)
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			if inside++; inside != 1 {
				t.Errorf("%d work on it at once", inside)
			}
			inside--
		})
	}
	working.Wait()
}

func TestLock_givesUpWithTheContext(t *testing.T) {
	t.Parallel()
	client := lockable(t)
	unlock, err := client.Lock(t.Context(), locked)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Lock(ctx, locked); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	other, err := client.Lock(t.Context(), locked+"b")
	if err != nil {
		t.Fatalf("another resource is locked as well: %v", err)
	}
	other()
	unlock()
	again, err := client.Lock(t.Context(), locked)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
