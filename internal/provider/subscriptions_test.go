// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

// TestAccRehearsal_subscriptions has a vault in one subscription of a rehearsal, and the accounts that use
// its key in another. A second configuration of the provider, under another local name here, is what an
// alias is elsewhere.
func TestAccRehearsal_subscriptions(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const second = "11111111-2222-3333-4444-555555555555"
	provider := azure.Factories()["azuremedia"]
	config := azure.Config(`
provider "security" {
  environment     = "rehearsal"
  subscription_id = "` + second + `"
}

resource "azuremedia_resource_group" "security" {
  provider = security
  name     = "shared"
  location = "westeurope"
}

resource "azuremedia_key_vault" "keys" {
  provider            = security
  name                = "contosokeys"
  resource_group_name = azuremedia_resource_group.security.name
  location            = "westeurope"
}

resource "azuremedia_key_vault_key" "storage" {
  provider     = security
  name         = "storage"
  key_vault_id = azuremedia_key_vault.keys.id
}

resource "azuremedia_resource_group" "media" {
  name     = "shared" # A name of each subscription's own.
  location = "westeurope"
}

resource "azuremedia_user_assigned_identity" "reader" {
  name                = "reader"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westeurope"
}

resource "azuremedia_storage_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westeurope"
  identity            = { type = "UserAssigned", identity_ids = [azuremedia_user_assigned_identity.reader.id] }
}

resource "azuremedia_customer_key_grant" "reader" {
  key_vault_id = azuremedia_key_vault.keys.id
  principal_id = azuremedia_user_assigned_identity.reader.principal_id
}

resource "azuremedia_customer_key_attachment" "media" {
  account_id                = azuremedia_storage_account.media.id
  key_vault_key_id          = azuremedia_key_vault_key.storage.versionless_id
  user_assigned_identity_id = azuremedia_user_assigned_identity.reader.id
  depends_on                = [azuremedia_customer_key_grant.reader]
}
`)
	in := func(address, subscription string) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, check.At("id"), knownvalue.StringRegexp(regexp.MustCompile(
			"^/subscriptions/"+subscription+"/resourceGroups/shared")))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"azuremedia": provider, "security": provider,
		},
		CheckDestroy: azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					in("azuremedia_resource_group.security", second), in("azuremedia_key_vault.keys", second),
					in("azuremedia_resource_group.media", azure.SubscriptionID()),
					in("azuremedia_customer_key_attachment.media", azure.SubscriptionID()),
				},
			},
			{Config: config, ConfigPlanChecks: check.Unchanged()},
		},
	})
}
