// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

const nothingChanged = "Nothing was changed."

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

// TestProtoAccount_validate breaks what needs no Azure to be found.
func TestProtoAccount_validate(t *testing.T) {
	t.Parallel()
	const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/"
	identity := "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
	primary, second := acctest.Value{"id": id + "a", "is_primary": true}, acctest.Value{"id": id + "b"}
	many := []any{primary}
	for i := range 100 {
		many = append(many, acctest.Value{"id": fmt.Sprintf("%sb%d", id, i)})
	}
	proto := acctest.New(t).Proto()
	for _, test := range []struct {
		name  string
		more  acctest.Value
		texts []string // None is no error.
	}{
		{"all right", nil, nil},
		{"what is not known", acctest.Value{"storage_accounts": acctest.Unknown{}}, nil},
		{
			"a role that is not known",
			acctest.Value{"storage_accounts": []any{acctest.Value{"id": acctest.Unknown{}, "is_primary": acctest.Unknown{}}}},
			nil,
		},
		{
			"no primary",
			acctest.Value{"storage_accounts": []any{second}},
			[]string{"(ACC001)", `"storage_accounts"`, "0 primary storage accounts among 1", "exactly one primary"},
		},
		{
			"two primaries",
			acctest.Value{"storage_accounts": []any{primary, acctest.Value{"id": id + "b", "is_primary": true}}},
			[]string{"(ACC001)", `"storage_accounts"`, "2 primary storage accounts among 2", "Mark exactly one"},
		},
		{
			"one twice",
			acctest.Value{"storage_accounts": []any{primary, acctest.Value{"id": strings.ToUpper(id + "a")}}},
			[]string{"(ACC001)", "more than once", "each storage account once"},
		},
		{
			"too many",
			acctest.Value{"storage_accounts": many},
			[]string{"(ACC005)", "101 storage accounts", "at most 100"},
		},
		{
			"a name that Azure refuses",
			acctest.Value{"name": "Contoso-Media"},
			[]string{"(ACC003)", `"name"`, "'C', '-', 'M'", "3 to 24 lower-case letters and digits"},
		},
		{
			"something else than storage",
			acctest.Value{"storage_accounts": []any{acctest.Value{"id": identity, "is_primary": true}}},
			[]string{"Invalid Storage Account ID", `"storage_accounts"`, "userAssignedIdentities", "/Microsoft.Storage/storageAccounts/<name>"},
		},
		{
			"an identity for storage that is reached by its keys",
			acctest.Value{"storage_accounts": []any{acctest.Value{"id": id + "a", "is_primary": true, "user_assigned_identity_id": identity}}},
			[]string{"Unexpected User-Assigned Identity", `storage_authentication_type = "ManagedIdentity"`},
		},
		{
			"addresses that are let in anyway",
			acctest.Value{"key_delivery_access_control": acctest.Value{"default_action": "Allow", "ip_allow_list": []any{"203.0.113.7"}}},
			[]string{"Unexpected IP Allow List", `"key_delivery_access_control").AttributeName("ip_allow_list")`, `"Deny"`},
		},
		{
			"no customer's key",
			acctest.Value{"encryption": acctest.Value{"type": "CustomerKey"}},
			[]string{"Missing Customer-Managed Key", `"encryption").AttributeName("key_vault_key_id")`},
		},
		{
			"a customer's key beside the system's",
			acctest.Value{"encryption": acctest.Value{"type": "SystemKey", "key_vault_key_id": "https://keys.vault.azure.net/keys/media"}},
			[]string{"Unexpected Customer-Managed Key", `"encryption"`},
		},
		{
			"no key at all",
			acctest.Value{"encryption": acctest.Value{"type": "CustomerKey", "key_vault_key_id": "https://keys.vault.azure.net/secrets/media"}},
			[]string{"(CMK010)", `"encryption").AttributeName("key_vault_key_id")`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := acctest.Value{
				"name": "contosomedia", "resource_group_name": "media", "location": "westus2",
				"storage_accounts": []any{primary, second},
			}
			for name, value := range test.more {
				config[name] = value
			}
			diags := proto.Validate(resourceType, config)
			if test.texts == nil {
				if len(diags) > 0 {
					t.Error(diags.Text())
				}
				return
			}
			says(t, diags, test.texts...)
		})
	}
}

