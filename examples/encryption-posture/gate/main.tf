# A gate for a pipeline: it manages nothing, and fails while the encryption of an account or of its storage
# accounts breaks a rule. It needs only to read: the role Reader on the account, its storage accounts and
# their vaults, and Key Vault Reader on the vaults.

terraform {
  required_version = ">= 1.5"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The environment configures the provider: ARM_ENVIRONMENT, ARM_SUBSCRIPTION_ID and so on.
provider "azuremedia" {}

variable "account_id" {
  description = "The ID of the Media Services or Video Analyzer account."
  type        = string
}

# An error stops here: the plan fails, and the pipeline with it.
data "azuremedia_encryption_posture" "media" {
  account_id = var.account_id

  lifecycle {
    postcondition {
      condition = self.compliant
      error_message = join("\n", concat([self.summary], [
        for finding in self.findings :
        "  ${finding.rule} ${finding.title}: ${basename(finding.subject_id)}\n    Found: ${finding.found}.\n    Remedy: ${finding.remedy}."
        if finding.severity == "error"
      ]))
    }
  }
}

locals {
  warnings = [
    for finding in data.azuremedia_encryption_posture.media.findings : finding if finding.severity == "warning"
  ]
}

# A warning is for a person to decide about: the pipeline continues.
check "nothing_to_decide" {
  assert {
    condition = length(local.warnings) == 0
    error_message = join("\n", concat(["Nothing stops here, but a person should decide:"], [
      for finding in local.warnings :
      "  ${finding.rule} ${finding.title}: ${basename(finding.subject_id)}\n    Found: ${finding.found}.\n    Remedy: ${finding.remedy}."
    ]))
  }
}

output "summary" {
  value = data.azuremedia_encryption_posture.media.summary
}
