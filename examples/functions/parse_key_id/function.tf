terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# { vault_name = "contoso-media-keys", name = "media", version = "78deebed173b48e48f55abf87ed4cf71", ... }
output "key" {
  value = provider::azuremedia::parse_key_id(
    "https://contoso-media-keys.vault.azure.net/keys/media/78deebed173b48e48f55abf87ed4cf71"
  )
}
