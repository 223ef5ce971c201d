# Bring your own key, with azurerm's vault, key and storage account in place of ours. Every reference between the
# two providers is by ID, so that either side can be managed by whichever has it already.

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
      # A key that was destroyed by mistake is to be recovered, and not to be gone.
      purge_soft_delete_on_destroy = false
    }
    storage {
      # Blob, queue and share settings are not needed, and neither is the network way to them.
      data_plane_available = false
    }
  }
}

# Both providers read the same ARM_* environment variables.
provider "azuremedia" {}

variable "location" {
  description = "The region of the account and of the vault: Azure wants them in the same one."
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
    # Its key is the business of the attachment below.
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

# azurerm's policies stand apart from the vault, as ours do: the vault above names none of its own.
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

# Who may use the key: the media account, and the storage account beneath it.
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
