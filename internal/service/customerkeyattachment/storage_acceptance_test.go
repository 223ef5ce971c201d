// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// doubled is a storage account that is encrypted twice, from an empty subscription. Its vault is in
// another region.
func doubled(key, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}

resource "azuremedia_storage_account" "test" {
  name                              = "contoso"
  resource_group_name               = azuremedia_resource_group.test.name
  location                          = azuremedia_resource_group.test.location
  infrastructure_encryption_enabled = true

  identity = {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.test.id]
  }
}

resource "azuremedia_key_vault" "test" {
  name                = "keys"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "northeurope"
}

resource "azuremedia_key_vault_key" "test" {
  name         = "storage"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "system" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_storage_account.test.identity.principal_id
}

resource "azuremedia_customer_key_grant" "user" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.test.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_storage_account.test.id
  key_vault_key_id = %s
  %s

  depends_on = [azuremedia_customer_key_grant.system, azuremedia_customer_key_grant.user]
}

data "azuremedia_customer_key_attachment" "test" {
  account_id = azuremedia_customer_key_attachment.test.account_id
}

data "azuremedia_customer_key" "test" {
  key_vault_key_id = azuremedia_customer_key_attachment.test.key_vault_key_id
  account_id       = azuremedia_customer_key_attachment.test.account_id
}
`, key, more)
}

// TestAccStorage leads the other half of double encryption through its life, and destroys it all by
// one command.
func TestAccStorage(t *testing.T) {
	t.Parallel()
	azure, somebody := opened(t)
	following, pinned := azure.Config(doubled(following, "")), azure.Config(doubled(pinned,
		"user_assigned_identity_id = azuremedia_user_assigned_identity.test.id"))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config:           following,
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("follows_latest_version", knownvalue.Bool(true)),
					tested.Has("status", knownvalue.Null()),
					check.Resource("data."+address).Has("type", knownvalue.StringExact("CustomerKey")),
					check.Resource("data."+address).Has("reachable", knownvalue.Bool(true)),
					check.Resource("data."+address).Has("outdated", knownvalue.Bool(false)),
					check.Resource("data."+address).Has("current_key_since", knownvalue.NotNull()),
					check.Resource("data.azuremedia_customer_key.test").Has("eligible", knownvalue.Bool(true)),
				},
			},
			{
				// A new version: the service looks once a day, and no plan has anything to do.
				PreConfig:        func() { w := somebody(); w.Rotate("keys", "storage"); w.Advance(time.Hour) },
				Config:           following,
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					check.Resource("data."+address).Has("outdated", knownvalue.Bool(true)),
				},
			},
			{
				PreConfig:        func() { w := somebody(); w.Advance(23 * time.Hour) },
				Config:           following,
				ConfigPlanChecks: check.Unchanged(),
				ConfigStateChecks: []statecheck.StateCheck{
					check.Resource("data."+address).Has("outdated", knownvalue.Bool(false)),
				},
			},
			{
				Config:           pinned,
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("follows_latest_version", knownvalue.Bool(false)),
					check.Resource("data."+address).Has("user_assigned_identity_id", knownvalue.NotNull()),
				},
			},
			{ResourceName: address, ImportState: true, ImportStateVerify: true},
			{Config: pinned, ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
			{Config: following, ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate)},
		},
	})
	reverted, account := last(t, azure, "PATCH", "/storageAccounts/contoso"), last(t, azure, "DELETE", "/storageAccounts/contoso")
	for name, number := range map[string]int{
		"key": last(t, azure, "DELETE", "/keys/storage"), "grant": last(t, azure, "PUT", "/accessPolicies/remove"),
		"vault": last(t, azure, "DELETE", "/vaults/keys"), "account": account,
	} {
		if number < reverted {
			t.Errorf("the %s went before the account was returned to Microsoft's key", name)
		}
	}
}

// last is the number of the last request of a kind.
func last(t *testing.T, azure *acctest.Azure, method, suffix string) int {
	t.Helper()
	found := azure.Requests(method, suffix)
	if len(found) == 0 {
		t.Fatalf("no %s of %s", method, suffix)
	}
	return slices.MaxFunc(found, func(a, b engine.Entry) int { return a.Number - b.Number }).Number
}
