// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestCrash_isAnErrorOfOneResource: every operation on a resource that panics fails, and an apply of
// another one that is under way ends well.
func TestCrash_isAnErrorOfOneResource(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	calm := w.Proto()
	made := acctest.Value{"name": "good", "location": "westus2"}
	good := calm.Create("azuremedia_resource_group", made)
	bad := calm.Create("azuremedia_resource_group", acctest.Value{"name": "bad", "location": "westus2"})
	account := w.Account("badmedia")
	w.Vault("keys")

	another := acctest.Value{"name": "bad2", "location": "westus2"}
	creation := calm.Plan(bad.Type, acctest.Object{}, another)

	under, over := make(chan struct{}), make(chan struct{})
	w.Wrap(func(through http.RoundTripper) http.RoundTripper {
		return acctest.RoundTripper(func(req *http.Request) (*http.Response, error) {
			switch path := strings.ToLower(req.URL.Path); {
			case strings.Contains(path, "/bad"), strings.Contains(path, "/keys"):
				var none *http.Response
				none.StatusCode++
			case req.Method == http.MethodPatch && strings.Contains(path, "/good"):
				close(under)
				<-over
			}
			return through.RoundTrip(req)
		})
	})
	proto := w.Proto()
	ended := make(chan acctest.Object)
	go func() {
		changed, _ := proto.Apply(proto.Plan(good.Type, good, acctest.Value{"name": "good", "location": "westus2", "tags": acctest.Value{"a": "b"}}))
		ended <- changed
	}()
	<-under

	crashed := func(what string, diags acctest.Diagnostics) {
		t.Helper()
		for _, want := range []string{"Provider Bug", "crashed", "nil pointer dereference", "crash_test.go", "/issues"} {
			if !strings.Contains(diags.Text(), want) {
				t.Errorf("%s: lacks %q: %s", what, want, diags.Text())
			}
		}
	}
	left, diags := proto.Read(bad)
	crashed("read", diags)
	if diff := cmp.Diff(bad, left); diff != "" {
		t.Errorf("a read that crashed changes the state: %s", diff)
	}
	left, diags = proto.Apply(proto.Plan(bad.Type, bad, acctest.Value{"name": "bad", "location": "westus2", "tags": acctest.Value{"a": "b"}}))
	crashed("update", diags)
	if diff := cmp.Diff(bad.State, left.State); diff != "" {
		t.Errorf("an update that crashed changes the state: %s", diff)
	}
	left, diags = proto.Apply(proto.Plan(bad.Type, bad, nil))
	crashed("delete", diags)
	if diff := cmp.Diff(bad.State, left.State); diff != "" {
		t.Errorf("a deletion that crashed changes the state: %s", diff)
	}
	crashed("plan", proto.Plan(bad.Type, acctest.Object{}, another).Diagnostics)
	_, diags = proto.Apply(creation)
	crashed("create", diags)
	_, diags = proto.ImportByID(bad.Type, bad.Identity["id"])
	crashed("refresh of an import", diags)
	_, diags = proto.ReadData("azuremedia_encryption_posture", acctest.Value{"account_id": account}) // In a group.
	crashed("data source", diags)
	_, diags = proto.List("azuremedia_key_vault_key", acctest.Query{})
	crashed("list", diags)
	_, diags = proto.Invoke("azuremedia_verify", acctest.Value{
		"storage_account_id": w.ID(azure.StorageAccountType, "badmedia"), "verify": []any{acctest.Value{"signed": true}},
		"secrets": []any{acctest.Value{"id": "https://keys.vault.azure.net/secrets/badmedia"}},
	})
	crashed("action", diags)
	close(over)
	if changed := <-ended; changed.State == nil || !cmp.Equal(changed.State["tags"], any(acctest.Value{"a": "b"})) {
		t.Errorf("the other one was left as %v", changed.State)
	}
	if !slices.Contains(w.Calls(func() { _, _ = proto.Read(good) }), "GET management.azure.com/subscriptions/{id}/resourcegroups/good") {
		t.Error("the provider no longer works")
	}
}
