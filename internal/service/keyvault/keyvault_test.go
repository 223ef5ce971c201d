// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	resourceType = "azuremedia_key_vault"
	address      = resourceType + ".test"
	tested       = check.Resource(address)
)

func vault(name, group, location, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_key_vault" "test" {
  name                = %q
  resource_group_name = %q
  location            = %q
  %s
}
`, name, group, location, more)
}

// everything is every attribute that is updated in place; the address is spelt in two ways.
func everything(ip string) string {
	return fmt.Sprintf(`
  sku_name                      = "premium"
  rbac_authorization_enabled    = true
  public_network_access_enabled = false
  network_acls = {
    default_action = "Deny"
    bypass         = "None"
    ip_rules       = ["198.51.100.0/24", %q]
  }
  tags = { b = "2" }
`, ip)
}

// A test of plugin-testing plans a second time after every step, and fails if that plan is not
// empty.
func TestAccKeyVault_lifecycle(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	const tagged = `tags = { a = "1" }`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy: func(*terraform.State) error {
			if left := w.Requests(http.MethodDelete, "/vaults/others"); len(left) != 1 {
				return fmt.Errorf("deleted %d times", len(left))
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config:           w.Config(vault("keys", "media", "West US 2", tagged)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact(w.ID(azure.VaultType, "keys"))),
					tested.Has("location", knownvalue.StringExact("West US 2")),
					tested.Has("sku_name", knownvalue.StringExact("standard")),
					tested.Has("purge_protection_enabled", knownvalue.Bool(true)),
					tested.Has("soft_delete_retention_days", knownvalue.Int64Exact(90)),
					tested.Has("rbac_authorization_enabled", knownvalue.Bool(false)),
					tested.Has("caller_key_access_enabled", knownvalue.Bool(true)),
					tested.Has("public_network_access_enabled", knownvalue.Bool(true)),
					tested.Has("network_acls", knownvalue.Null()),
					tested.Has("vault_uri", knownvalue.StringExact("https://keys.vault.azure.net/")),
					tested.Has("tenant_id", knownvalue.StringExact(w.Rehearsal().Access().TenantID)),
				},
			},
			{
				Config:           w.Config(vault("KEYS", "Media", "westus2", tagged)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionNoop),
			},
			{
				Config:           w.Config(vault("keys", "media", "westus2", everything("203.0.113.7"))),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("sku_name", knownvalue.StringExact("premium")),
					tested.Has("rbac_authorization_enabled", knownvalue.Bool(true)),
					tested.Has("public_network_access_enabled", knownvalue.Bool(false)),
					tested.Has("network_acls", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"default_action": knownvalue.StringExact("Deny"),
						"bypass":         knownvalue.StringExact("None"),
						"ip_rules": knownvalue.SetExact([]knownvalue.Check{
							knownvalue.StringExact("198.51.100.0/24"), knownvalue.StringExact("203.0.113.7"),
						}),
					})),
					tested.Has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"b": knownvalue.StringExact("2")})),
				},
			},
			{
				Config:           w.Config(vault("keys", "media", "westus2", everything("203.0.113.7/32"))),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionNoop),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location", "network_acls"}, // They are imported as Azure spells them.
			},
			{
				PreConfig: func() {
					w.UpdateVault("keys", armkeyvault.VaultPatchProperties{
						PublicNetworkAccess: to.Ptr("Enabled"),
						NetworkACLs: &armkeyvault.NetworkRuleSet{
							DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionAllow),
							IPRules:       []*armkeyvault.IPRule{},
						},
					})
				},
				Config:           w.Config(vault("keys", "media", "westus2", everything("203.0.113.7"))),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
			},
			{
				PreConfig:        func() { w.DeleteVault("keys") },
				Config:           w.Config(vault("keys", "media", "westus2", everything("203.0.113.7"))),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
			},
			{
				// Left out, the firewall stays as it is.
				Config:           w.Config(vault("keys", "media", "westus2", "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("network_acls", knownvalue.Null()), tested.Has("tags", knownvalue.Null()),
				},
				PostApplyFunc: func() {
					if rules := w.ShowVault("keys").Properties.NetworkACLs; *rules.DefaultAction != armkeyvault.NetworkRuleActionDeny {
						t.Error("the firewall was opened")
					}
				},
			},
			{
				Config: w.Config(vault("others", "media", "northeurope", `
					purge_protection_enabled   = false
					soft_delete_retention_days = 7
					caller_key_access_enabled  = false
				`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("purge_protection_enabled", knownvalue.Bool(false)),
					tested.Has("soft_delete_retention_days", knownvalue.Int64Exact(7)),
					tested.Has("caller_key_access_enabled", knownvalue.Bool(false)),
				},
				PostApplyFunc: func() {
					if policies := w.ShowVault("others").Properties.AccessPolicies; len(policies) > 0 {
						t.Errorf("the caller was given access all the same: %v", policies)
					}
				},
			},
			{
				Config: w.Config(vault("others", "media", "northeurope", "soft_delete_retention_days = 7")),
				ConfigPlanChecks: tested.Does(
					plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("purge_protection_enabled", knownvalue.Bool(true)),
				},
			},
		},
	})
	if puts := w.Requests(http.MethodPut, "/vaults/keys"); len(puts) != 3 {
		t.Errorf("%d PUTs, want one that creates, one that finds it deleted, and one that recovers it", len(puts))
	}
}
