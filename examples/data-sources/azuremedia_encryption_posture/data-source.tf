terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Both layers of the account and of its storage accounts. This account accepts storage on the system key
# and without a second layer, so both requirements are waived.
data "azuremedia_encryption_posture" "media" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia"

  require_storage_customer_key      = false
  require_infrastructure_encryption = false
  max_key_age_days                  = 90

  # A postcondition fails the plan. A check block, as below, warns instead.
  lifecycle {
    postcondition {
      condition     = self.compliant
      error_message = self.summary
    }
  }
}

check "nothing_to_decide" {
  assert {
    condition = !anytrue([
      for finding in data.azuremedia_encryption_posture.media.findings : finding.severity == "warning"
    ])
    error_message = join("\n", [
      for finding in data.azuremedia_encryption_posture.media.findings :
      "${finding.rule} ${finding.title}: ${finding.found}. ${finding.remedy}." if finding.severity == "warning"
    ])
  }
}
