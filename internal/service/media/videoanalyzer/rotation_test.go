// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

const rotation = "azuremedia_storage_key_rotation"

// TestRotation_syncsAnAccountThatHoldsKeys: one without an identity for its storage is told of new
// keys, and missed where the configuration leaves it out; one with an identity is left alone.
func TestRotation_syncsAnAccountThatHoldsKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(acctest.Value{
		"storage_account": acctest.Value{"id": w.store},
	}))
	forgotten := w.Proto().Plan(rotation, acctest.Object{}, acctest.Value{"storage_account_id": w.store})
	if diags := forgotten.Diagnostics.Text(); !strings.Contains(diags, "(ROT003)") ||
		!strings.Contains(diags, "Add to dependent_ids: \""+w.id()) {
		t.Errorf("an account is forgotten, and nobody says so: %s", diags)
	}
	syncs := func() int { return len(w.Requests(http.MethodPost, put+"/syncStorageKeys")) }
	config := acctest.Value{
		"storage_account_id": w.store, "dependent_ids": []any{w.id()},
		"rotate_on_create": true, "strategy": "alternate",
	}
	rolled := w.proto.Create(rotation, config)
	if syncs() == 0 {
		t.Error("the account was not told of the new key")
	}
	for _, call := range w.Requests(http.MethodPost, put+"/syncStorageKeys") {
		if call.Status != http.StatusOK || !strings.Contains(call.Query, "2021-05-01-preview") {
			t.Errorf("the keys were synced by %+v", call)
		}
	}

	before := syncs()
	w.proto.Update(created, w.config(nil))
	rolled, diags := w.proto.Read(rolled)
	silent(t, "reading the rotation", diags)
	config["rotate_when_changed"] = acctest.Value{"generation": "2"}
	again := w.Proto()
	plan := again.Plan(rotation, rolled, config)
	if text := plan.Diagnostics.Text(); !strings.Contains(text, " is skipped: ") || !strings.Contains(text, w.id()) ||
		!strings.Contains(text, "managed identity") {
		t.Errorf("an account with an identity is not said to be skipped: %s", text)
	}
	if _, diags := again.Apply(plan); len(diags.Errors()) > 0 {
		t.Error(diags.Text())
	}
	if syncs() != before {
		t.Error("an account that holds no keys was told of new ones")
	}
}

// TestRotation_withoutTheService rolls keys in a cloud that does not have Video Analyzer, or not any
// more: there is nobody to forget, and nothing to say about it. Other errors are said.
func TestRotation_withoutTheService(t *testing.T) {
	t.Parallel()
	for code, text := range map[string]string{"InvalidResourceType": "", "AuthorizationFailed": "could not be listed (Azure answered 404, code AuthorizationFailed"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			_, err := w.Rehearsal().AddFault(t.Context(), fault.Fault{
				Kind: fault.Error, Path: "*/providers/Microsoft.Media/videoAnalyzers", Times: -1,
				Status: http.StatusNotFound, Code: code, Message: "There is none.",
			})
			if err != nil {
				t.Fatal(err)
			}
			plan := w.proto.Plan(rotation, acctest.Object{}, acctest.Value{"storage_account_id": w.store})
			if diags := plan.Diagnostics.Text(); text == "" && diags != "" || !strings.Contains(diags, text) {
				t.Errorf("want %q: %s", text, diags)
			}
		})
	}
}
