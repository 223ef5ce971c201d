# azurerm's storage account and vault stay as they are. Beside them, the key, who may use it, its
# attachment to the storage account, and the rotation of the account's access keys.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.42" # 5 as well
    }
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Both providers sign in alike, and read the same ARM_* environment variables.
provider "azurerm" {
  features {}
}

provider "azuremedia" {}

resource "azurerm_resource_group" "app" {
  name     = "app"
  location = "westeurope"
}

resource "azurerm_storage_account" "app" {
  name                     = "contosoappdata"
  resource_group_name      = azurerm_resource_group.app.name
  location                 = azurerm_resource_group.app.location
  account_tier             = "Standard"
  account_replication_type = "LRS"

  identity {
    type = "SystemAssigned"
  }

  # azurerm reads the key that the attachment below attaches, and would remove it.
  lifecycle {
    ignore_changes = [customer_managed_key]
  }
}

data "azurerm_client_config" "me" {}

resource "azurerm_key_vault" "app" {
  name                       = "contoso-app-keys"
  resource_group_name        = azurerm_resource_group.app.name
  location                   = azurerm_resource_group.app.location
  tenant_id                  = data.azurerm_client_config.me.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

# In a vault with roles, even the owner of the subscription needs one to create a key.
resource "azurerm_role_assignment" "me" {
  scope                = azurerm_key_vault.app.id
  role_definition_name = "Key Vault Crypto Officer"
  principal_id         = data.azurerm_client_config.me.object_id
}

# Key Vault creates a new version every quarter.
resource "azuremedia_key_vault_key" "app" {
  name         = "storage"
  key_vault_id = azurerm_key_vault.app.id
  key_size     = 3072

  rotation_policy = {
    automatic = {
      time_after_creation = "P90D"
    }
  }

  depends_on = [azurerm_role_assignment.me]
}

# The storage account may get, wrap and unwrap with the key, and nothing else.
resource "azuremedia_customer_key_grant" "app" {
  key_vault_id = azurerm_key_vault.app.id
  principal_id = azurerm_storage_account.app.identity[0].principal_id
}

# Without a version in its identifier the key is versionless: the account follows every new version.
resource "azuremedia_customer_key_attachment" "app" {
  account_id       = azurerm_storage_account.app.id
  key_vault_key_id = azuremedia_key_vault_key.app.versionless_id

  # Attached after the access is granted, and detached before it goes.
  depends_on = [azuremedia_customer_key_grant.app]
}

# Creating this regenerates nothing. When the keys are 90 days old, one apply regenerates key1, and
# one that runs at least six hours later regenerates key2.
resource "azuremedia_storage_key_rotation" "app" {
  storage_account_id = azurerm_storage_account.app.id
  rotation_interval  = "P90D"

  # The Batch accounts and Machine Learning workspaces that hold a copy of the keys: each is synced
  # after either key is regenerated.
  dependent_ids = []
}
