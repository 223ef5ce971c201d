// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestMove takes accounts over from azurerm: the plan after it is empty.
func TestMove(t *testing.T) {
	t.Parallel()
	const azurerm, azurermType = "registry.terraform.io/hashicorp/azurerm", "azurerm_video_analyzer"
	w := newWorld(t)
	config := w.config(acctest.Value{"tags": acctest.Value{"a": "1"}})
	created := w.proto.Create(resourceType, config)
	source := map[string]any{
		"id": created.Identity["id"], "name": "contosovideo", "resource_group_name": "media", "location": "westus2",
		"storage_account": []any{map[string]any{"id": w.store, "user_assigned_identity_id": w.identity}},
		"identity":        []any{map[string]any{"type": "UserAssigned", "identity_ids": []any{w.identity}}},
		"tags":            map[string]any{"a": "1"}, "timeouts": nil,
	}
	for name, change := range map[string]map[string]any{
		"whole": {},
		"bare":  {"tags": nil, "storage_account": []any{}, "identity": []any{}},
	} {
		from := maps.Clone(source)
		maps.Copy(from, change)
		moved, diags := w.proto.Move(resourceType, acctest.Source{Provider: azurerm, Type: azurermType, State: from})
		silent(t, name, diags)
		if diff := cmp.Diff(created.Identity, moved.Identity); diff != "" {
			t.Errorf("%s: the identity differs: %s", name, diff)
		}
		refreshed, diags := w.proto.Read(moved)
		silent(t, name, diags)
		wanted := maps.Clone(config)
		if from["tags"] == nil {
			delete(wanted, "tags")
		}
		plan := w.proto.Plan(resourceType, refreshed, wanted)
		if len(plan.Diagnostics) > 0 || !cmp.Equal(refreshed.State, plan.State) {
			t.Errorf("%s: the move leaves something to do: %s%s",
				name, plan.Diagnostics.Text(), cmp.Diff(refreshed.State, plan.State))
		}
	}
	for name, test := range map[string]struct {
		from acctest.Source
		want string
	}{
		"another type":     {acctest.Source{Provider: azurerm, Type: "azurerm_storage_account", State: source}, "Unable to Move Resource State"},
		"another provider": {acctest.Source{Provider: "registry.terraform.io/contoso/other", Type: azurermType, State: source}, "Unable to Move Resource State"},
		"no ID":            {acctest.Source{Provider: azurerm, Type: azurermType, State: map[string]any{"id": "x"}}, "Import it instead"},
		"no state":         {acctest.Source{Provider: azurerm, Type: azurermType, State: map[string]any{"id": 1}}, "Import it instead"},
	} {
		if _, diags := w.proto.Move(resourceType, test.from); !strings.Contains(diags.Text(), test.want) {
			t.Errorf("%s: lacks %q: %s", name, test.want, diags.Text())
		}
	}
}
