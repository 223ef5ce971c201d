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

resource "azuremedia_storage_account" "archive" {
  name                = "contosomediaarchive"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
    {
      id = azuremedia_storage_account.archive.id
    },
  ]
}
