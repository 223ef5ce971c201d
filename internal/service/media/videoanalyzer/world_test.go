// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

const (
	resourceType   = "azuremedia_video_analyzer"
	nothingChanged = "Nothing was changed."
	put            = "/videoAnalyzers/contosovideo"

	blobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	reader              = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)

// world is an Azure with what a Video Analyzer account stands on, and the provider without the
// command line.
type world struct {
	*fixture.World
	t     *testing.T
	proto *acctest.Proto
	// store is the ID of a storage account, identity that of a user-assigned identity which may do
	// there what accounts do, and principal its object ID.
	store, identity, principal string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: fixture.New(t), t: t}
	w.proto = w.Proto()
	w.store = w.storage("videoone", nil)
	w.identity, w.principal = w.Identity("video")
	w.permit(w.store, w.principal)
	return w
}

// storage creates a storage account and returns its ID.
func (w *world) storage(name string, more acctest.Value) string {
	w.t.Helper()
	config := acctest.Value{"name": name, "resource_group_name": "media", "location": "westus2"}
	maps.Copy(config, more)
	return w.proto.Create("azuremedia_storage_account", config).Identity["id"]
}

// permit assigns the two roles that an account's identity needs at a storage account.
func (w *world) permit(store, principal string) {
	w.t.Helper()
	w.Assign(store, principal, blobDataContributor)
	w.Assign(store, principal, reader)
}

// config is the configuration of an account. A value of nil takes an attribute out.
func (w *world) config(more acctest.Value) acctest.Value {
	config := acctest.Value{
		"name": "contosovideo", "resource_group_name": "media", "location": "westus2",
		"identity":        acctest.Value{"type": "UserAssigned", "identity_ids": []any{w.identity}},
		"storage_account": acctest.Value{"id": w.store, "user_assigned_identity_id": w.identity},
	}
	maps.Copy(config, more)
	return config
}

// id is the ID of the account.
func (w *world) id() string { return w.ID(azure.VideoAnalyzerType, "contosovideo") }

// analyzers is somebody else's client of accounts.
func (w *world) analyzers() *armmedia.VideoAnalyzersClient {
	w.t.Helper()
	client, err := w.Client.VideoAnalyzers(w.SubscriptionID())
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

// show reads the account as Azure has it.
func (w *world) show() armmedia.VideoAnalyzer {
	w.t.Helper()
	found, err := w.analyzers().Get(context.WithoutCancel(w.t.Context()), "media", "contosovideo")
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// patch changes the account, as somebody else.
func (w *world) patch(update armmedia.VideoAnalyzerUpdate) {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	poller, err := w.analyzers().BeginUpdate(ctx, "media", "contosovideo", update)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := azure.Await(ctx, poller); err != nil {
		w.t.Fatal(err)
	}
}

// says fails the test unless there is exactly one diagnostic, an error, with all the texts.
func says(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	if len(diags) != 1 || len(diags.Errors()) != 1 {
		t.Fatalf("want one error, got %d:\n%s", len(diags), diags.Text())
	}
	for _, text := range append(texts, "Found: ", "Required: ", "Remedy: ", nothingChanged) {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("lacks %q:\n%s", text, diags.Text())
		}
	}
}

// silent fails the test if anything is said.
func silent(t *testing.T, when string, diags acctest.Diagnostics) {
	t.Helper()
	if len(diags) > 0 {
		t.Errorf("%s: %s", when, diags.Text())
	}
}
