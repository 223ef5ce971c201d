// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const syncedBatch = "syncAutoStorageKeys fabrikam"

// newBatch is a world with a Batch account "fabrikam" that keeps its files in the storage account
// "contoso", and the configuration of a rotation.
func newBatch(t *testing.T, changes ...func(*armbatch.AccountCreateParameters)) (*world, string, acctest.Value) {
	t.Helper()
	w := newWorld(t)
	id := w.BatchAccount("fabrikam", w.newStorage("contoso"), changes...)
	w.calls()
	return w, id, acctest.Value{"storage_account_id": w.storage("contoso"), "dependent_ids": []any{id}}
}

func TestBatch_rotation(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	object := w.apply(acctest.Object{}, config)
	w.wantCalls(syncedBatch)
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	object = w.apply(object, config)
	w.wantCalls(regenerate, syncedBatch)
	wantPhase(t, object, "settling")
	w.Advance(7 * hours)
	object = w.apply(object, config)
	w.wantCalls(regenerate, syncedBatch)
	wantPhase(t, object, "complete")
}

// TestBatch_behind has a Batch account say that it last read the keys before one was made, although by
// the record all have been told. It is told again, and no key is regenerated for it.
func TestBatch_behind(t *testing.T) {
	t.Parallel()
	w, id, config := newBatch(t)
	w.Advance(day)
	w.regenerate("contoso", "key1")
	alone := acctest.Value{"storage_account_id": w.storage("contoso")}
	object := w.apply(acctest.Object{}, alone)
	w.wantCalls()

	object.State["dependent_ids"] = []any{id} // As if it had been told then.
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, planned, "A dependent last read the keys at ",
		"before key1 was made at", "does not regenerate a key for it (ROT005)",
		"sync the keys of contoso to 1 dependent: Batch account fabrikam",
		"Batch account fabrikam last read the keys at ", "and is behind")
	before := w.ShowBatchAccount("fabrikam").Properties.AutoStorage.LastKeySync
	object = w.apply(object, config)
	w.wantCalls(syncedBatch)
	wantPhase(t, object, "complete")
	if after := w.ShowBatchAccount("fabrikam").Properties.AutoStorage.LastKeySync; after.Sub(*before) < day {
		t.Errorf("it read the keys at %s, and again at %s", before, after)
	}

	// Everything has to settle on what it was told.
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	wantSaid(t, w.plan(object, config).Diagnostics, "Storage Key Rotation Settling", "ROT002")
}

// TestBatch_interrupted has a Batch account refuse to be told: the next plan tells it, and no key is
// regenerated again.
func TestBatch_interrupted(t *testing.T) {
	t.Parallel()
	w, id, config := newBatch(t)
	object := w.apply(acctest.Object{}, config)
	w.calls()
	if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Status: http.StatusForbidden, Code: "AuthorizationFailed", Times: 1,
		Method: http.MethodPost, Path: "*/syncAutoStorageKeys",
	}); err != nil {
		t.Fatal(err)
	}
	config["rotate_when_changed"] = acctest.Value{"n": "1"}
	object, diags := w.fail(object, config)
	if text := diags.Errors().Text(); !strings.Contains(text, "Batch account fabrikam was not synced") ||
		!strings.Contains(text, "Its ID: "+id) ||
		!strings.Contains(text, "(ROT006)") {
		t.Errorf("said:\n%s", text)
	}
	w.wantCalls(regenerate, syncedBatch+" refused")
	wantSaid(t, w.plan(object, config).Diagnostics, planned, "key1 was regenerated at", "(ROT005)")
	wantPhase(t, w.apply(object, config), "settling")
	w.wantCalls(syncedBatch)
}

