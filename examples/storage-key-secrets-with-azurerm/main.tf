# azurerm's storage account and vault stay as they are. Beside them, a secret that always holds a working connection
# string of the storage account, and the rotation of its access keys.

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

data "azurerm_client_config" "me" {}

resource "azurerm_resource_group" "shop" {
  name     = "shop"
  location = "westeurope"
}

resource "azurerm_storage_account" "shop" {
  name                     = "contososhop"
  resource_group_name      = azurerm_resource_group.shop.name
  location                 = azurerm_resource_group.shop.location
  account_tier             = "Standard"
  account_replication_type = "LRS"
}

resource "azurerm_key_vault" "shop" {
  name                = "contoso-shop"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  tenant_id           = data.azurerm_client_config.me.tenant_id
  sku_name            = "standard"

  rbac_authorization_enabled = true
}

# Whoever applies this sets the secret.
resource "azurerm_role_assignment" "shop" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = data.azurerm_client_config.me.object_id
}

# The secret is the rotation's alone: no azurerm_key_vault_secret manages it.
resource "azuremedia_storage_key_rotation" "shop" {
  storage_account_id = azurerm_storage_account.shop.id
  rotation_interval  = "P90D"

  secrets = [
    {
      key_vault_id = azurerm_key_vault.shop.id
      name         = "storage-connection"
      holds        = "connection_string"
    },
  ]

  depends_on = [azurerm_role_assignment.shop]
}
