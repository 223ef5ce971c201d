# The identifier for the account. Without a version the account follows the newest one.

locals {
  key_identifier = azuremedia_key_vault_key.media.versionless_id
}

output "key_identifier" {
  description = "The identifier of the key, without a version."
  value       = local.key_identifier
}
