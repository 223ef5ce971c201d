// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// TestMove takes over from azurerm what it attached to a storage account: nothing is left to plan.
func TestMove(t *testing.T) {
	t.Parallel()
	const azurerm, azurermType = "registry.terraform.io/hashicorp/azurerm", "azurerm_storage_account_customer_managed_key"
	w := newStore(t)
	proto := w.Proto()
	source := map[string]any{
		"id": w.account, "storage_account_id": strings.ReplaceAll(w.account, "resourceGroups", "resourcegroups"),
		"key_vault_id":  "/subscriptions/s/resourceGroups/media/providers/Microsoft.KeyVault/vaults/keys",
		"key_vault_uri": "https://keys.vault.azure.net/", "key_name": "media", "key_version": "",
		"user_assigned_identity_id": "", "federated_identity_client_id": "", "timeouts": nil,
	}
	with := func(changes map[string]any) map[string]any {
		changed := maps.Clone(source)
		maps.Copy(changed, changes)
		return changed
	}
	type move struct {
		state    map[string]any
		key      string
		identity string
	}
	moves := map[string]move{}
	for _, major := range []string{"3", "4", "5"} {
		moves["following, system-assigned, "+major] = move{azurermState(t, w, major, versionless(w.key), ""), versionless(w.key), ""}
		moves["pinned, user-assigned, "+major] = move{azurermState(t, w, major, w.key, w.reader), w.key, w.reader}
	}
	for name, test := range moves {
		config, proto := w.changed(test.key, test.identity), w.Proto()
		made := proto.Create(attachment, config)
		patches := w.patches()
		moved, diags := proto.Move(attachment, acctest.Source{Provider: azurerm, Type: azurermType, State: test.state})
		if len(diags) > 0 {
			t.Fatalf("%s: %s", name, diags.Text())
		}
		if diff := cmp.Diff(made.Identity, moved.Identity); diff != "" {
			t.Errorf("%s: the identity differs: %s", name, diff)
		}
		if moved.State["key_vault_key_id"] != test.key || moved.State["account_id"] != w.account {
			t.Errorf("%s: moved as %v", name, moved.State)
		}
		refreshed, diags := proto.Read(moved)
		if diff := cmp.Diff(made.State, refreshed.State); diff != "" || len(diags) > 0 {
			t.Errorf("%s: the move differs from an attachment made here: %s%s", name, diff, diags.Text())
		}
		plan := w.Proto().Plan(attachment, refreshed, config)
		if len(plan.Diagnostics) > 0 {
			t.Errorf("%s: %s", name, plan.Diagnostics.Text())
		}
		unchanged(t, refreshed, plan)
		if w.patches() != patches {
			t.Errorf("%s: the move changed the account", name)
		}
		if _, diags := proto.Apply(proto.Plan(attachment, refreshed, nil)); len(diags) > 0 {
			t.Fatalf("%s: %s", name, diags.Text())
		}
	}

	// A key of a managed HSM, as azurerm's versions keep it.
	const hsm = "https://keys.managedhsm.azure.net/keys/media"
	for _, changes := range []map[string]any{
		{"key_vault_uri": "", "key_name": "", "managed_hsm_key_id": hsm},
		{"key_vault_uri": "https://keys.managedhsm.azure.net/"},
		{"key_vault_uri": nil, "key_name": nil, "key_vault_key_id": hsm},
	} {
		moved, diags := proto.Move(attachment, acctest.Source{Provider: azurerm, Type: azurermType, State: with(changes)})
		if len(diags) > 0 || moved.State["key_vault_key_id"] != hsm {
			t.Errorf("moved as %v: %s", moved.State, diags.Text())
		}
	}

	for name, test := range map[string]struct {
		from acctest.Source
		want string
	}{
		"another type":     {acctest.Source{Provider: azurerm, Type: "azurerm_storage_account", State: source}, "Unable to Move Resource State"},
		"another provider": {acctest.Source{Provider: "registry.terraform.io/contoso/other", Type: azurermType, State: source}, "Unable to Move Resource State"},
		"no account": {
			acctest.Source{Provider: azurerm, Type: azurermType, State: with(map[string]any{"storage_account_id": "x"})},
			"Import the attachment instead",
		},
		"no key": {
			acctest.Source{Provider: azurerm, Type: azurermType, State: with(map[string]any{"key_vault_uri": nil, "key_name": nil})},
			`no key for ` + strings.ReplaceAll(w.account, "resourceGroups", "resourcegroups") + `: key_vault_key_id is "", key_vault_uri "" and key_name "", ` +
				"in the state of an azurerm_storage_account_customer_managed_key (version 0 of its schema) that a moved block " +
				"moves to an azuremedia_customer_key_attachment",
		},
		"no state": {
			acctest.Source{Provider: azurerm, Type: azurermType, State: map[string]any{"key_name": 1}}, "that cannot be read",
		},
		"another tenant": {
			acctest.Source{Provider: azurerm, Type: azurermType, State: with(map[string]any{
				"federated_identity_client_id": "00000000-0000-0000-0000-000000000000",
			})}, "a vault of another tenant",
		},
	} {
		if _, diags := proto.Move(attachment, test.from); !strings.Contains(diags.Text(), test.want) {
			t.Errorf("%s: lacks %q: %s", name, test.want, diags.Text())
		}
	}
}

// azurermState is the state of an attachment as a major version of azurerm writes it.
func azurermState(t *testing.T, w *storeworld, major, key, identity string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "azurerm", major+".json"))
	if err != nil {
		t.Fatal(err)
	}
	id := customerkey.ReadKeyID(key)
	var state map[string]any
	if err := json.Unmarshal([]byte(strings.NewReplacer(
		"ACCOUNT", w.account, "IDENTITY", identity, "KEY", key, "NAME", id.Name, "VERSION", id.Version,
		"VAULT", w.ID(azure.VaultType, "keys"),
	).Replace(string(text))), &state); err != nil {
		t.Fatal(err)
	}
	return state
}
