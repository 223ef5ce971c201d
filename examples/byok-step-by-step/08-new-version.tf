# GET Microsoft.Media/mediaServices: which version the account runs on, and which one is the newest. Create a new
# version with -var key_generation=2, let five minutes pass, and look again.

data "azuremedia_customer_key_attachment" "media" {
  account_id = azuremedia_customer_key_attachment.media.account_id

  depends_on = [azuremedia_key_vault_key.media]
}

output "key_in_use" {
  description = "Which version of the key the account runs on, in a sentence."
  value       = data.azuremedia_customer_key_attachment.media.summary
}

output "current_key_version" {
  description = "The version of the key that the account runs on."
  value       = data.azuremedia_customer_key_attachment.media.current_key_version
}

output "newest_key_version" {
  description = "The newest version of the key."
  value       = azuremedia_key_vault_key.media.version
}
