terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# An account that runs on your key from its first moment.
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

resource "azuremedia_key_vault" "video" {
  name                = "contoso-video-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_key_vault_key" "video" {
  name         = "video"
  key_vault_id = azuremedia_key_vault.video.id
}

resource "azuremedia_customer_key_grant" "video" {
  key_vault_id = azuremedia_key_vault.video.id
  principal_id = azuremedia_user_assigned_identity.video.principal_id
}

resource "azuremedia_video_analyzer" "video" {
  name                = "contosovideo"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.video.id]
  }

  storage_account = {
    id = azuremedia_storage_account.video.id
  }

  encryption = {
    type                      = "CustomerKey"
    key_vault_key_id          = azuremedia_key_vault_key.video.versionless_id
    user_assigned_identity_id = azuremedia_user_assigned_identity.video.id
  }

  depends_on = [azuremedia_customer_key_grant.video]
}
