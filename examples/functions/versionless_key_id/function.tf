terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# "https://contoso-media-keys.vault.azure.net/keys/media"
output "follows_the_newest_version" {
  value = provider::azuremedia::versionless_key_id(
    "https://contoso-media-keys.vault.azure.net/keys/media/78deebed173b48e48f55abf87ed4cf71"
  )
}
