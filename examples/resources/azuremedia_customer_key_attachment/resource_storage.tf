terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# A storage account that is encrypted twice: the first layer uses your key, whose vault may be in another
# region; the second uses a key that Azure manages.
resource "azuremedia_resource_group" "storage" {
  name     = "media-storage"
  location = "westus2"
}

resource "azuremedia_storage_account" "storage" {
  name                              = "contosomediaarchive"
  resource_group_name               = azuremedia_resource_group.storage.name
  location                          = azuremedia_resource_group.storage.location
  infrastructure_encryption_enabled = true

  identity = {
    type = "SystemAssigned"
  }
}

resource "azuremedia_key_vault" "storage" {
  name                = "contoso-storage-keys"
  resource_group_name = azuremedia_resource_group.storage.name
  location            = "centralus"
}

resource "azuremedia_key_vault_key" "storage" {
  name         = "storage"
  key_vault_id = azuremedia_key_vault.storage.id
}

resource "azuremedia_customer_key_grant" "storage" {
  key_vault_id = azuremedia_key_vault.storage.id
  principal_id = azuremedia_storage_account.storage.identity.principal_id
}

# Storage looks for a new version of the key once a day.
resource "azuremedia_customer_key_attachment" "storage" {
  account_id       = azuremedia_storage_account.storage.id
  key_vault_key_id = azuremedia_key_vault_key.storage.versionless_id

  depends_on = [azuremedia_customer_key_grant.storage]
}
