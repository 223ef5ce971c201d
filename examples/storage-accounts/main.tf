# The storage accounts of a media account: a second one is added to the account, both layers of each
# are encrypted, its first with your key, and the access keys of each are rolled.
# https://learn.microsoft.com/azure/media-services/latest/storage-account-concept

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The local Azure. On a real subscription this is `environment = "public"`, and nothing below changes.
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
  description = "The names of the storage accounts beside the primary one. A new name adds one."
  type        = set(string)
  default     = []
}

variable "rotation" {
  description = "Any text: a new one starts a rotation of the keys of every storage account."
  type        = string
  default     = "none"
}

variable "streaming_urls" {
  description = "What the media account streams, and has to stream all through a rotation."
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

# Everything in a storage account is encrypted twice: by its second layer, which is chosen when the
# account is created and never again, and by the first, whose key is wrapped by yours (further down).
resource "azuremedia_storage_account" "media" {
  for_each = local.storage

  name                = each.key
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  infrastructure_encryption_enabled = true

  # Blobs and files are always under the account's key, which yours wraps. These can be as well.
  queue_encryption_key_type = "Account"
  table_encryption_key_type = "Account"

  # Azure shows an access key that is older as expired: the rotation comes before.
  key_expiration_period_in_days = 100

  identity = {
    type = "SystemAssigned"
  }
}

# A media account has one primary storage account, for good. Secondary ones come and go.
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

# The identity of each storage account may use the key, and nothing else.
resource "azuremedia_customer_key_grant" "storage" {
  for_each = azuremedia_storage_account.media

  key_vault_id = azuremedia_key_vault.storage.id
  principal_id = each.value.identity.principal_id
}

# From here on the first layer is under your key, in its newest version: Azure Storage looks for one
# every day.
resource "azuremedia_customer_key_attachment" "storage" {
  for_each = azuremedia_storage_account.media

  account_id       = each.value.id
  key_vault_key_id = azuremedia_key_vault_key.storage.versionless_id

  depends_on = [azuremedia_customer_key_grant.storage]
}

# The media account holds a copy of the access keys of each storage account. They are rolled one after
# the other, and the media account is told of each new one: the first apply after `rotation` has
# changed regenerates key1, and one that comes six hours later regenerates key2.
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
  description = "How far the rotation of each storage account has come."
  value       = { for name, rotation in azuremedia_storage_key_rotation.media : name => rotation.phase }
}

output "current_key_ids" {
  description = "The version of your key that each storage account runs on."
  value = {
    for name, attachment in azuremedia_customer_key_attachment.storage : name => attachment.current_key_id
  }
}
