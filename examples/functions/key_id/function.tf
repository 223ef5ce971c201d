terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# "https://contoso-media-keys.vault.azure.net/keys/media", which follows the newest version.
output "key_id" {
  value = provider::azuremedia::key_id("https://contoso-media-keys.vault.azure.net/", "media", null)
}
