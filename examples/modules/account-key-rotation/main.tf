# Rotates the keys of every storage account of a media account. Each has its own rotation, all in one
# apply; the media account is synced for one storage account at a time.

terraform {
  required_version = ">= 1.8"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

variable "account_name" {
  description = "The name of the media account."
  type        = string
}

variable "resource_group_name" {
  description = "The resource group of the media account."
  type        = string
}

variable "rotation_interval" {
  description = "The age of key1 at which a rotation starts."
  type        = string
  default     = "P90D"
}

variable "request" {
  description = "Any text. Changing it starts a rotation of all storage accounts."
  type        = string
  default     = "none"
}

data "azuremedia_account" "this" {
  name                = var.account_name
  resource_group_name = var.resource_group_name
}

resource "azuremedia_storage_key_rotation" "this" {
  for_each = toset(data.azuremedia_account.this.storage_accounts[*].id)

  storage_account_id = each.value
  dependent_ids      = [data.azuremedia_account.this.id]
  rotation_interval  = var.rotation_interval

  rotate_when_changed = {
    request = var.request
  }
}

output "phases" {
  description = "The phase of each rotation, by the ID of the storage account."
  value       = { for id, rotation in azuremedia_storage_key_rotation.this : id => rotation.phase }
}
