# The local Azure inside the provider. On a real subscription, set `subscription_id` instead; the other
# files stay the same.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

provider "azuremedia" {
  environment = "rehearsal"

  rehearsal = {
    data_file = "${path.module}/azure.rehearsal"
  }
}

variable "location" {
  description = "The region of the account and of the vault: Azure requires the same one."
  type        = string
  default     = "westus2"
}

resource "azuremedia_resource_group" "media" {
  name     = "byok"
  location = var.location
}
