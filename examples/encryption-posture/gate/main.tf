# A gate for a pipeline: it manages nothing, and fails while the encryption of an account, or of the storage
# beneath it, is not as it should be. It needs to read, and nothing else: the role Reader on the account, its
# storage accounts and their vaults, and Key Vault Reader on the vaults.

terraform {
  required_version = ">= 1.5"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Which Azure, and as whom, the environment says: ARM_ENVIRONMENT and the like.
provider "azuremedia" {}

variable "account_id" {
  description = "The ID of the Media Services or Video Analyzer account."
  type        = string
}

# What is an error stops here: the plan fails, and the pipeline with it.
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

# What a person should decide about is a warning, and the pipeline goes on.
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
