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

resource "azuremedia_storage_account" "video" {
  name                = "contosovideostorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_user_assigned_identity" "video" {
  name                = "video"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_video_analyzer" "video" {
  name                = "contosovideo"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.video.id]
  }

  # The account holds a copy of the storage keys. To make it access storage with its identity instead,
  # assign the identity the roles Storage Blob Data Contributor and Reader at the storage account
  # (azurerm_role_assignment does), and set
  #
  #   user_assigned_identity_id = azuremedia_user_assigned_identity.video.id
  storage_account = {
    id = azuremedia_storage_account.video.id
  }
}
