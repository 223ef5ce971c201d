// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// protected is a storage account on a customer-managed key, with everything that it takes.
func protected(roles bool) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "archive"
  location = "westeurope"
}

resource "azuremedia_storage_account" "test" {
  name                = "contosoarchive"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westeurope"
  identity            = { type = "SystemAssigned" }
}

resource "azuremedia_key_vault" "test" {
  name                       = "Contoso-Keys"
  resource_group_name        = azuremedia_resource_group.test.name
  location                   = "westeurope"
  rbac_authorization_enabled = %t
}

resource "azuremedia_key_vault_key" "test" {
  name         = "archive"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_storage_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_storage_account.test.id
  key_vault_key_id = azuremedia_key_vault_key.test.versionless_id
  depends_on       = [azuremedia_customer_key_grant.test]
}
`, roles)
}

// TestAccReturns has somebody delete the vault, the key, and the resource group with everything in it. What
// comes back with its parent is taken up again in one apply, without a new address and without an import; the
// next plan is empty. What is deleted can be destroyed.
func TestAccReturns(t *testing.T) {
	t.Parallel()
	for _, roles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", roles), func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			deleteVault := func() {
				vaults, err := w.Client.Vaults(w.SubscriptionID())
				must(err)
				_, err = vaults.Delete(t.Context(), "archive", "Contoso-Keys", nil)
				must(err)
			}
			config := w.Config(protected(roles))
			const key = check.Resource("azuremedia_key_vault_key.test")
			plans := func(planned map[string]plancheck.ResourceActionType) (checks resource.ConfigPlanChecks) {
				for _, noun := range []string{
					"resource_group", "storage_account", "key_vault", "key_vault_key", "customer_key_grant", "customer_key_attachment",
				} {
					action := plancheck.ResourceActionNoop
					if other, found := planned[noun]; found {
						action = other
					}
					checks.PreApply = append(checks.PreApply,
						plancheck.ExpectResourceAction("azuremedia_"+noun+".test", action))
				}
				return checks
			}
			const creates, updates = plancheck.ResourceActionCreate, plancheck.ResourceActionUpdate
			grant := map[bool]plancheck.ResourceActionType{false: plancheck.ResourceActionNoop, true: updates}[roles]
			recovered := plans(map[string]plancheck.ResourceActionType{"key_vault": creates, "customer_key_grant": grant})
			recovered.PreApply = append(recovered.PreApply,
				tested.Plans("id", knownvalue.StringExact(azure.ID(w.SubscriptionID(), "archive", azure.VaultType, "Contoso-Keys"))),
				tested.Plans("vault_uri", knownvalue.NotNull()))
			returned := plans(map[string]plancheck.ResourceActionType{"key_vault_key": creates})
			returned.PreApply = append(returned.PreApply, key.Plans("versionless_id", knownvalue.NotNull()))
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: w.Factories(),
				Steps: []resource.TestStep{
					{Config: config},
					{PreConfig: deleteVault, Config: config, ConfigPlanChecks: recovered},
					{
						PreConfig: func() { w.DeleteKey("Contoso-Keys", "archive") },
						Config:    config, ConfigPlanChecks: returned,
					},
					{
						PreConfig: func() {
							groups, err := w.Client.ResourceGroups(w.SubscriptionID())
							must(err)
							deletion, err := groups.BeginDelete(t.Context(), "archive", nil)
							must(err)
							_, err = azure.Await(t.Context(), deletion)
							must(err)
						},
						Config: config, ConfigPlanChecks: plans(map[string]plancheck.ResourceActionType{
							"resource_group": creates, "storage_account": creates, "key_vault": creates,
							"customer_key_grant": updates, "customer_key_attachment": creates,
						}),
					},
					{PreConfig: deleteVault, Config: config, Destroy: true},
				},
			})
		})
	}
}

// TestReturn_ofWhatTheStateHasLost: the key and the grant came back with the vault that the same apply
// recovered, and are taken up. The grant owns what came back.
func TestReturn_ofWhatTheStateHasLost(t *testing.T) {
	t.Parallel()
	for _, roles := range []bool{false, true} {
		w := fixture.New(t)
		configured := config(acctest.Value{"rbac_authorization_enabled": roles})
		w.Proto().Create(resourceType, configured)
		first := w.Key("keys", "media")
		_, principal := w.Identity("reader")
		if roles {
			w.Assign(w.ID(azure.VaultType, "keys"), principal, customerkey.RoleCryptoServiceEncryptionUserID)
		} else {
			w.Grant("keys", principal)
		}
		w.DeleteVault("keys")

		proto := w.Proto()
		vault, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, configured))
		reads(t, w, diags, wasRecovered)
		const keyType, grantType = "azuremedia_key_vault_key", "azuremedia_customer_key_grant"
		wanted := acctest.Value{"key_vault_id": vault.State["id"], "name": "media", "tags": acctest.Value{"a": "1"}}
		key, diags := proto.Apply(proto.Plan(keyType, acctest.Object{}, wanted))
		says(t, diags, "WARNING: Key Vault Key Recovered", "came back with its vault")
		if key.State["versioned_id"] != first || len(diags.Errors()) > 0 {
			t.Errorf("taken up is %v", key.State)
		}
		if plan := proto.Plan(keyType, key, wanted); len(plan.Diagnostics) > 0 || plan.State["version"] != key.State["version"] {
			t.Errorf("something is still planned: %v", plan.State)
		}
		granted := proto.Create(grantType, acctest.Value{"key_vault_id": vault.State["id"], "principal_id": principal})
		if _, diags := proto.Apply(proto.Plan(grantType, granted, nil)); len(diags) > 0 {
			t.Error(diags.Text())
		}
		if left := permissions(w.ShowVault("keys"), principal); assigned(w, principal) > 0 || left != nil {
			t.Errorf("left is %v", left)
		}
	}
}
