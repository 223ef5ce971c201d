// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// TestAccNetwork tightens the firewall of a vault from which an account reads its key, so far that Terraform
// itself is shut out, and opens it again: the account has access after every request, and what has to do with
// the key alone stays as it is until the vault lets Terraform in.
func TestAccNetwork(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	reader, principal := w.Identity("reader")
	account := w.Account("contoso", reader)
	access := w.WatchAccess(account)
	config := func(action, bypass, ip string, enabled bool) string {
		return w.Config(vault("keys", fixture.Group, fixture.Location, fmt.Sprintf(`
  network_acls = {
    default_action = %q
    bypass         = %q
    ip_rules       = [%q]
  }`, action, bypass, ip)) + fmt.Sprintf(`
resource "azuremedia_key_vault_key" "test" {
  name         = "ours"
  key_vault_id = azuremedia_key_vault.test.id
  enabled      = %t
}
`, enabled))
	}
	const key = check.Resource("azuremedia_key_vault_key.test")
	const here, elsewhere = "127.0.0.1", "203.0.113.7"
	shut := config("Deny", "AzureServices", elsewhere, true)
	closed := check.Says("Key Vault Closed While Still In Use (CMK018)", "account contoso", "Nothing was changed")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config("Allow", "AzureServices", here, true)},
			{
				PreConfig: func() {
					w.Grant("keys", principal)
					w.Attach("contoso", w.Key("keys", "media"), reader)
				},
				Config: config("Deny", "AzureServices", here, true), ConfigPlanChecks: tested.Updates(),
			},
			{Config: config("Deny", "None", here, true), ExpectError: closed},
			{Config: shut, ConfigPlanChecks: tested.Updates()},
			{Config: shut, ConfigPlanChecks: check.Unchanged()},
			{
				Config:      config("Deny", "AzureServices", elsewhere, false),
				ExpectError: check.Says("Key Vault Out Of Reach", "a change of the key ours of the vault keys", "Nothing was changed"),
			},
			{
				Config:           config("Deny", "AzureServices", here, false),
				ConfigPlanChecks: key.Updates(plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)),
			},
			{
				PreConfig: func() { w.Detach("contoso") },
				Config:    config("Deny", "None", here, false),
			},
		},
	})
	access.Check(t)
}

// TestAccNetwork_destroyed destroys everything in one command where a closed firewall keeps both the account and
// Terraform from the key.
func TestAccNetwork_destroyed(t *testing.T) {
	t.Parallel()
	for _, closed := range []armkeyvault.VaultPatchProperties{
		{NetworkACLs: &armkeyvault.NetworkRuleSet{
			DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny), Bypass: to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
		}},
		{PublicNetworkAccess: to.Ptr("Disabled")},
	} {
		w := fixture.New(t)
		config := w.Config(protected(true))
		resource.Test(t, resource.TestCase{
			ProtoV6ProviderFactories: w.Factories(),
			Steps: []resource.TestStep{
				{Config: config},
				{
					PreConfig: func() {
						vaults, err := w.Client.Vaults(w.SubscriptionID())
						if err == nil {
							_, err = vaults.Update(t.Context(), "archive", "Contoso-Keys", armkeyvault.VaultPatchParameters{Properties: &closed}, nil)
						}
						if err != nil {
							t.Fatal(err)
						}
					},
					Config: config, Destroy: true,
				},
			},
		})
	}
}
