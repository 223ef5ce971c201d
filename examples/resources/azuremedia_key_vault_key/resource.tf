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

resource "azuremedia_key_vault" "media" {
  name                = "contoso-media-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.media.id
  key_size     = 3072

  # Changing a value creates a new version of the key.
  rotate_when_changed = {
    reviewed = "2026-06"
  }

  # Key Vault also creates one every quarter.
  rotation_policy = {
    expire_after         = "P180D"
    notify_before_expiry = "P30D"

    automatic = {
      time_after_creation = "P90D"
    }
  }
}
