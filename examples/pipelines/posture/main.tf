# Fails the plan unless the storage account runs on a customer-managed key that it can reach, and its
# access keys are young enough. It changes nothing.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Signs in as the ARM_* environment variables say.
provider "azuremedia" {}

variable "storage_account_id" {
  description = "The ID of the storage account to check."
  type        = string
}

data "azuremedia_encryption_posture" "this" {
  account_id       = var.storage_account_id
  max_key_age_days = 90

  # Leave this out to require the second layer of encryption as well.
  require_infrastructure_encryption = false

  lifecycle {
    postcondition {
      condition = self.compliant
      error_message = join("\n", [
        for finding in self.findings : "${finding.rule} ${finding.title}: ${finding.found}." if finding.severity == "error"
      ])
    }
  }
}
