// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const (
	planned    = "Storage Key Rotation Planned"
	undeclared = "Dependent Not Declared (ROT003)"
)

// blobDataContributor is the role by which an identity reads and writes blobs.
const blobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"

// share attaches the storage account "contoso" to another media account as well.
func (w *world) share(account string) string {
	w.t.Helper()
	w.Account(account)
	w.UpdateAccount(account, armmedia.AccountUpdate{
		Properties: &armmedia.AccountProperties{StorageAccounts: []*armmedia.StorageAccount{
			{ID: to.Ptr(w.storage(account)), Type: to.Ptr(armmedia.Primary)},
			{ID: to.Ptr(w.storage("contoso")), Type: to.Ptr(armmedia.Secondary)},
		}},
	})
	w.calls()
	return w.account(account)
}

// byIdentity has a media account come at its storage with its managed identity.
func (w *world) byIdentity(account string) {
	w.t.Helper()
	w.Identify(account, "")
	for _, storage := range []string{account, "contoso"} {
		w.Assign(w.storage(storage), w.Principal(account), blobDataContributor)
	}
	w.UpdateAccount(account, armmedia.AccountUpdate{
		Properties: &armmedia.AccountProperties{
			StorageAuthentication: to.Ptr(armmedia.StorageByManagedIdentity),
			StorageAccounts: []*armmedia.StorageAccount{
				{ID: to.Ptr(w.storage(account)), Type: to.Ptr(armmedia.Primary)},
				{ID: to.Ptr(w.storage("contoso")), Type: to.Ptr(armmedia.Secondary)},
			},
		},
	})
	w.calls()
}

func TestDependents_undeclared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	other := w.share("fabrikam")
	config := w.rotation()
	plan := w.plan(acctest.Object{}, config)
	wantSaid(t, plan.Diagnostics, undeclared, "Media Services account fabrikam, with the keys of contoso but not in dependent_ids",
		"cannot reach its storage once both keys are new", "Add to dependent_ids: \""+other)
	object, diags := w.proto.Apply(plan)
	wantSilence(t, diags)
	w.wantCalls(synced)
	wantSilence(t, w.plan(object, config).Diagnostics)

	// A dependent that is new in the configuration is told at once, and no other.
	config["dependent_ids"] = []any{w.account("contoso"), other}
	wantSilence(t, w.plan(object, config).Diagnostics)
	object = w.apply(object, config)
	w.wantCalls("syncStorageKeys fabrikam")

	// The plan of a rotation names each dependent that it syncs.
	rotating := with(config, acctest.Value{"rotate_when_changed": acctest.Value{"n": "1"}})
	wantSaid(t, w.plan(object, rotating).Diagnostics, planned, "This apply will regenerate key1 of contoso "+
		"and sync 2 dependents: Media Services account contoso, Media Services account fabrikam.")

	// One that is taken out, and still uses the keys, is named again.
	config["dependent_ids"] = []any{other}
	wantSaid(t, w.plan(object, config).Diagnostics, undeclared, w.account("contoso"))
}

func TestDependents_managedIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	other := w.share("fabrikam")
	w.byIdentity("fabrikam")
	config := with(w.rotation(), acctest.Value{
		"dependent_ids": []any{w.account("contoso"), other}, "rotate_on_create": true,
	})
	plan := w.plan(acctest.Object{}, config)
	if len(plan.Diagnostics) != 1 {
		t.Errorf("more is said: %s", plan.Diagnostics.Text())
	}
	wantSaid(t, plan.Diagnostics, planned, "Media Services account fabrikam is skipped", other, "managed identity", "ROT003")
	object, diags := w.proto.Apply(plan)
	wantSaid(t, diags, "Storage Key Rotation Settling", "key2 follows 6 hours later")
	w.wantCalls(synced, regenerate, synced)
	w.Advance(7 * hours)
	wantSaid(t, w.plan(object, config).Diagnostics, planned, "regenerate key2 of contoso", "1 dependent: Media Services account contoso.", "fabrikam is skipped")
}

func TestDependents_notAttached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	w.Account("fabrikam")
	config := with(w.rotation(), acctest.Value{
		"dependent_ids": []any{w.account("contoso"), w.account("fabrikam")},
	})
	plan := w.plan(acctest.Object{}, config)
	wantSaid(t, plan.Diagnostics, planned, "Media Services account fabrikam is skipped", w.account("fabrikam"),
		"does not have this storage account", "Remove it from dependent_ids (ROT003)")
	w.proto.Apply(plan)
	w.wantCalls(synced)
}

func TestDependents_missing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"dependent_ids": []any{w.account("nobody")}})
	plan := w.plan(acctest.Object{}, config)
	if diags := plan.Diagnostics.Warnings(); len(diags) != 2 {
		t.Errorf("want the one that is missing and the one left behind: %s", diags.Text())
	}
	object, diags := w.proto.Apply(plan)
	if object.State != nil {
		t.Errorf("it is created all the same: %v", object.State)
	}
	wantSaid(t, diags, "Storage Key Rotation Not Created", "ResourceNotFound")
	w.wantCalls()
}

