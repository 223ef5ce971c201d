terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
}

# Soft delete and purge protection are on by default: accounts require both.
resource "azuremedia_key_vault" "media" {
  name                = "contoso-media-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  # Role assignments, not access policies, decide who may use the keys.
  rbac_authorization_enabled = true
}
