// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// world is an Azure with a vault for the key.
type world struct {
	*fixture.World
	t *testing.T
}

func newWorld(t *testing.T, vault ...func(*armkeyvault.VaultCreateOrUpdateParameters)) world {
	t.Helper()
	w := world{fixture.New(t), t}
	w.Vault("keys", vault...)
	return w
}

// config is a configuration with some attributes added or set to something else.
func (w world) config(changes acctest.Value) acctest.Value {
	configured := acctest.Value{"name": "media", "key_vault_id": w.ID(azure.VaultType, "keys")}
	for name, value := range changes {
		configured[name] = value
	}
	return configured
}

// strike has something go wrong once.
func (w world) strike(f fault.Fault) {
	w.t.Helper()
	if _, err := w.Rehearsal().AddFault(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// settled fails the test unless a refresh and a plan find nothing to do. It returns the key as it
// was refreshed.
func (w world) settled(proto *acctest.Proto, object acctest.Object, configured acctest.Value) acctest.Object {
	w.t.Helper()
	read, diags := proto.Read(object)
	if len(diags) > 0 {
		w.t.Fatal(diags.Text())
	}
	plan := proto.Plan(resourceType, read, configured)
	unordered := cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
	if diff := cmp.Diff(read.State, plan.State, unordered); diff != "" || len(plan.Diagnostics) > 0 {
		w.t.Errorf("something is still planned (-state +plan):\n%s%s", diff, plan.Diagnostics.Text())
	}
	return read
}

// must fails the test if anything was said.
func must(t *testing.T, object acctest.Object, diags acctest.Diagnostics) acctest.Object {
	t.Helper()
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	return object
}

// says fails the test unless everything was said.
func says(t *testing.T, diags acctest.Diagnostics, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(diags.Text(), text) {
			t.Errorf("lacks %q:\n%s", text, diags.Text())
		}
	}
}
