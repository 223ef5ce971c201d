// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

const (
	resourceType = "azuremedia_storage_account"
	address      = resourceType + ".test"
	tested       = check.Resource(address)
)

func account(group, location, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = azuremedia_resource_group.test.name
  location            = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contoso"
  resource_group_name = %s
  location            = %q
  %s
}
`, group, location, more)
}

const (
	inGroup = "azuremedia_resource_group.test.name"
	tagged  = `tags = { a = "1" }`
	// everything is every attribute that is updated in place.
	everything = `
  account_replication_type        = "RAGRS"
  min_tls_version                 = "TLS1_1"
  https_traffic_only_enabled      = false
  allow_nested_items_to_be_public = true
  shared_access_key_enabled       = false
  public_network_access_enabled   = false
  key_expiration_period_in_days   = 90
  identity = {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.test.id]
  }
  tags = { b = "2" }
`
)

// TestAccStorageAccount_emptyIdentityIDs passes on the list of a module, which is empty, then is not, and
// is empty again. No plan after an apply has anything to do.
func TestAccStorageAccount_emptyIdentityIDs(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	identified := func(kind, ids string) string {
		return azure.Config(account(inGroup, "westus2", fmt.Sprintf(
			"identity = {\n    type         = %q\n    identity_ids = %s\n  }\n", kind, ids)))
	}
	const one = "[azuremedia_user_assigned_identity.test.id]"
	patches := 0
	sent := func() int { return len(azure.Requests("PATCH", "/storageAccounts/contoso")) }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: identified("SystemAssigned", "[]"),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("identity.identity_ids", knownvalue.SetSizeExact(0)),
					tested.Has("identity.principal_id", knownvalue.NotNull()),
				},
			},
			{Config: identified("SystemAssigned", "[]"), ConfigPlanChecks: check.Unchanged()},
			{Config: identified("SystemAssigned, UserAssigned", one)},
			{Config: identified("SystemAssigned", "[for id in ["+one+"[0]] : id if false]")},
			{
				ResourceName: string(tested), ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location", "identity.identity_ids", "identity.identity_ids.#"},
			},
			{ // Left out, it means the same: nothing is sent.
				PreConfig: func() { patches = sent() },
				Config:    azure.Config(account(inGroup, "westus2", `identity = { type = "SystemAssigned" }`)),
				PostApplyFunc: func() {
					if now := sent(); now != patches {
						t.Errorf("%d PATCHes for a change that means nothing", now-patches)
					}
				},
			},
			{Config: identified("SystemAssigned", "[null]")},
			{Config: identified("SystemAssigned, UserAssigned", "[null, azuremedia_user_assigned_identity.test.id]")},
			{
				Config:      identified("UserAssigned", "[]"),
				ExpectError: check.Says("Missing Identity IDs", "Set identity_ids, or use the type SystemAssigned"),
			},
			{
				Config: identified("SystemAssigned", one), ExpectError: check.Says("Unexpected Identity IDs"),
			},
		},
	})
}

// A test of plugin-testing plans a second time after every step, and fails if that plan is not
// empty.
func TestAccStorageAccount_lifecycle(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config:           azure.Config(account(inGroup, "West US 2", tagged)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact("/subscriptions/"+azure.SubscriptionID()+
						"/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contoso")),
					tested.Has("location", knownvalue.StringExact("West US 2")),
					tested.Has("account_kind", knownvalue.StringExact("StorageV2")),
					tested.Has("account_tier", knownvalue.StringExact("Standard")),
					tested.Has("account_replication_type", knownvalue.StringExact("LRS")),
					tested.Has("min_tls_version", knownvalue.StringExact("TLS1_2")),
					tested.Has("https_traffic_only_enabled", knownvalue.Bool(true)),
					tested.Has("allow_nested_items_to_be_public", knownvalue.Bool(false)),
					tested.Has("shared_access_key_enabled", knownvalue.Bool(true)),
					tested.Has("public_network_access_enabled", knownvalue.Bool(true)),
					tested.Has("infrastructure_encryption_enabled", knownvalue.Bool(false)),
					tested.Has("queue_encryption_key_type", knownvalue.StringExact("Service")),
					tested.Has("table_encryption_key_type", knownvalue.StringExact("Service")),
					tested.Has("key_expiration_period_in_days", knownvalue.Null()),
					tested.Has("identity", knownvalue.Null()),
					tested.Has("primary_blob_endpoint", knownvalue.StringExact("https://contoso.blob.core.windows.net/")),
				},
			},
			{
				Config:           azure.Config(account(`"MEDIA"`, "westus2", tagged)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionNoop),
			},
			{
				Config:           azure.Config(account(inGroup, "westus2", everything)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("account_replication_type", knownvalue.StringExact("RAGRS")),
					tested.Has("min_tls_version", knownvalue.StringExact("TLS1_1")),
					tested.Has("https_traffic_only_enabled", knownvalue.Bool(false)),
					tested.Has("allow_nested_items_to_be_public", knownvalue.Bool(true)),
					tested.Has("shared_access_key_enabled", knownvalue.Bool(false)),
					tested.Has("public_network_access_enabled", knownvalue.Bool(false)),
					tested.Has("key_expiration_period_in_days", knownvalue.Int64Exact(90)),
					tested.Has("tags", knownvalue.MapExact(map[string]knownvalue.Check{"b": knownvalue.StringExact("2")})),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("identity").AtMapKey("principal_id"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("identity").AtMapKey("tenant_id"),
						knownvalue.StringExact(azure.Rehearsal().Access().TenantID)),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location"}, // It is imported as Azure spells it.
			},
			{
				PreConfig: func() {
					otherClient(t, azure).update(armstorage.AccountUpdateParameters{
						Properties: &armstorage.AccountPropertiesUpdateParameters{
							MinimumTLSVersion: to.Ptr(armstorage.MinimumTLSVersionTLS10),
						},
						Identity: &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeNone)},
					})
				},
				Config:           azure.Config(account(inGroup, "westus2", everything)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
			},
			{
				PreConfig:        func() { otherClient(t, azure).remove() },
				Config:           azure.Config(account(inGroup, "westus2", everything)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionCreate),
			},
			{
				// Left out, identities stay as they are.
				Config:           azure.Config(account(inGroup, "westus2", "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("identity", knownvalue.Null()), tested.Has("tags", knownvalue.Null()),
				},
				PostApplyFunc: func() {
					if kind := *otherClient(t, azure).show().Identity.Type; kind != armstorage.IdentityTypeSystemAssignedUserAssigned {
						t.Errorf("the identity in Azure has become %s", kind)
					}
				},
			},
			{
				Config: azure.Config(account(inGroup, "westus2", `
					infrastructure_encryption_enabled = true
					queue_encryption_key_type         = "Account"
					table_encryption_key_type         = "Account"
				`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
				PostApplyFunc: func() {
					encryption := otherClient(t, azure).show().Properties.Encryption
					if !*encryption.RequireInfrastructureEncryption {
						t.Error("everything is encrypted only once")
					}
					for _, service := range []*armstorage.EncryptionService{encryption.Services.Queue, encryption.Services.Table} {
						if *service.KeyType != armstorage.KeyTypeAccount {
							t.Errorf("a service is encrypted by the key of the %s", *service.KeyType)
						}
					}
				},
			},
			{ResourceName: address, ImportState: true, ImportStateVerify: true},
			{
				Config: azure.Config(account(inGroup, "westus2", `
					account_kind             = "BlobStorage"
					account_replication_type = "GRS"
				`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
			{
				Config:           azure.Config(account(inGroup, "northeurope", `account_tier = "Premium"`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	if puts := azure.Requests(http.MethodPut, "/storageAccounts/contoso"); len(puts) != 5 {
		t.Errorf("%d PUTs, want one for each creation: an update must not overwrite", len(puts))
	}
}
