// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

func TestAccAccount_dataSources(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const data = `
data "azuremedia_account" "by_name" {
  name                = azuremedia_account.test.name
  resource_group_name = "MEDIA"
}

data "azuremedia_account" "by_id" {
  id = lower(azuremedia_account.test.id)
}

data "azuremedia_accounts" "all" {
  depends_on = [azuremedia_account.test]
}
`
	config := azure.Config(data + account(one+two, `
		tags     = { a = "1" }
		identity = { type = "SystemAssigned" }`))
	like := func(source, attribute string, value knownvalue.Check) statecheck.StateCheck {
		return check.Resource("data."+source).Has(attribute, value)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				like("azuremedia_account.by_name", "identity.principal_id", guid),
				like("azuremedia_account.by_name", "location", knownvalue.StringExact("West US 2")),
				like("azuremedia_account.by_id", "name", knownvalue.StringExact("contosomedia")),
				like("azuremedia_account.by_id", "storage_accounts", knownvalue.SetSizeExact(2)),
				like("azuremedia_account.by_id", "encryption.type", knownvalue.StringExact("SystemKey")),
				like("azuremedia_accounts.all", "accounts", knownvalue.ListSizeExact(1)),
			},
		}},
	})
}

func TestProtoAccount_dataSourcesShowEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(acctest.Value{
		"tags": acctest.Value{"a": "1"}, "identity": acctest.Value{"type": "SystemAssigned"},
	}))
	w.proto.Create(resourceType, w.config(acctest.Value{"name": "another"}))
	want := acctest.Value{}
	for name, value := range created.State {
		if name != "timeouts" {
			want[name] = value
		}
	}
	want["location"] = "West US 2"

	found, diags := w.proto.ReadData("azuremedia_account", acctest.Value{"name": "contosomedia", "resource_group_name": "media"})
	if diff := cmp.Diff(want, found); len(diags) > 0 || diff != "" {
		t.Errorf("by name: %s%s", diff, diags.Text())
	}
	want["id"] = strings.ToLower(created.Identity["id"])
	found, diags = w.proto.ReadData("azuremedia_account", acctest.Value{"id": want["id"]})
	if diff := cmp.Diff(want, found); len(diags) > 0 || diff != "" {
		t.Errorf("by ID: %s%s", diff, diags.Text())
	}
	want["id"] = created.Identity["id"]

	for _, test := range []struct {
		name   string
		config acctest.Value
		want   []string
	}{
		{"all", nil, []string{"another", "contosomedia"}},
		{"of a group", acctest.Value{"resource_group_name": "MEDIA"}, []string{"another", "contosomedia"}},
		{"tagged", acctest.Value{"required_tags": acctest.Value{"A": "1"}}, []string{"contosomedia"}},
		{"tagged otherwise", acctest.Value{"required_tags": acctest.Value{"a": "2"}}, nil},
		{"tagged with more", acctest.Value{"required_tags": acctest.Value{"a": "1", "b": "1"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.config == nil {
				test.config = acctest.Value{}
			}
			found, diags := w.proto.ReadData("azuremedia_accounts", test.config)
			if len(diags) > 0 {
				t.Fatal(diags.Text())
			}
			var names []string
			list, _ := found["accounts"].([]any)
			for _, one := range list {
				shown, _ := one.(acctest.Value)
				name, _ := shown["name"].(string)
				names = append(names, name)
				if diff := cmp.Diff(want, shown); name == "contosomedia" && diff != "" {
					t.Errorf("the account differs: %s", diff)
				}
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Error(diff)
			}
		})
	}

	_, diags = w.proto.ReadData("azuremedia_account", acctest.Value{"name": "nobody", "resource_group_name": "media"})
	if text := diags.Text(); !strings.Contains(text, "Media Services Account Not Found") || !strings.Contains(text, "nobody") {
		t.Errorf("does not say what was not found: %s", text)
	}
	_, diags = w.proto.ReadData("azuremedia_account", acctest.Value{"id": w.one})
	if text := diags.Text(); !strings.Contains(text, "Media Services Account Not Read") {
		t.Errorf("reads something else: %s", text)
	}
	_, diags = w.proto.ReadData("azuremedia_accounts", acctest.Value{"resource_group_name": "nowhere"})
	if text := diags.Text(); !strings.Contains(text, "nowhere") {
		t.Errorf("does not say which group: %s", text)
	}
}

// TestProtoAccount_dataSourcesShowTheRest shows what only an account has that uses all there is.
func TestProtoAccount_dataSourcesShowTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	identity, reader := w.Identity("reader")
	w.Vault("keys")
	w.Grant("keys", reader)
	key := w.Key("keys", "media")
	contribute(t, w.azure, "mediaone", "reader")
	created := w.proto.Create(resourceType, w.config(acctest.Value{
		"identity":                    acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}},
		"storage_authentication_type": "ManagedIdentity",
		"storage_accounts": []any{acctest.Value{
			"id": w.one, "is_primary": true, "user_assigned_identity_id": identity,
		}},
		"encryption": acctest.Value{
			"type": "CustomerKey", "key_vault_key_id": key, "user_assigned_identity_id": identity,
		},
		"key_delivery_access_control": acctest.Value{
			"default_action": "Deny", "ip_allow_list": []any{"203.0.113.0/24"},
		},
	}))
	w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	created, diags := w.proto.Read(created)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	want := maps.Clone(created.State)
	delete(want, "timeouts")
	want["location"] = "West US 2"
	if encryption, _ := want["encryption"].(acctest.Value); encryption["status"] != "CustomerKeyInaccessible" {
		t.Errorf("the account reaches its key still: %v", encryption)
	}

	found, diags := w.proto.ReadData("azuremedia_account", acctest.Value{
		"name": "contosomedia", "resource_group_name": "media",
	})
	if diff := cmp.Diff(want, found); len(diags) > 0 || diff != "" {
		t.Errorf("by name (-created +found):\n%s%s", diff, diags.Text())
	}
	all, diags := w.proto.ReadData("azuremedia_accounts", acctest.Value{})
	if diff := cmp.Diff([]any{want}, all["accounts"]); len(diags) > 0 || diff != "" {
		t.Errorf("among all (-created +found):\n%s%s", diff, diags.Text())
	}
}
