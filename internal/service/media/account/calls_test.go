// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestProtoAccount_calls counts what each step costs: what Azure is asked for nothing, everybody
// waits for.
func TestProtoAccount_calls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.store("mediatwo", nil)
	config := w.config(acctest.Value{"tags": acctest.Value{"a": "1"}})
	const (
		account = "/mediaservices/contosomedia"
		status  = "GET …/mediaServicesOperationStatuses/…"
	)
	storage := func(name string) []string {
		return []string{
			"GET …/storageAccounts/" + name,
			"GET …/storageAccounts/" + name + "/providers/Microsoft.Authorization/permissions",
		}
	}

	w.calls()
	plan := w.proto.Plan(resourceType, acctest.Object{}, config)
	w.called(append(storage("mediaone"),
		"POST …/checkNameAvailability", "GET …/providers/Microsoft.Media/mediaservices")...)
	created, _ := w.proto.Apply(plan)
	w.called("GET …"+account, "GET …/storageAccounts/mediaone", "PUT …"+account, status, "GET …"+account)
	refreshed, _ := w.proto.Read(created)
	w.called("GET …" + account)
	w.proto.Plan(resourceType, refreshed, config)
	w.called()

	plan = w.proto.Plan(resourceType, refreshed, w.config(acctest.Value{"public_network_access_enabled": false, "tags": acctest.Value{"a": "1"}}))
	w.called()
	updated, _ := w.proto.Apply(plan)
	w.called("PATCH …"+account, status, "GET …"+account)

	plan = w.proto.Plan(resourceType, updated, w.config(acctest.Value{
		"public_network_access_enabled": false,
		"tags":                          acctest.Value{"b": "1"},
		"storage_accounts":              []any{acctest.Value{"id": w.one, "is_primary": true}, acctest.Value{"id": second}},
	}))
	w.called(append(storage("mediaone"), storage("mediatwo")...)...) // No list: the run has changed something.
	updated, _ = w.proto.Apply(plan)
	w.called("GET …/storageAccounts/mediatwo", "GET …"+account, "PATCH …"+account, status, "GET …"+account)

	w.proto.Apply(w.proto.Plan(resourceType, updated, nil))
	w.called("DELETE …" + account)
}

// calls are the calls to Resource Manager since the last time, their paths cut to what tells them
// apart. What is asked in parallel is in no order.
func (w *world) calls() []string {
	w.t.Helper()
	entries, err := w.azure.Rehearsal().Journal(context.WithoutCancel(w.t.Context()))
	if err != nil {
		w.t.Fatal(err)
	}
	var calls []string
	for _, entry := range entries[w.seen:] {
		if !strings.HasPrefix(entry.Host, "management.") {
			continue
		}
		path := entry.Path
		for _, place := range []string{
			"/storageAccounts/", "/mediaservices/", "/checkNameAvailability", "/mediaServicesOperationStatuses/",
			"/providers/Microsoft.Media/mediaservices",
		} {
			if at := strings.Index(path, place); at >= 0 {
				path = "…" + path[at:]
				break
			}
		}
		if before, _, ok := strings.Cut(path, "OperationStatuses/"); ok {
			path = before + "OperationStatuses/…"
		}
		calls = append(calls, entry.Method+" "+path)
	}
	w.seen = len(entries)
	return calls
}

func (w *world) called(want ...string) {
	w.t.Helper()
	less := cmp.Transformer("sorted", func(list []string) map[string]int {
		counts := map[string]int{}
		for _, one := range list {
			counts[one]++
		}
		return counts
	})
	if diff := cmp.Diff(want, w.calls(), less); diff != "" {
		w.t.Errorf("the calls differ (-want +got):\n%s", diff)
	}
}

// TestProtoAccount_lostAnswer loses the answer to the creation: the account is there, and known to
// be.
func TestProtoAccount_lostAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault fault.Fault
	}{
		{"once", fault.Fault{Kind: fault.Lost, Method: "PUT", Path: "*/mediaservices/contosomedia"}},
		{"for good", fault.Fault{Kind: fault.Lost, Method: "PUT", Path: "*/mediaservices/contosomedia", Times: -1}},
		{"a server error after the fact", fault.Fault{Kind: fault.ErrorAfter, Method: "PUT", Path: "*/mediaservices/contosomedia"}},
		{"a server error", fault.Fault{Kind: fault.Error, Method: "PUT", Path: "*/mediaservices/contosomedia"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.azure.Rehearsal().AddFault(t.Context(), test.fault); err != nil {
				t.Fatal(err)
			}
			created, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
			if created.State == nil {
				t.Fatalf("the account is there, and not in the state: %s", diags.Text())
			}
			if _, err := w.azure.Rehearsal().ClearFaults(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			found, _ := w.proto.Read(created)
			if plan := w.proto.Plan(resourceType, found, w.config(nil)); len(plan.Diagnostics) > 0 || !cmp.Equal(found.State, plan.State) {
				t.Errorf("there is something left to do: %s", cmp.Diff(found.State, plan.State))
			}
		})
	}
}

// TestProtoAccount_failedOperation has Azure fail a creation and an update that it had accepted.
func TestProtoAccount_failedOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fails := func(method string) {
		_, err := w.azure.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.FailOperation, Method: method, Path: "*/mediaservices/contosomedia",
			Code: "InternalError", Message: "Something broke.",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	fails("PUT")
	failed, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
	if failed.State == nil || failed.Identity["id"] == "" ||
		!strings.Contains(diags.Text(), "Something broke.") || strings.Contains(diags.Text(), nothingChanged) {
		t.Fatalf("the account is there, and not said to be: %v, %s", failed.State, diags.Text())
	}
	found, _ := w.proto.Read(failed)
	if found.State["provisioning_state"] != string(armmedia.Failed) {
		t.Errorf("the account is %v", found.State["provisioning_state"])
	}
	if _, diags := w.proto.Apply(w.proto.Plan(resourceType, found, nil)); len(diags) > 0 {
		t.Fatalf("what is left of it cannot be deleted: %s", diags.Text())
	}

	created := w.proto.Create(resourceType, w.config(nil))
	fails("PATCH")
	config := w.config(acctest.Value{"minimum_tls_version": "Tls13"})
	_, diags = w.proto.Apply(w.proto.Plan(resourceType, created, config))
	if !strings.Contains(diags.Text(), "Media Services Account Not Updated") || !strings.Contains(diags.Text(), "Something broke.") {
		t.Errorf("does not say that the update failed: %s", diags.Text())
	}
	found, _ = w.proto.Read(created)
	plan := w.proto.Plan(resourceType, found, config)
	if plan.State["provisioning_state"] != (acctest.Unknown{}) {
		t.Errorf("a failed update is not tried again: %v", plan.State)
	}
	updated, diags := w.proto.Apply(plan)
	if updated.State["minimum_tls_version"] != "Tls13" || updated.State["provisioning_state"] != "Succeeded" {
		t.Errorf("the second update left %v: %s", updated.State, diags.Text())
	}
	if plan := w.proto.Plan(resourceType, updated, config); !cmp.Equal(plan.State, updated.State) {
		t.Errorf("there is something left to do: %s", cmp.Diff(updated.State, plan.State))
	}
}
