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

resource "azuremedia_user_assigned_identity" "reader" {
  name                = "media-key-reader"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_key_vault" "media" {
  name                = "contoso-media-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

# An access policy or a role assignment, depending on how the vault authorizes.
resource "azuremedia_customer_key_grant" "reader" {
  key_vault_id = azuremedia_key_vault.media.id
  principal_id = azuremedia_user_assigned_identity.reader.principal_id
}
