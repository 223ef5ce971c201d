# What a pipeline applies on a schedule. Copy this folder, and set source to where the module is then.
#
# The backend keeps the state between the runs. A run without it would create the rotation again, and
# creating it regenerates nothing: the keys would grow old while every run succeeds.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }

  # Not in a storage account whose keys are rotated here, unless by Microsoft Entra ID as below.
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

variable "account_ids" {
  description = "The IDs of the accounts that hold a copy of the keys."
  type        = set(string)
  default     = []
}

module "keys" {
  source             = "../"
  storage_account_id = var.storage_account_id
  account_ids        = var.account_ids
}

output "phase" {
  description = "The phase of the rotation; `complete` between rotations."
  value       = module.keys.phase
}

output "next" {
  description = "When a run regenerates a key next, at the earliest."
  value       = try(coalesce(module.keys.secondary_due_at, module.keys.next_rotation_at), null)
}
