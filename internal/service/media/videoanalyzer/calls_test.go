// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestCalls counts what each step costs: what Azure is asked for nothing, everybody waits for.
func TestCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const (
		account     = "Microsoft.Media/videoAnalyzers/contosovideo"
		status      = "GET Microsoft.Media/locations/westus2/videoAnalyzerOperationStatuses/{id}"
		available   = "POST Microsoft.Media/locations/westus2/checkNameAvailability"
		storage     = "GET Microsoft.Storage/storageAccounts/videoone"
		permissions = "GET Microsoft.Authorization/permissions"
	)
	called := func(what string, do func(), want ...string) {
		t.Helper()
		got := w.Calls(do)
		slices.Sort(got) // What is asked side by side is in no order.
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	config := w.config(acctest.Value{"tags": acctest.Value{"a": "1"}})
	var plan acctest.Plan
	var object acctest.Object
	planned := func(prior acctest.Object, config acctest.Value) func() {
		return func() { plan = w.proto.Plan(resourceType, prior, config) }
	}
	applied := func() { object, _ = w.proto.Apply(plan) }

	called("planning the creation", planned(acctest.Object{}, config), available, storage)
	called("creating", applied, "GET "+account, storage, "PUT "+account)
	called("reading", func() { object, _ = w.proto.Read(object) }, "GET "+account)
	called("planning nothing", planned(object, config))

	config = w.config(acctest.Value{"tags": acctest.Value{"a": "1"}, "public_network_access_enabled": false})
	called("planning a change", planned(object, config))
	called("changing", applied, "PATCH "+account, status, "GET "+account)

	config["storage_account"] = acctest.Value{"id": w.store}
	called("planning to hold the keys", planned(object, config), storage, permissions)
	called("holding the keys", applied, "GET "+account, "PATCH "+account, status, "GET "+account)
	called("planning the end", planned(object, nil))
	called("deleting", applied, "DELETE "+account)
}
