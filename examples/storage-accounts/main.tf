# The storage accounts of a media account: adds a second one, encrypts both layers of each, the first with
# your key, and rotates the access keys of each.
# https://learn.microsoft.com/azure/media-services/latest/storage-account-concept

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
    data_file = "${path.module}/azure.rehearsal"
  }
}

variable "location" {
  description = "The region of everything."
  type        = string
  default     = "westus2"
}

variable "secondary_storage" {
  description = "The names of the secondary storage accounts. A new name adds one."
  type        = set(string)
  default     = []
}

variable "rotation" {
  description = "Any text. Changing it starts a rotation of the keys of every storage account."
  type        = string
  default     = "none"
}

variable "streaming_urls" {
  description = "URLs of the media account's streams, which must answer throughout a rotation."
  type        = list(string)
  default     = []
}

locals {
  primary_storage = "contosomediastorage"
  storage         = setunion([local.primary_storage], var.secondary_storage)
}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = var.location
}

# Everything in a storage account is encrypted twice: by the second layer, which you can only choose at
# creation, and by the first, whose key your key wraps (further down).
resource "azuremedia_storage_account" "media" {
  for_each = local.storage

  name                = each.key
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  infrastructure_encryption_enabled = true

  # Your key always protects blobs and files. With these, it protects queues and tables too.
  queue_encryption_key_type = "Account"
  table_encryption_key_type = "Account"

  # Azure reports older access keys as expired. The rotation runs earlier.
  key_expiration_period_in_days = 100

  identity = {
    type = "SystemAssigned"
  }
}

# A media account never changes its primary storage account. Secondary ones come and go.
resource "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  storage_accounts = [
    for name, storage in azuremedia_storage_account.media : {
      id         = storage.id
      is_primary = name == local.primary_storage
    }
  ]
}

resource "azuremedia_key_vault" "storage" {
  name                = "contoso-storage-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_key_vault_key" "storage" {
  name         = "storage"
  key_vault_id = azuremedia_key_vault.storage.id
  key_size     = 3072
}

# The identity of each storage account may get, wrap and unwrap with the key, and nothing else.
resource "azuremedia_customer_key_grant" "storage" {
  for_each = azuremedia_storage_account.media

  key_vault_id = azuremedia_key_vault.storage.id
  principal_id = each.value.identity.principal_id
}

# From now on your key protects the first layer, in its newest version: Azure Storage looks for a new one
# every day.
resource "azuremedia_customer_key_attachment" "storage" {
  for_each = azuremedia_storage_account.media

  account_id       = each.value.id
  key_vault_key_id = azuremedia_key_vault_key.storage.versionless_id

  depends_on = [azuremedia_customer_key_grant.storage]
}

# The media account holds a copy of the access keys of each storage account, and is synced after each
# regeneration. The first apply after `rotation` changed regenerates key1; one at least six hours later
# regenerates key2.
resource "azuremedia_storage_key_rotation" "media" {
  for_each = azuremedia_storage_account.media

  storage_account_id = each.value.id
  dependent_ids      = [azuremedia_account.media.id]
  rotation_interval  = "P90D"

  rotate_when_changed = {
    request = var.rotation
  }

  verify = [for url in var.streaming_urls : { url = url }]
}

output "account_id" {
  description = "The media account."
  value       = azuremedia_account.media.id
}

output "phases" {
  description = "The phase of each storage account's rotation."
  value       = { for name, rotation in azuremedia_storage_key_rotation.media : name => rotation.phase }
}

output "current_key_ids" {
  description = "The version of your key that each storage account runs on."
  value = {
    for name, attachment in azuremedia_customer_key_attachment.storage : name => attachment.current_key_id
  }
}
