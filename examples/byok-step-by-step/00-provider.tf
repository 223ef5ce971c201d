# Where it happens: a local Azure. On a real subscription this is `environment = "public"`, and nothing
# in the other files changes.

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
  description = "The region of the account and of the vault: Azure wants them in the same one."
  type        = string
  default     = "westus2"
}

resource "azuremedia_resource_group" "media" {
  name     = "byok"
  location = var.location
}
