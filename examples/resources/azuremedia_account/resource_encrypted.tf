terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# An account that runs on your key from its first moment: you can grant a user-assigned identity access to
# the key before the account exists.
resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "media" {
  name                = "contosomediastorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
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

resource "azuremedia_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.media.id
}

resource "azuremedia_customer_key_grant" "reader" {
  key_vault_id = azuremedia_key_vault.media.id
  principal_id = azuremedia_user_assigned_identity.reader.principal_id
}

resource "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.reader.id]
  }

  encryption = {
    type                      = "CustomerKey"
    key_vault_key_id          = azuremedia_key_vault_key.media.versionless_id
    user_assigned_identity_id = azuremedia_user_assigned_identity.reader.id
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]

  depends_on = [azuremedia_customer_key_grant.reader]
}
