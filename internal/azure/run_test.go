// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

func TestPerRun_createsOnePerTypeAndClient(t *testing.T) {
	t.Parallel()
	type counter struct{ atomic.Int64 }
	type other struct{ atomic.Int64 }
	client, another := lockable(t), lockable(t)
	var created atomic.Int64
	create := func() *counter { created.Add(1); return new(counter) }

	var users sync.WaitGroup
	for range 20 {
		users.Go(func() { azure.PerRun(client, create).Add(1) })
	}
	users.Wait()
	if got := azure.PerRun(client, create).Load(); got != 20 || created.Load() != 1 {
		t.Errorf("%d values of one type and client, the last of which was used %d times", created.Load(), got)
	}
	if got := azure.PerRun(another, create).Load(); got != 0 {
		t.Errorf("another client shares the value: %d", got)
	}
	if got := azure.PerRun(client, func() *other { return new(other) }).Load(); got != 0 {
		t.Errorf("another type shares the value: %d", got)
	}
}
