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

resource "azuremedia_storage_account" "media" {
  name                = "contosomediastorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]
}

# Creating it regenerates nothing. When the keys are 90 days old, or when a value below changes, an apply
# regenerates key1 and syncs the account; one at least six hours later does the same with key2.
resource "azuremedia_storage_key_rotation" "media" {
  storage_account_id = azuremedia_storage_account.media.id
  dependent_ids      = [azuremedia_account.media.id]
  rotation_interval  = "P90D"

  rotate_when_changed = {
    reviewed = "2026-06"
  }
}
