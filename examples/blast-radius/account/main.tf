# A media account and its storage account on one key, which each of them reads by a grant of its own. The gate
# in the folder beside this one looks at its plans.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The environment configures the provider: ARM_ENVIRONMENT, ARM_SUBSCRIPTION_ID and so on.
provider "azuremedia" {}

# A pull request changes code. Here a variable stands for that.
variable "encrypted" {
  description = "Which accounts use the key: media, storage or both."
  type        = set(string)
  default     = ["media", "storage"]
}

variable "granted" {
  description = "Which accounts may read the key."
  type        = set(string)
  default     = ["media", "storage"]
}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "media" {
  name                = "contosoradiusstorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }
}

resource "azuremedia_account" "media" {
  name                = "contosoradius"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]
}

resource "azuremedia_key_vault" "media" {
  name                = "contoso-radius-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.media.id
}

locals {
  accounts = {
    media   = azuremedia_account.media
    storage = azuremedia_storage_account.media
  }
}

resource "azuremedia_customer_key_grant" "media" {
  for_each = var.granted

  key_vault_id = azuremedia_key_vault.media.id
  principal_id = local.accounts[each.key].identity.principal_id
}

resource "azuremedia_customer_key_attachment" "media" {
  for_each = var.encrypted

  account_id       = local.accounts[each.key].id
  key_vault_key_id = azuremedia_key_vault_key.media.versionless_id

  depends_on = [azuremedia_customer_key_grant.media]
}
