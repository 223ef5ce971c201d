// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// TestIDs_ofAnotherKind are refused before the plan, at the argument, by every resource and data source.
func TestIDs_ofAnotherKind(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	proto := w.Proto()
	other := w.ID("Microsoft.Compute/virtualMachines", "vm")
	refused := func(name string, at argument, validate func(acctest.Value) acctest.Diagnostics) {
		t.Helper()
		last := at.names[len(at.names)-1]
		// The others are no IDs of resources.
		if !strings.HasSuffix(last, "_id") && !strings.HasSuffix(last, "_ids") && last != "id" ||
			slices.Contains([]string{"principal_id", "subscription_ids", "key_vault_key_id"}, last) {
			return
		}
		var value any = other
		if strings.HasSuffix(last, "_ids") {
			value = []any{other}
		}
		found, config := false, at.set(w, acctest.Value{}, value)
		if accounts, ok := config["storage_accounts"].([]any); ok && last != "id" {
			accounts[0].(acctest.Value)["id"] = w.ID(azure.StorageAccountType, "store")
		}
		if last == "key_vault_id" && at.names[0] == "secrets" {
			config["secrets"] = []any{acctest.Value{"name": "storage-key", last: other}}
		}
		diags := validate(config)
		for _, one := range diags.Errors() {
			found = found || strings.Contains(one.Attribute.String(), at.names[0]) && strings.Contains(one.Detail, "virtualMachines")
		}
		if !found {
			t.Errorf("%s.%s takes the ID of a virtual machine: %s", name, at, diags.Text())
		}
	}
	for name, schema := range proto.Schemas().ResourceSchemas {
		for _, at := range arguments(schema.Block.Attributes) {
			refused(name, at, func(config acctest.Value) acctest.Diagnostics { return proto.Validate(name, config) })
		}
	}
	for name, schema := range proto.Schemas().DataSourceSchemas {
		for _, at := range arguments(schema.Block.Attributes) {
			refused(name, at, func(config acctest.Value) acctest.Diagnostics { return proto.ValidateData(name, config) })
		}
	}
}
