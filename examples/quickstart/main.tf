# Bring your own key to a media account, from an empty subscription: a procedure that Microsoft documents
# as a dozen REST calls. https://learn.microsoft.com/azure/media-services/latest/concept-use-customer-managed-keys-byok

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The local Azure inside the provider. On a real subscription, set `subscription_id` instead; nothing below
# changes.
provider "azuremedia" {
  environment = "rehearsal"

  rehearsal = {
    data_file = "${path.module}/.quickstart/azure.db"
  }
}

variable "location" {
  description = "The region of the account and of the vault: Azure requires the same one."
  type        = string
  default     = "westus2"
}

variable "key_generation" {
  description = "A new number creates a new version of the key."
  type        = number
  default     = 1
}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = var.location
}

resource "azuremedia_storage_account" "media" {
  name                = "contosomediastorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

# 1. An account with an identity. It starts on the system key.
resource "azuremedia_account" "media" {
  name                = "contosomedia"
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

# 2. A vault that cannot lose the key: soft delete and purge protection are on by default.
resource "azuremedia_key_vault" "media" {
  name                = "contoso-media-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

# 3. Your key.
resource "azuremedia_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.media.id
  key_size     = 3072

  rotate_when_changed = {
    generation = var.key_generation
  }
}

# 4. The account's identity may read and use the key, and nothing else.
resource "azuremedia_customer_key_grant" "media" {
  key_vault_id = azuremedia_key_vault.media.id
  principal_id = azuremedia_account.media.identity.principal_id
}

# 5. From now on your key wraps the account's key. Without a version in the identifier the account
#    follows the newest one by itself.
resource "azuremedia_customer_key_attachment" "media" {
  account_id       = azuremedia_account.media.id
  key_vault_key_id = azuremedia_key_vault_key.media.versionless_id

  depends_on = [azuremedia_customer_key_grant.media]
}

output "key_generation" {
  description = "The generation of the key that was applied last."
  value       = var.key_generation
}

output "newest_key_id" {
  description = "The newest version of your key in the vault."
  value       = azuremedia_key_vault_key.media.versioned_id
}

output "current_key_id" {
  description = "The version of your key that the account runs on."
  value       = azuremedia_customer_key_attachment.media.current_key_id
}
