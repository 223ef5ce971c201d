# The rotation of a storage account's access keys, for a pipeline to apply on a schedule.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }

  # Keeps the state between the runs. A run without it creates the rotation again, which regenerates
  # nothing: the keys grow old while every run succeeds.
  backend "azurerm" {
    resource_group_name  = "terraform"
    storage_account_name = "contosoterraform"
    container_name       = "states"
    key                  = "storage-keys.tfstate"
    use_azuread_auth     = true
  }
}

# Signs in as the ARM_* environment variables say.
provider "azuremedia" {}

variable "storage_account_id" {
  description = "The ID of the storage account to rotate the keys of."
  type        = string
}

variable "dependent_ids" {
  description = "The IDs of the accounts that hold a copy of the keys."
  type        = set(string)
  default     = []
}

resource "azuremedia_storage_key_rotation" "this" {
  storage_account_id = var.storage_account_id
  rotation_interval  = "P90D"
  dependent_ids      = var.dependent_ids
}