// TestProtoAccount_planBreaksOneRule breaks one rule, and finds it while planning.
func TestProtoAccount_planBreaksOneRule(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// existing says that the account is there already.
		existing bool
		arrange  func(w *world) acctest.Value
		texts    []string
	}{
		{
			"the primary taken out", true,
			func(w *world) acctest.Value {
				return storageOf(acctest.Value{"id": w.store("mediatwo", nil), "is_primary": true})
			},
			[]string{"(ACC001)", `"storage_accounts"`, "/mediaone removed or made secondary", "another account"},
		},
		{
			"premium storage", false,
			func(w *world) acctest.Value {
				return storageOf(acctest.Value{"id": w.store("premium", acctest.Value{
					"account_kind": "BlockBlobStorage", "account_tier": "Premium",
				}), "is_primary": true})
			},
			[]string{"(ACC002)", `"storage_accounts"`, "premium of kind BlockBlobStorage", "standard performance"},
		},
		{
			"premium storage beside the primary", true,
			func(w *world) acctest.Value {
				return storageOf(acctest.Value{"id": w.one, "is_primary": true}, acctest.Value{"id": w.store("premium", acctest.Value{
					"account_tier": "Premium",
				})})
			},
			[]string{"(ACC002)", `"storage_accounts"`, "premium of SKU Premium_LRS"},
		},
		{
			"blob-only storage", false,
			func(w *world) acctest.Value {
				return storageOf(acctest.Value{"id": w.store("blobs", acctest.Value{"account_kind": "BlobStorage"}), "is_primary": true})
			},
			[]string{"(ACC002)", `"storage_accounts"`, "the blob-only storage account blobs as the primary one"},
		},
		{
			"a name that somebody has", false,
			func(w *world) acctest.Value {
				elsewhere(w, "contosomedia")
				return nil
			},
			[]string{"(ACC003)", `"name"`, "contosomedia", "Already in use by another account", "Choose another name"},
		},
		{
			"storage in another subscription", false,
			func(w *world) acctest.Value {
				id := strings.ReplaceAll(w.one, w.azure.SubscriptionID(), "99999999-9999-9999-9999-999999999999")
				return storageOf(acctest.Value{"id": id, "is_primary": true})
			},
			[]string{
				"(ACC005)", `"storage_authentication_type"`, "99999999-9999-9999-9999-999999999999",
				`storage_authentication_type = "ManagedIdentity"`,
			},
		},
		{
			"a hundred accounts already", false,
			func(w *world) acctest.Value {
				for i := range 100 {
					_, err := accounts(w.t, w.azure).BeginCreate(w.t.Context(), "media", fmt.Sprintf("media%d", i), armmedia.Account{
						Location: to.Ptr("westus2"),
						Properties: &armmedia.AccountProperties{
							StorageAccounts: []*armmedia.StorageAccount{{ID: &w.one, Type: to.Ptr(armmedia.Primary)}},
						},
					})
					if err != nil {
						w.t.Fatal(err)
					}
				}
				return nil
			},
			[]string{"(ACC005)", "100 accounts in the subscription already", "at most 100"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var prior acctest.Object
			if test.existing {
				prior = w.proto.Create(resourceType, w.config(nil))
			}
			plan := w.proto.Plan(resourceType, prior, w.config(test.arrange(w)))
			says(t, plan.Diagnostics, test.texts...)
		})
	}
}

func storageOf(list ...any) acctest.Value { return acctest.Value{"storage_accounts": list} }

