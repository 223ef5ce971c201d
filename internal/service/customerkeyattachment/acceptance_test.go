// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

const (
	address = attachment + ".test"
	tested  = check.Resource(address)
)

// procedure is the documented procedure, from an empty subscription.
func procedure(byRoles bool, key, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}

resource "azuremedia_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location

  identity = { type = "SystemAssigned" }

  storage_accounts = [{
    id         = azuremedia_storage_account.test.id
    is_primary = true
  }]
}

resource "azuremedia_key_vault" "test" {
  name                       = "keys"
  resource_group_name        = azuremedia_resource_group.test.name
  location                   = azuremedia_resource_group.test.location
  rbac_authorization_enabled = %t
}

resource "azuremedia_key_vault_key" "test" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_account.test.id
  key_vault_key_id = %s
  %s

  depends_on = [azuremedia_customer_key_grant.test]
}

data "azuremedia_customer_key_attachment" "test" {
  account_id = azuremedia_customer_key_attachment.test.account_id
}

data "azuremedia_customer_key" "test" {
  key_vault_key_id = azuremedia_customer_key_attachment.test.key_vault_key_id
  account_id       = azuremedia_customer_key_attachment.test.account_id
}
`, byRoles, key, more)
}

const following, pinned = "azuremedia_key_vault_key.test.versionless_id", "azuremedia_key_vault_key.test.versioned_id"

// opened is the Azure of a test as the world of somebody else.
func opened(t *testing.T) (*acctest.Azure, func() world) {
	t.Helper()
	azure := acctest.New(t)
	return azure, func() world { return world{World: fixture.Of(t, azure)} }
}

// TestAccAttachment leads the documented procedure through its life, in both kinds of vaults.
func TestAccAttachment(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			azure, somebody := opened(t)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: azure.Factories(),
				CheckDestroy:             azure.Empty,
				Steps: []resource.TestStep{
					{
						Config: azure.Config(procedure(byRoles, following, "")),
						ConfigStateChecks: []statecheck.StateCheck{
							tested.Has("follows_latest_version", knownvalue.Bool(true)),
							tested.Has("status", knownvalue.Null()),
							check.Resource("data."+address).Has("type", knownvalue.StringExact("CustomerKey")),
							check.Resource("data."+address).Has("reachable", knownvalue.Bool(true)),
							check.Resource("data."+address).Has("outdated", knownvalue.Bool(false)),
							check.Resource("data.azuremedia_customer_key.test").Has("eligible", knownvalue.Bool(true)),
							check.Resource("data.azuremedia_customer_key.test").Has("problems", knownvalue.ListSizeExact(0)),
						},
					},
					{
						// The service moves to a new version by itself: CMK011.
						PreConfig: func() {
							w := somebody()
							w.Rotate("keys", "media")
							w.Advance(5 * time.Minute)
						},
						Config:           azure.Config(procedure(byRoles, following, "")),
						ConfigPlanChecks: check.Unchanged(),
					},
					{
						Config:           azure.Config(procedure(byRoles, pinned, "wait_for_current_version = true")),
						ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
						ConfigStateChecks: []statecheck.StateCheck{
							tested.Has("follows_latest_version", knownvalue.Bool(false)),
						},
					},
					{
						ResourceName: address, ImportState: true, ImportStateVerify: true,
						ImportStateVerifyIgnore: []string{"wait_for_current_version"},
					},
					{
						// Somebody else returns to the system key: the attachment is gone.
						PreConfig:        func() { somebody().revert() },
						Config:           azure.Config(procedure(byRoles, following, "")),
						ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
					},
				},
			})
		})
	}
}

// TestAccAttachment_inaccessible loses access: the plan says so, the apply fails and changes
// nothing, and `terraform destroy` works in one command (CMK012, CMK013).
func TestAccAttachment_inaccessible(t *testing.T) {
	t.Parallel()
	azure, somebody := opened(t)
	config := azure.Config(procedure(false, following, ""))
	disable := func() {
		somebody().UpdateKey("keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
	}
	withoutDrift := strings.ReplaceAll(config, `name         = "media"`, `name         = "media"
  lifecycle { ignore_changes = all }`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: withoutDrift},
			{
				PreConfig:        disable,
				Config:           withoutDrift,
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ExpectError:      regexp.MustCompile(`(?s)Customer Key Inaccessible \(CMK012\).*The key media is disabled`),
			},
			{
				// The configuration itself enables the key again, and the same apply heals.
				Config:           config,
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
			},
			{Config: config, ConfigPlanChecks: check.Unchanged()},
			{PreConfig: disable, Config: withoutDrift, Destroy: true},
		},
	})
}

// TestAccAttachment_corrects breaks a rule in an apply, corrects the configuration, and applies
// again: what the same apply puts right does not stand in its way.
func TestAccAttachment_corrects(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	right := azure.Config(procedure(false, following, ""))
	wrong := strings.ReplaceAll(right, "rbac_authorization_enabled = false",
		"rbac_authorization_enabled = false\n  purge_protection_enabled = false")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: wrong,
				ExpectError: regexp.MustCompile(
					`(?s)Key Vault Without Purge Protection \(CMK007\).*Nothing was changed`),
			},
			{Config: right, ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate)},
		},
	})
}

// TestAccAttachment_destroyOrder returns to the system key before key, grant and vault go (CMK014).
func TestAccAttachment_destroyOrder(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps:                    []resource.TestStep{{Config: azure.Config(procedure(false, following, ""))}},
	})
	reverted := last(t, azure, "PATCH", "/mediaservices/contoso")
	for name, number := range map[string]int{
		"key":     last(t, azure, "DELETE", "/keys/media"),
		"grant":   last(t, azure, "PUT", "/accessPolicies/remove"),
		"vault":   last(t, azure, "DELETE", "/vaults/keys"),
		"account": last(t, azure, "DELETE", "/mediaservices/contoso"),
	} {
		if number < reverted {
			t.Errorf("the %s went before the account was returned to the system key", name)
		}
	}
}
