# Applications read a connection string from a Key Vault secret, and keep working while the storage keys are rotated.

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

variable "batch_account" {
  description = "The name of a Batch account that uses the storage account too, if there is one."
  type        = string
  default     = ""
}

resource "azuremedia_resource_group" "shop" {
  name     = "shop"
  location = "westeurope"
}

resource "azuremedia_storage_account" "shop" {
  name                = "contososhop"
  resource_group_name = azuremedia_resource_group.shop.name
  location            = azuremedia_resource_group.shop.location
}

resource "azuremedia_key_vault" "shop" {
  name                = "contoso-shop"
  resource_group_name = azuremedia_resource_group.shop.name
  location            = azuremedia_resource_group.shop.location

  # Whoever applies this sets the secret.
  caller_secret_access_enabled = true
}

# Creating it regenerates nothing. When the keys are 90 days old, one apply regenerates key1, and one that runs at
# least a day later regenerates key2.
resource "azuremedia_storage_key_rotation" "shop" {
  storage_account_id = azuremedia_storage_account.shop.id
  rotation_interval  = "P90D"

  secrets = [
    {
      key_vault_id = azuremedia_key_vault.shop.id
      name         = "storage-connection"
      holds        = "connection_string"
    },
  ]

  dependent_ids = var.batch_account == "" ? [] : [
    "${azuremedia_resource_group.shop.id}/providers/Microsoft.Batch/batchAccounts/${var.batch_account}",
  ]

  # Before key2 is regenerated, the key that the secret holds must open the storage account.
  verify = [{ signed = true }]
}
