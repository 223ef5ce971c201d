terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Read-only: reports what makes the key unfit for the account instead of failing.
data "azuremedia_customer_key" "media" {
  key_vault_key_id = "https://contoso-media-keys.vault.azure.net/keys/media"
  account_id       = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia"
}

check "key_is_fit" {
  assert {
    condition = data.azuremedia_customer_key.media.eligible
    error_message = join("\n", [
      for problem in data.azuremedia_customer_key.media.problems : "${problem.rule}: ${problem.remedy}"
    ])
  }
}