// TestBatch_calls counts what a plan asks that finds nothing to do: the storage account and the Batch
// account, each once.
func TestBatch_calls(t *testing.T) {
	t.Parallel()
	w, id, config := newBatch(t)
	w.Account("northwind")
	config["dependent_ids"] = []any{id, w.account("northwind")}
	plan := w.plan(acctest.Object{}, config)
	object, diags := w.proto.Apply(plan)
	if len(diags.Errors()) > 0 {
		t.Fatal(diags.Text())
	}
	w.proto = w.Proto()
	asked := w.Calls(func() { wantSilence(t, w.proto.Plan(resourceType, object, config).Diagnostics) })
	want := []string{
		"GET Microsoft.Batch/batchAccounts/fabrikam", "GET Microsoft.Storage/storageAccounts/contoso",
	}
	slices.Sort(asked)
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestBatch_managedIdentity(t *testing.T) {
	t.Parallel()
	w, id, config := newBatch(t, func(account *armbatch.AccountCreateParameters) {
		account.Properties.AutoStorage.AuthenticationMode = to.Ptr(
			armbatch.AutoStorageAuthenticationModeBatchAccountManagedIdentity)
	})
	w.Advance(day)
	w.regenerate("contoso", "key1") // Its lastKeySync is older, and means nothing.
	plan := w.plan(acctest.Object{}, config)
	wantSaid(t, plan.Diagnostics, planned, "Batch account fabrikam is skipped", id, "managed identity", "ROT003")
	object, diags := w.proto.Apply(plan)
	wantSilence(t, diags)
	w.wantCalls()
	wantSilence(t, w.plan(object, config).Diagnostics)
}

func TestBatch_leftBehind(t *testing.T) {
	t.Parallel()
	w, id, config := newBatch(t)
	delete(config, "dependent_ids")
	wantSaid(t, w.plan(acctest.Object{}, config).Diagnostics, undeclared, "Batch account fabrikam, with the keys of contoso",
		"Add to dependent_ids: \""+id)
}

// TestBatch_gone has a Batch account be deleted: a plan that would do nothing says that it cannot ask.
func TestBatch_gone(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	object := w.apply(acctest.Object{}, config)
	w.DeleteBatchAccount("fabrikam")
	plan := w.plan(object, config)
	wantSaid(t, plan.Diagnostics, "Dependent Not Read (ROT003)", "a dependent that could not be read", "ResourceNotFound")
	if changes(plan, object) {
		t.Error("something is planned")
	}
	w.calls()
	config["dependent_ids"] = []any{}
	wantSilence(t, w.plan(w.apply(object, config), config).Diagnostics)
	w.wantCalls()
}

// TestBatch_removed has the rotation be removed half-way: what is left to do is said as Batch has it.
func TestBatch_removed(t *testing.T) {
	t.Parallel()
	w, _, config := newBatch(t)
	config["rotate_on_create"] = true
	object := w.apply(acctest.Object{}, config)
	wantSaid(t, w.plan(object, nil).Diagnostics, "Storage Key Rotation Abandoned",
		"az batch account autostorage-keys sync --resource-group media --name fabrikam")
}

func TestBatch_dataSource(t *testing.T) {
	t.Parallel()
	w, id, _ := newBatch(t)
	w.Account("northwind")
	show := func() []any {
		t.Helper()
		shown, diags := w.proto.ReadData(resourceType, acctest.Value{
			"storage_account_id": w.storage("contoso"), "dependent_ids": []any{id, w.account("northwind")},
		})
		wantSilence(t, diags)
		dependents, _ := shown["dependents"].([]any)
		return dependents
	}
	dependent := func(behind bool) []any {
		at := w.ShowBatchAccount("fabrikam").Properties.AutoStorage.LastKeySync
		return []any{
			acctest.Value{
				"id": id, "uses_keys": true, "behind": behind, "last_synced_at": at.Format(time.RFC3339), "holds": nil,
			},
			acctest.Value{
				"id": w.account("northwind"), "uses_keys": false, "behind": nil, "last_synced_at": nil, "holds": nil,
			},
		}
	}
	if diff := cmp.Diff(dependent(false), show()); diff != "" {
		t.Errorf("in time (-want +got):\n%s", diff)
	}
	w.Advance(day)
	w.regenerate("contoso", "key2")
	if diff := cmp.Diff(dependent(true), show()); diff != "" {
		t.Errorf("behind (-want +got):\n%s", diff)
	}
}

// TestAccRotation_batch rolls the keys under a Batch account that somebody else has made, and takes over
// one whose keys were regenerated without it.
func TestAccRotation_batch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.BatchAccount("fabrikam", w.newStorage("contoso"))
	w.World.Advance(time.Hour)
	w.regenerate("contoso", "key2")
	config := func(trigger string) string {
		return w.Config(fmt.Sprintf(`
resource "azuremedia_storage_key_rotation" "test" {
  storage_account_id  = %[1]q
  dependent_ids       = [%[2]q]
  rotate_when_changed = { n = %[3]q }
}

data "azuremedia_storage_key_rotation" "test" {
  storage_account_id = azuremedia_storage_key_rotation.test.id
  dependent_ids      = [%[2]q]
}

import {
  to = azuremedia_storage_key_rotation.test
  id = %[1]q
}
`, w.storage("contoso"), id, trigger))
	}
	const name, data = "azuremedia_storage_key_rotation.test", "data.azuremedia_storage_key_rotation.test"
	behind := statecheck.ExpectKnownValue(data, tfjsonpath.New("dependents").AtSliceIndex(0).AtMapKey("behind"),
		knownvalue.Bool(false))
	phase := func(phase string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(name, tfjsonpath.New("phase"), knownvalue.StringExact(phase))
	}
	update := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(name, plancheck.ResourceActionUpdate),
	}}
	var regenerated []string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config("1"), ConfigPlanChecks: update, ConfigStateChecks: []statecheck.StateCheck{behind}},
			{
				PreConfig: func() { w.World.Advance(7 * time.Hour) },
				Config:    config("2"), ConfigPlanChecks: update,
				ConfigStateChecks: []statecheck.StateCheck{phase("settling"), behind},
			},
			{
				PreConfig: func() { w.World.Advance(7 * time.Hour) },
				Config:    config("2"), ConfigPlanChecks: update,
				ConfigStateChecks: []statecheck.StateCheck{phase("complete"), behind},
			},
		},
	})
	for _, call := range w.calls() {
		if strings.HasPrefix(call, "regenerateKey") {
			regenerated = append(regenerated, call)
		}
	}
	if len(regenerated) != 2 {
		t.Errorf("keys were regenerated %d times", len(regenerated))
	}
}
