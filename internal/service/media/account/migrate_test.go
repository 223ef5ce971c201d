// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

const azurermType = "azurerm_media_services_account"

func TestProtoAccount_movesFromAzurerm(t *testing.T) {
	t.Parallel()
	w, identity := keyed(t)
	second := w.store("mediatwo", nil)
	config := w.with(keyID, identity, acctest.Value{
		"storage_accounts":            []any{acctest.Value{"id": w.one, "is_primary": true}, acctest.Value{"id": second}},
		"tags":                        acctest.Value{"a": "1"},
		"key_delivery_access_control": acctest.Value{"default_action": "Deny", "ip_allow_list": []any{"203.0.113.7"}},
	})
	created := w.proto.Create(resourceType, config)
	encryption, _ := created.State["encryption"].(acctest.Value)

	source := map[string]any{
		"id":   strings.ReplaceAll(created.Identity["id"], "mediaservices", "mediaServices"),
		"name": "contosomedia", "resource_group_name": "media", "location": "westus2",
		"storage_account": []any{
			map[string]any{"id": w.one, "is_primary": true, "managed_identity": []any{}},
			map[string]any{"id": second, "is_primary": false, "managed_identity": []any{}},
		},
		"storage_authentication_type": "System", "public_network_access_enabled": true,
		"identity": []any{map[string]any{
			"type": "UserAssigned", "identity_ids": []any{identity}, "principal_id": "", "tenant_id": "",
		}},
		"encryption": []any{map[string]any{
			"type": "CustomerKey", "key_vault_key_identifier": keyID, "current_key_identifier": encryption["current_key_id"],
			"managed_identity": []any{map[string]any{"user_assigned_identity_id": identity, "use_system_assigned_identity": false}},
		}},
		"key_delivery_access_control": []any{map[string]any{"default_action": "Deny", "ip_allow_list": []any{"203.0.113.7"}}},
		"tags":                        map[string]any{"a": "1"}, "timeouts": nil,
	}
	const azurerm = "registry.terraform.io/hashicorp/azurerm"
	moved, diags := w.proto.Move(resourceType, acctest.Source{
		Provider: azurerm, Type: azurermType, SchemaVersion: 1, State: source,
	})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff(created.Identity, moved.Identity); diff != "" {
		t.Errorf("the identity differs: %s", diff)
	}
	refreshed, diags := w.proto.Read(moved)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	plan := w.Proto().Plan(resourceType, refreshed, config)
	if len(plan.Diagnostics) > 0 || !cmp.Equal(refreshed.State, plan.State) {
		t.Errorf("the move leaves something to do: %s%s", plan.Diagnostics.Text(), cmp.Diff(refreshed.State, plan.State))
	}

	bare := map[string]any{
		"id": source["id"], "name": "contosomedia", "resource_group_name": "media", "location": "westus2",
		"storage_account": source["storage_account"], "storage_authentication_type": "System",
		"public_network_access_enabled": nil, "identity": []any{}, "encryption": []any{},
		"key_delivery_access_control": []any{}, "tags": nil,
	}
	moved, diags = w.proto.Move(resourceType, acctest.Source{
		Provider: azurerm, Type: azurermType, SchemaVersion: 1, State: bare,
	})
	refreshed, _ = w.proto.Read(moved)
	if len(diags) > 0 || refreshed.State["identity"] != nil || refreshed.State["tags"] != nil || refreshed.State["media_service_id"] == nil {
		t.Errorf("moved as %v: %s", refreshed.State, diags.Text())
	}

	for name, test := range map[string]struct {
		from acctest.Source
		want string
	}{
		"an old schema":    {acctest.Source{Provider: azurerm, Type: azurermType, State: source}, "azurerm 3.117.1 first"},
		"another type":     {acctest.Source{Provider: azurerm, Type: "azurerm_storage_account", SchemaVersion: 1, State: source}, "Unable to Move Resource State"},
		"another provider": {acctest.Source{Provider: "registry.terraform.io/contoso/other", Type: azurermType, SchemaVersion: 1, State: source}, "Unable to Move Resource State"},
		"no ID":            {acctest.Source{Provider: azurerm, Type: azurermType, SchemaVersion: 1, State: map[string]any{"id": "x"}}, "Import it instead"},
		"no state":         {acctest.Source{Provider: azurerm, Type: azurermType, SchemaVersion: 1, State: map[string]any{"id": 1}}, "Import it instead"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, diags := w.proto.Move(resourceType, test.from); !strings.Contains(diags.Text(), test.want) {
				t.Errorf("lacks %q: %s", test.want, diags.Text())
			}
		})
	}
}

func TestProtoAccount_importsByIDAndByIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(acctest.Value{"identity": acctest.Value{"type": "SystemAssigned"}}))
	lower := strings.ToLower(created.Identity["id"])
	byID, diags := w.proto.ImportByID(resourceType, lower)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	byIdentity, diags := w.proto.ImportByIdentity(resourceType, map[string]string{"id": lower})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	for _, imported := range []acctest.Object{byID, byIdentity} {
		if diff := cmp.Diff(created.Identity, imported.Identity); diff != "" {
			t.Errorf("the identity of the import differs: %s", diff)
		}
		plan := w.proto.Plan(resourceType, imported, w.config(acctest.Value{"identity": acctest.Value{"type": "SystemAssigned"}}))
		if len(plan.Diagnostics) > 0 || !cmp.Equal(imported.State, plan.State) {
			t.Errorf("the import leaves something to do: %s%s", plan.Diagnostics.Text(), cmp.Diff(imported.State, plan.State))
		}
	}
	if _, diags := w.proto.ImportByID(resourceType, w.one); !strings.Contains(diags.Text(), "/Microsoft.Media/mediaservices/<name>") {
		t.Errorf("does not show what an ID looks like: %s", diags.Text())
	}
}
