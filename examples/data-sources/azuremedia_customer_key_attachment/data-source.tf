terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The key that the account runs on now, and whether the account can access it.
data "azuremedia_customer_key_attachment" "media" {
  account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia"
}

output "encryption" {
  value = data.azuremedia_customer_key_attachment.media.summary
}

check "key_is_reachable" {
  assert {
    condition     = data.azuremedia_customer_key_attachment.media.reachable
    error_message = data.azuremedia_customer_key_attachment.media.summary
  }
}
