# Bring your own key, with azurerm's vault, key and storage account in place of ours. Every reference between the
# two providers is by ID, so each object can stay with the provider that manages it already.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 3.117"
    }
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

provider "azurerm" {
  features {
    key_vault {
      # A key that is destroyed by mistake stays recoverable.
      purge_soft_delete_on_destroy = false
    }
    storage {
      # This example needs no blob, queue or share settings, and no network access to them.
      data_plane_available = false
    }
  }
}

# Both providers read the same ARM_* environment variables.
provider "azuremedia" {}

variable "location" {
  description = "The region of the account and of the vault: Azure requires the same one."
  type        = string
  default     = "westus2"
}

data "azurerm_client_config" "me" {}

resource "azurerm_resource_group" "media" {
  name     = "byok-with-azurerm"
  location = var.location
}

resource "azurerm_storage_account" "media" {
  name                     = "contosoazurermstorage"
  resource_group_name      = azurerm_resource_group.media.name
  location                 = azurerm_resource_group.media.location
  account_tier             = "Standard"
  account_replication_type = "LRS"

  identity {
    type = "SystemAssigned"
  }

  lifecycle {
    # The attachment below manages the key.
    ignore_changes = [customer_managed_key]
  }
}

resource "azuremedia_account" "media" {
  name                = "contosoazurerm"
  resource_group_name = azurerm_resource_group.media.name
  location            = azurerm_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azurerm_storage_account.media.id
      is_primary = true
    },
  ]
}

resource "azurerm_key_vault" "media" {
  name                       = "contoso-azurerm-keys"
  resource_group_name        = azurerm_resource_group.media.name
  location                   = azurerm_resource_group.media.location
  tenant_id                  = data.azurerm_client_config.me.tenant_id
  sku_name                   = "standard"
  purge_protection_enabled   = true
  soft_delete_retention_days = 90
}

# azurerm's policies are separate resources, like ours: the vault above lists none.
resource "azurerm_key_vault_access_policy" "me" {
  key_vault_id = azurerm_key_vault.media.id
  tenant_id    = data.azurerm_client_config.me.tenant_id
  object_id    = data.azurerm_client_config.me.object_id

  key_permissions = [
    "Get", "List", "Create", "Update", "Delete", "Recover", "Rotate", "GetRotationPolicy", "SetRotationPolicy",
  ]
}

resource "azurerm_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azurerm_key_vault.media.id
  key_type     = "RSA"
  key_size     = 3072
  key_opts     = ["unwrapKey", "wrapKey"]

  depends_on = [azurerm_key_vault_access_policy.me]
}

# The media account and its storage account may use the key.
resource "azuremedia_customer_key_grant" "media" {
  key_vault_id = azurerm_key_vault.media.id
  principal_id = azuremedia_account.media.identity.principal_id
}

resource "azuremedia_customer_key_grant" "storage" {
  key_vault_id = azurerm_key_vault.media.id
  principal_id = azurerm_storage_account.media.identity[0].principal_id
}

resource "azuremedia_customer_key_attachment" "media" {
  account_id       = azuremedia_account.media.id
  key_vault_key_id = azurerm_key_vault_key.media.versionless_id

  depends_on = [azuremedia_customer_key_grant.media]
}

resource "azuremedia_customer_key_attachment" "storage" {
  account_id       = azurerm_storage_account.media.id
  key_vault_key_id = azurerm_key_vault_key.media.versionless_id

  depends_on = [azuremedia_customer_key_grant.storage]
}

output "current_key_ids" {
  description = "The version of the key that each account runs on."
  value = {
    media   = azuremedia_customer_key_attachment.media.current_key_id
    storage = azuremedia_customer_key_attachment.storage.current_key_id
  }
}