// elsewhere has somebody in another subscription have an account of the name.
func elsewhere(w *world, name string) {
	w.t.Helper()
	err := w.azure.Rehearsal().Transact(func(tx *engine.Tx) error {
		tx.Save(&engine.Resource{
			ID: engine.ID("/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/theirs" +
				"/providers/Microsoft.Media/mediaservices/" + name),
			Name: name, Type: "Microsoft.Media/mediaservices", Location: "westus2",
		})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestProtoAccount_needsTheKeysToBeListable plans as somebody who may do everything but that.
func TestProtoAccount_needsTheKeysToBeListable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.azure.Restricted("Microsoft.Storage/storageAccounts/listkeys/action")
	plan := other.Plan(resourceType, acctest.Object{}, w.config(nil))
	says(t, plan.Diagnostics, "(ACC005)", `"storage_accounts"`, "may not list the keys of the storage account mediaone",
		"Microsoft.Storage/storageAccounts/listkeys/action", "Storage Account Key Operator Service Role")

	// A change of something else does not touch the storage.
	created := w.proto.Create(resourceType, w.config(nil))
	if plan := other.Plan(resourceType, created, w.config(acctest.Value{"tags": acctest.Value{"a": "1"}})); len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
	if listed := w.azure.Requests(http.MethodPost, "/listKeys"); len(listed) > 0 {
		t.Error("keys were listed to find out whether they can be")
	}
}

// TestProtoAccount_leavesOpenWhatItMayNotSee plans as somebody who may see nothing of the storage:
// Azure decides then.
func TestProtoAccount_leavesOpenWhatItMayNotSee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.azure.Restricted("Microsoft.Storage/*", "Microsoft.Authorization/*", "Microsoft.Media/mediaservices/read")
	if plan := other.Plan(resourceType, acctest.Object{}, w.config(nil)); len(plan.Diagnostics) > 0 {
		t.Error(plan.Diagnostics.Text())
	}
}

// TestAccAccount_findsWhatWasUnknownBeforeAnyChange has storage that does not fit created by the
// same apply: it can only be found when it is there, and is before the account is touched.
func TestAccAccount_findsWhatWasUnknownBeforeAnyChange(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	premium := `
resource "azuremedia_storage_account" "premium" {
  name                = "premium"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
  account_kind        = "BlockBlobStorage"
  account_tier        = "Premium"
}
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{{
			Config: azure.Config(premium + account("{ id = azuremedia_storage_account.premium.id, is_primary = true },", "")),
			ExpectError: check.Says("(ACC002)", "Found: the storage account premium of kind BlockBlobStorage",
				"Required: a storage account of general purpose", "Remedy: Use another storage account", nothingChanged),
		}},
	})
	if puts := azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) > 0 {
		t.Error("an account was created on storage that does not fit")
	}
}

func TestAccAccount_storageThatIsNotThere(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	missing := `{ id = replace(azuremedia_storage_account.one.id, "mediaone", "nowhere"), is_primary = true },`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{{
			Config: azure.Config(account(missing, "")),
			ExpectError: check.Says("Storage Account Not Found", "Found: no storage account", "nowhere",
				"Create it first", nothingChanged),
		}},
	})
	if puts := azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) > 0 {
		t.Error("an account was created on storage that is not there")
	}
}

func TestProtoAccount_refusesToTakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(nil))
	_, diags := w.proto.Apply(w.proto.Plan(resourceType, acctest.Object{}, w.config(nil)))
	for _, want := range []string{
		"Media Services Account Already Exists", "to = azuremedia_account.this", created.Identity["id"], nothingChanged,
	} {
		if !strings.Contains(diags.Text(), want) {
			t.Errorf("lacks %q:\n%s", want, diags.Text())
		}
	}
	if puts := w.azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) != 1 {
		t.Errorf("%d PUTs, want 1", len(puts))
	}
}
