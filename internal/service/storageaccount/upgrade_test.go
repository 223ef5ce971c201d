// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// lasting returns what an upgrade leaves as it is.
func lasting(t *testing.T, them client) []any {
	t.Helper()
	keys, err := them.accounts.ListKeys(them.context(), "media", "contoso", nil)
	if err != nil {
		t.Fatal(err)
	}
	properties := them.show().Properties
	return []any{keys.Keys, properties.CreationTime, properties.KeyCreationTime}
}

// TestAccStorageAccount_upgrade upgrades the storage account under a media account that streams.
func TestAccStorageAccount_upgrade(t *testing.T) {
	t.Parallel()
	opened := acctest.New(t)
	const media = `
resource "azuremedia_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
  storage_accounts    = [{ id = azuremedia_storage_account.test.id, is_primary = true }]
}
`
	them := otherClient(t, opened)
	var before []any
	var url string
	streams := func() {
		answer, err := (&http.Client{Transport: opened.Transport()}).Get(url) //nolint:noctx // As a player does.
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", url, answer.Status)
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: opened.Factories(),
		CheckDestroy:             opened.Empty,
		Steps: []resource.TestStep{
			{
				Config: opened.Config(account(inGroup, "westus2", `account_kind = "Storage"`) + media),
				PostApplyFunc: func() {
					var err error
					url, err = opened.Rehearsal().Streaming(t.Context(),
						azure.ID(opened.SubscriptionID(), "media", azure.MediaAccountType, "contoso"))
					if err != nil {
						t.Error(err)
					}
					streams()
					before = lasting(t, them)
					opened.Advance(time.Hour)
					them = otherClient(t, opened)
				},
			},
			{
				Config: opened.Config(account(inGroup, "westus2", `account_kind = "StorageV2"`) + media),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate,
					plancheck.ExpectResourceAction("azuremedia_account.test", plancheck.ResourceActionNoop)),
				PostApplyFunc: func() {
					streams()
					if diff := cmp.Diff(before, lasting(t, them)); diff != "" {
						t.Errorf("the upgrade changes the keys or makes another account: %s", diff)
					}
					shown := them.show()
					if *shown.Kind != armstorage.KindStorageV2 || *shown.Properties.AccessTier != armstorage.AccessTierHot {
						t.Errorf("the account is a %s with the access tier %v", *shown.Kind, shown.Properties.AccessTier)
					}
				},
			},
		},
	})
	if patches := opened.Requests(http.MethodPatch, "/storageAccounts/contoso"); len(patches) != 1 {
		t.Errorf("%d PATCHes, want one for the upgrade", len(patches))
	}
}

// TestPlan_changesKindInPlaceWhereAzureDoes replaces the account at every other change.
func TestPlan_changesKindInPlaceWhereAzureDoes(t *testing.T) {
	t.Parallel()
	for from, upgraded := range map[string]string{
		"Storage": "StorageV2", "BlobStorage": "StorageV2", "StorageV2": "",
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			proto := w.Proto()
			created := proto.Create(resourceType, config(acctest.Value{"account_kind": from}))
			for _, to := range []string{"Storage", "StorageV2", "BlobStorage"} {
				replaced := proto.Plan(resourceType, created, config(acctest.Value{"account_kind": to})).Replace
				if inPlace := to == from || to == upgraded; inPlace != (len(replaced) == 0) {
					t.Errorf("to %s: replaced because of %v", to, replaced)
				}
			}
			if upgraded != "" {
				proto.Update(created, config(acctest.Value{"account_kind": upgraded}))
				if got := otherClient(t, w.Azure).show(); *got.Kind != armstorage.KindStorageV2 ||
					*got.Properties.AccessTier != armstorage.AccessTierHot {
					t.Errorf("the account is a %s with the access tier %v", *got.Kind, got.Properties.AccessTier)
				}
			}
		})
	}
}
