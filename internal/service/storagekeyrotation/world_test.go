// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	resourceType = "azuremedia_storage_key_rotation"
	hours        = time.Hour
	day          = 24 * time.Hour
)

// world is an Azure with media accounts whose storage keys are to be rolled.
type world struct {
	*fixture.World
	t     *testing.T
	proto *acctest.Proto
	seen  int // how many calls the test has looked at
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: fixture.New(t), t: t}
	w.proto = w.Proto()
	return w
}

// Advance lets time pass between two runs.
func (w *world) Advance(d time.Duration) {
	w.t.Helper()
	w.World.Advance(d)
	w.proto = w.Proto()
}

// storage is the ID of a storage account.
func (w *world) storage(name string) string { return w.ID(azure.StorageAccountType, name) }

// account is the ID of a media account.
func (w *world) account(name string) string { return w.ID(azure.MediaAccountType, name) }

// newStorage makes a storage account.
func (w *world) newStorage(name string) string {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	creation, err := w.accounts().BeginCreate(ctx, fixture.Group, name, armstorage.AccountCreateParameters{
		Location: to.Ptr(fixture.Location), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU: &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
	}, nil)
	if err == nil {
		_, err = azure.Await(ctx, creation)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.storage(name)
}

// regenerate regenerates a key elsewhere.
func (w *world) regenerate(name, key string) {
	w.t.Helper()
	_, err := w.accounts().RegenerateKey(context.WithoutCancel(w.t.Context()), fixture.Group, name,
		armstorage.AccountRegenerateKeyParameters{KeyName: &key}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.calls()
}

func (w *world) accounts() *armstorage.AccountsClient {
	w.t.Helper()
	accounts, err := w.Client.StorageAccounts(w.SubscriptionID())
	if err != nil {
		w.t.Fatal(err)
	}
	return accounts
}

// calls are the calls since the last time that change something or tell somebody, in their order:
// "regenerateKey store", "syncStorageKeys account", with the status where it is a failure.
func (w *world) calls() []string {
	w.t.Helper()
	entries, err := w.Rehearsal().Journal(context.WithoutCancel(w.t.Context()))
	if err != nil {
		w.t.Fatal(err)
	}
	var calls []string
	for _, entry := range entries[w.seen:] {
		parts := strings.Split(entry.Path, "/")
		if entry.Status == http.StatusUnauthorized {
			continue // Its token was made before the test let time pass.
		}
		if last := parts[len(parts)-1]; entry.Method == http.MethodPost && len(parts) > 8 {
			call := last + " " + parts[len(parts)-2]
			if entry.Status >= 300 {
				call += " refused"
			}
			calls = append(calls, call)
		}
	}
	w.seen = len(entries)
	return calls
}

// wantCalls fails the test unless exactly these calls were made since the last look.
func (w *world) wantCalls(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.calls()); diff != "" {
		w.t.Errorf("the calls that change something (-want +got):\n%s", diff)
	}
}

// with is a configuration with more in it.
func with(config, more acctest.Value) acctest.Value {
	joined := maps.Clone(config)
	maps.Copy(joined, more)
	return joined
}

// rotation is the configuration of the storage account "contoso" of the media account of that name.
func (w *world) rotation() acctest.Value {
	return acctest.Value{
		"storage_account_id": w.storage("contoso"), "dependent_ids": []any{w.account("contoso")},
	}
}

// plan refreshes and plans, in a run of its own. It fails the test on an error.
func (w *world) plan(prior acctest.Object, config acctest.Value) acctest.Plan {
	w.t.Helper()
	w.proto = w.Proto()
	if prior.State != nil {
		refreshed, diags := w.proto.Read(prior)
		if len(diags) > 0 {
			w.t.Fatalf("reading: %s", diags.Text())
		}
		prior = refreshed
	}
	plan := w.proto.Plan(resourceType, prior, config)
	if diags := plan.Diagnostics.Errors(); len(diags) > 0 {
		w.t.Fatalf("planning: %s", diags.Text())
	}
	return plan
}

// apply plans and applies, and fails the test on an error. It checks that the apply does what was
// planned, that it says when a rotation goes on, and that the plan after it is empty.
func (w *world) apply(prior acctest.Object, config acctest.Value) acctest.Object {
	w.t.Helper()
	plan := w.plan(prior, config)
	object, diags := w.proto.Apply(plan)
	for name, planned := range plan.State {
		if _, ok := planned.(acctest.Unknown); !ok && !cmp.Equal(planned, object.State[name]) {
			w.t.Errorf("%s was planned as %v, and is %v", name, planned, object.State[name])
		}
	}
	if object.State["phase"] == "settling" {
		wantSaid(w.t, diags, "Storage Key Rotation Settling", object.State["secondary_due_at"].(string))
	}
	diags = slices.DeleteFunc(diags, func(one *tfprotov6.Diagnostic) bool {
		return one.Summary == "Storage Key Rotation Settling"
	})
	if len(diags.Errors()) > 0 {
		w.t.Fatalf("applying: %s", diags.Text())
	}
	if unfinished := diags.Warnings(); len(unfinished) > 0 {
		w.t.Fatalf("applying: %s", unfinished.Text())
	}
	w.wantEmpty(object, config)
	return object
}

// fail plans and applies, and returns what is left and the error.
func (w *world) fail(prior acctest.Object, config acctest.Value) (acctest.Object, acctest.Diagnostics) {
	w.t.Helper()
	object, diags := w.proto.Apply(w.plan(prior, config))
	if len(diags.Errors()) != 1 {
		w.t.Fatalf("want one error, got: %s", diags.Text())
	}
	return object, diags
}

// changes reports whether the plan is not empty.
func changes(plan acctest.Plan, prior acctest.Object) bool {
	return !cmp.Equal(map[string]any(plan.State), map[string]any(prior.State))
}

func (w *world) wantEmpty(object acctest.Object, config acctest.Value) {
	w.t.Helper()
	read, _ := w.proto.Read(object)
	plan := w.plan(object, config)
	if changes(plan, read) {
		w.t.Errorf("the plan is not empty: %s", cmp.Diff(read.State, plan.State))
	}
}

// wantSaid fails the test unless exactly one diagnostic has the summary, and all of the texts.
func wantSaid(t *testing.T, diags acctest.Diagnostics, summary string, texts ...string) {
	t.Helper()
	var found []string
	for _, one := range diags {
		if one.Summary == summary {
			found = append(found, one.Detail)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%q is said %d times:\n%s", summary, len(found), diags.Text())
	}
	for _, text := range texts {
		if !strings.Contains(found[0], text) {
			t.Errorf("%q does not say %q:\n%s", summary, text, found[0])
		}
	}
}

func wantSilence(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	if len(diags) > 0 {
		t.Errorf("something is said:\n%s", diags.Text())
	}
}

func wantPhase(t *testing.T, object acctest.Object, phase string) {
	t.Helper()
	if object.State["phase"] != phase {
		t.Errorf("the phase is %v, want %s", object.State["phase"], phase)
	}
}