// TestDependents_wrongKind has what holds no keys be refused while validating.
func TestDependents_wrongKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	diags := w.proto.Validate(resourceType, with(w.rotation(), acctest.Value{
		"dependent_ids": []any{w.storage("contoso")},
	}))
	wantSaid(t, diags, "Dependent Cannot Be Synced (ROT003)", "Microsoft.Storage/storageAccounts holds no storage keys",
		"Refer to the id attribute", "Nothing was changed")
}

// TestDependents_busy has a media account be busy when it is to be told: it is asked again.
func TestDependents_busy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
		Kind: fault.Error, Status: http.StatusConflict, Code: "Conflict", Times: 2,
		Method: "POST", Path: "*/syncStorageKeys",
	})
	if err != nil {
		t.Fatal(err)
	}
	object := w.apply(acctest.Object{}, w.rotation())
	w.wantCalls(synced+" refused", synced+" refused", synced)
	wantPhase(t, object, "complete")
}

// TestDependents_refuse has a media account refuse to be synced for as long as there is time: a lock ends
// the apply at once, and a change that never ends says what was waited for.
func TestDependents_refuse(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][]string{
		"ScopeLocked": {
			"Remove the lock", "/providers/Microsoft.Media/mediaservices/contoso\n", "az lock list --resource-group media",
			"az lock delete --ids LOCK_ID",
		},
		"Conflict": {"Waited ", " for Media Services account contoso to be ready for a sync"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			if _, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Status: http.StatusConflict, Code: code, Times: -1,
				Method: "POST", Path: "*/syncStorageKeys",
			}); err != nil {
				t.Fatal(err)
			}
			_, diags := w.fail(acctest.Object{}, with(w.rotation(), acctest.Value{
				"timeouts": acctest.Value{"create": "1s"},
			}))
			wantSaid(t, diags, "Storage Key Rotation Not Created", want...)
			if sent := len(w.Requests("POST", "/syncStorageKeys")); (sent == 1) != (code == "ScopeLocked") {
				t.Errorf("sent %d syncs", sent)
			}
		})
	}
}

// TestRotation_removed has the resource be removed while a rotation is going on.
func TestRotation_removed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotate_on_create": true})
	object := w.apply(acctest.Object{}, config)
	w.calls()
	plan := w.plan(object, nil)
	due, _ := object.State["secondary_due_at"].(string)
	wantSaid(t, plan.Diagnostics, "Storage Key Rotation Abandoned", "rotation of contoso half-way: "+
		"key1 is new and synced, key2 is still the old one; both work", "after "+due,
		"az storage account keys renew --resource-group media --account-name contoso --key secondary",
		"az ams account storage sync-storage-keys --resource-group media --account-name contoso "+
			"--storage-account-id "+w.storage("contoso"), "Removing it changes no key", w.storage("contoso"))

	// The same goes for a rotation that is replaced by that of another account.
	w.newStorage("other")
	replaced := w.plan(object, acctest.Value{"storage_account_id": w.storage("other")})
	if len(replaced.Replace) != 1 {
		t.Errorf("another storage account replaces %v", replaced.Replace)
	}
	wantSaid(t, replaced.Diagnostics, "Storage Key Rotation Abandoned", "key2 is still the old one")

	w.regenerate("contoso", "key1")
	wantSaid(t, w.plan(object, nil).Diagnostics, "Storage Key Rotation Abandoned",
		"key1 was regenerated at", "and not synced since")

	if _, diags := w.proto.Apply(w.plan(object, nil)); len(diags.Errors()) > 0 {
		t.Errorf("removing it: %s", diags.Text())
	}
	w.wantCalls()
}

// TestPlan_ofSeveralRotations lists the accounts of each kind once, whatever the number of rotations: those
// that may hold the keys, and the storage accounts themselves.
func TestPlan_ofSeveralRotations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stores := []string{w.newStorage("contoso"), w.newStorage("fabrikam"), w.newStorage("tailspin")}
	lists := map[string]int{}
	for _, call := range w.Calls(func() {
		for _, store := range stores {
			w.proto.Plan(resourceType, acctest.Object{}, acctest.Value{"storage_account_id": store})
		}
	}) {
		if !strings.Contains(call, "/storageAccounts/") {
			lists[call]++
		}
	}
	want := map[string]int{
		"GET Microsoft.Batch/batchAccounts": 1, "GET Microsoft.MachineLearningServices/workspaces": 1,
		"GET Microsoft.Media/mediaservices": 1, "GET Microsoft.Media/videoAnalyzers": 1,
		"GET Microsoft.Storage/storageAccounts": 1,
	}
	if diff := cmp.Diff(want, lists); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
