// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"net/http"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// TestMachineLearning_rotation rolls the keys under a workspace: it holds the new ones after each
// resync.
func TestMachineLearning_rotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Workspace("tailspin", w.newStorage("contoso"), "AccessKey")
	w.calls()
	const resynced = "resyncKeys tailspin"
	config := acctest.Value{"storage_account_id": w.storage("contoso"), "dependent_ids": []any{id}}
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(resynced)
	first := w.WorkspaceKey("tailspin")
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	w.calls()
	object = w.apply(object, config)
	w.wantCalls(regenerate, resynced)
	if now := w.WorkspaceKey("tailspin"); first == "" || now == first {
		t.Error("the workspace does not hold the new key")
	}
	wantSaid(t, w.plan(object, nil).Diagnostics, "Storage Key Rotation Abandoned",
		"az ml workspace sync-keys --resource-group media --name tailspin")
}

// TestMachineLearning_fails has a resync fail that was accepted: the next plan does it again.
func TestMachineLearning_fails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.Workspace("tailspin", w.newStorage("contoso"), "AccessKey")
	config := acctest.Value{"storage_account_id": w.storage("contoso"), "dependent_ids": []any{id}}
	object := w.apply(acctest.Object{}, config)
	w.calls()
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.FailOperation, Times: 1, Method: http.MethodPost, Path: "*/resyncKeys",
	}); err != nil {
		t.Fatal(err)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	first := w.WorkspaceKey("tailspin")
	w.calls()
	object, _ = w.fail(object, config)
	w.wantCalls(regenerate, "resyncKeys tailspin")
	if w.WorkspaceKey("tailspin") != first {
		t.Error("the workspace holds the new key although the resync failed")
	}
	w.calls()
	wantPhase(t, w.apply(object, config), "settling")
	w.wantCalls("resyncKeys tailspin")
}

// TestMachineLearning_managedIdentity leaves alone a workspace that holds no key, and does not miss it.
func TestMachineLearning_managedIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := w.newStorage("contoso")
	id := w.Workspace("tailspin", store, "Identity")
	other := w.Workspace("wingtip", store, "AccessKey")
	w.calls()
	config := acctest.Value{"storage_account_id": store, "dependent_ids": []any{other}}
	object := w.apply(acctest.Object{}, config)
	w.wantCalls("resyncKeys wingtip")
	config["dependent_ids"] = []any{id}
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, planned, "is skipped", id, "managed identity", "ROT003")
	wantSaid(t, plan.Diagnostics, undeclared, "Machine Learning workspace ", "Add to dependent_ids: \""+other)
	if _, diags := w.proto.Apply(plan); len(diags.Errors()) > 0 {
		t.Error(diags.Text())
	}
	w.wantCalls()
}
