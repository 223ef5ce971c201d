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

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]
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

resource "azuremedia_customer_key_grant" "media" {
  key_vault_id = azuremedia_key_vault.media.id
  principal_id = azuremedia_account.media.identity.principal_id
}

# Without a version in the identifier the account follows the newest one by itself.
resource "azuremedia_customer_key_attachment" "media" {
  account_id       = azuremedia_account.media.id
  key_vault_key_id = azuremedia_key_vault_key.media.versionless_id

  # Attached after the access is granted, and detached before it goes.
  depends_on = [azuremedia_customer_key_grant.media]
}
