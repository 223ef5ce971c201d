// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	made := w.Timeouts(proto, "azuremedia_storage_account", config(nil))
	proto.Replaces(made, config(nil), acctest.Value{
		"name": "other", "resource_group_name": "other", "location": "northeurope",
		"queue_encryption_key_type": "Account", "table_encryption_key_type": "Account",
	})
}

// TestCreate_accepted has Azure accept a creation and not tell how it ends. Where the account is there, that is its
// end. Otherwise the state has the account, so that the next apply deletes it and nothing is orphaned.
func TestCreate_accepted(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	strike := func(path string, skip int) {
		t.Helper()
		if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
			Kind: fault.Error, Method: http.MethodGet, Path: path, Status: http.StatusBadRequest,
			Code: "BadRequest", Times: -1, Skip: skip,
		}); err != nil {
			t.Fatal(err)
		}
	}
	const resourceType = "azuremedia_storage_account"
	strike("*/asyncoperations/*", 0)
	proto := w.Proto()
	looked, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, config(nil)))
	if looked.State["primary_blob_endpoint"] == nil || len(diags) > 0 {
		t.Fatalf("%v: %s", looked.State, diags.Text())
	}
	if gone, diags := proto.Apply(proto.Plan(resourceType, looked, nil)); gone.State != nil || len(diags) > 0 {
		t.Fatalf("%v: %s", gone.State, diags.Text())
	}

	strike("*/storageAccounts/*", 1)
	proto = w.Proto()
	begun, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, config(nil)))
	if begun.State["id"] == nil || len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), "Azure accepted the creation") {
		t.Fatalf("%v: %s", begun.State, diags.Text())
	}
	if _, err := w.Rehearsal().ClearFaults(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	read, diags := w.Proto().Read(begun)
	if read.State["name"] != config(nil)["name"] || len(diags) > 0 {
		t.Errorf("%v: %s", read.State, diags.Text())
	}
	proto = w.Proto()
	if gone, diags := proto.Apply(proto.Plan(resourceType, read, nil)); gone.State != nil || len(diags) > 0 {
		t.Errorf("%v: %s", gone.State, diags.Text())
	}
	proto.Create(resourceType, config(nil))
}
