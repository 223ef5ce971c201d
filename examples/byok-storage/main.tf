# A storage account on your own key, whose access keys are rotated every 90 days.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# A local Azure inside the provider. On a real subscription, write
# subscription_id = "00000000-0000-0000-0000-000000000000" instead, and sign in with `az login`.
provider "azuremedia" {
  environment = "rehearsal"
}

resource "azuremedia_resource_group" "app" {
  name     = "app"
  location = "westeurope"
}

# An account that azurerm, azapi or somebody else manages works as well: everything below needs its
# ID and the principal ID of its identity.
resource "azuremedia_storage_account" "app" {
  name                = "contosoappdata"
  resource_group_name = azuremedia_resource_group.app.name
  location            = azuremedia_resource_group.app.location

  identity = {
    type = "SystemAssigned"
  }
}

# Soft delete and purge protection are on by default: Azure requires both.
resource "azuremedia_key_vault" "app" {
  name                       = "contoso-app-keys"
  resource_group_name        = azuremedia_resource_group.app.name
  location                   = azuremedia_resource_group.app.location
  rbac_authorization_enabled = true
}

resource "azuremedia_key_vault_key" "app" {
  name         = "storage"
  key_vault_id = azuremedia_key_vault.app.id
  key_size     = 3072

  # Key Vault creates a new version every quarter.
  rotation_policy = {
    automatic = {
      time_after_creation = "P90D"
    }
  }
}

# The account may get, wrap and unwrap with the key, and nothing else.
resource "azuremedia_customer_key_grant" "app" {
  key_vault_id = azuremedia_key_vault.app.id
  principal_id = azuremedia_storage_account.app.identity.principal_id
}

# Without a version in its identifier the key is versionless: the account follows every new version.
resource "azuremedia_customer_key_attachment" "app" {
  account_id       = azuremedia_storage_account.app.id
  key_vault_key_id = azuremedia_key_vault_key.app.versionless_id

  # Attached after the access is granted, and detached before it goes.
  depends_on = [azuremedia_customer_key_grant.app]
}

# Creating this regenerates nothing. When the keys are 90 days old, one apply regenerates key1, and
# one that runs at least six hours later regenerates key2.
resource "azuremedia_storage_key_rotation" "app" {
  storage_account_id = azuremedia_storage_account.app.id
  rotation_interval  = "P90D"

  # The Batch accounts and Machine Learning workspaces that hold a copy of the keys: each is synced
  # after either key is regenerated.
  dependent_ids = []
}
