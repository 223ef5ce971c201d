// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// planned is another resource of the plan that has the attachment.
type planned struct {
	kind     string
	imported string // The ID of what exists; empty for a new resource.
	config   acctest.Value
}

// TestPlan_whatTheSamePlanPutsRight warns of what is missing unless the plan itself, by another
// resource, does it.
func TestPlan_whatTheSamePlanPutsRight(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule string
		// arrange breaks the rule, and returns the attachment and the resource that puts it right.
		arrange func(world) (acctest.Value, planned)
		// short changes the other resource so that it does not put it right.
		short acctest.Value
	}{
		"a grant": {
			"CMK009", func(w world) (acctest.Value, planned) {
				w.Revoke("keys", w.principal())
				return w.config(), planned{"azuremedia_customer_key_grant", "", acctest.Value{
					"key_vault_id": w.ID(azure.VaultType, "keys"), "principal_id": w.principal(),
				}}
			},
			acctest.Value{"principal_id": "11111111-2222-3333-4444-555555555555"},
		},
		"a grant of the key alone": {
			"CMK009", func(w world) (acctest.Value, planned) {
				w.Vault("roles", fixture.ByRoles)
				config := with(w.config(), "key_vault_key_id", versionless(w.Key("roles", "media")))
				return config, planned{"azuremedia_customer_key_grant", "", acctest.Value{
					"key_vault_id": w.ID(azure.VaultType, "roles"), "principal_id": w.principal(), "key_name": "media",
				}}
			},
			acctest.Value{"principal_id": "11111111-2222-3333-4444-555555555555"},
		},
		"purge protection": {
			"CMK007", func(w world) (acctest.Value, planned) {
				id := w.Vault("weak", fixture.WithoutPurgeProtection)
				w.Grant("weak", w.principal())
				config := with(w.config(), "key_vault_key_id", versionless(w.Key("weak", "media")))
				return config, planned{"azuremedia_key_vault", id, acctest.Value{
					"name": "weak", "resource_group_name": fixture.Group, "location": fixture.Location,
					"sku_name": "premium", "purge_protection_enabled": true,
				}}
			},
			acctest.Value{"purge_protection_enabled": false},
		},
		"an enabled key": {
			"CMK004", func(w world) (acctest.Value, planned) {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return w.config(), planned{"azuremedia_key_vault_key", versionless(w.key), acctest.Value{
					"name": "media", "key_vault_id": w.ID(azure.VaultType, "keys"), "enabled": true,
				}}
			},
			acctest.Value{"key_opts": []any{"wrapKey"}},
		},
		"a new version of the key": {
			"CMK004", func(w world) (acctest.Value, planned) {
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				return w.config(), planned{"azuremedia_key_vault_key", versionless(w.key), acctest.Value{
					"name": "media", "key_vault_id": w.ID(azure.VaultType, "keys"), "enabled": true,
					"rotate_when_changed": acctest.Value{"n": "1"},
				}}
			},
			acctest.Value{"enabled": false},
		},
		"an identity": {
			"CMK008", func(w world) (acctest.Value, planned) {
				id, principal := w.Identity("reader")
				w.Grant("keys", principal)
				return with(w.config(), "user_assigned_identity_id", id), planned{"azuremedia_account", w.account, acctest.Value{
					"name": "contoso", "resource_group_name": fixture.Group, "location": fixture.Location,
					"storage_accounts": []any{acctest.Value{
						"id": w.ID(azure.StorageAccountType, "contoso"), "is_primary": true,
					}},
					"identity": acctest.Value{"type": "SystemAssigned, UserAssigned", "identity_ids": []any{id}},
				}}
			},
			acctest.Value{"identity": acctest.Value{"type": "SystemAssigned"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			attached, other := test.arrange(w)
			plan := func(config acctest.Value) acctest.Diagnostics {
				proto := w.Proto()
				var prior acctest.Object
				if other.imported != "" {
					prior, _ = proto.ImportByID(other.kind, other.imported)
				}
				if diags := proto.Plan(other.kind, prior, config).Diagnostics; len(diags) > 0 {
					t.Fatalf("%s: %s", other.kind, diags.Text())
				}
				return proto.Plan(attachment, acctest.Object{}, attached).Diagnostics
			}
			if diags := plan(other.config); len(diags) > 0 {
				t.Errorf("the plan puts it right, and says: %s", diags.Text())
			}
			short := other.config
			for attribute, value := range test.short {
				short = with(short, attribute, value)
			}
			says(t, plan(short), test.rule, "WARNING", "If another resource does so in this apply")
			says(t, w.Proto().Plan(attachment, acctest.Object{}, attached).Diagnostics, test.rule, "WARNING")
		})
	}
}
