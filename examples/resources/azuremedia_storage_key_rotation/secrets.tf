terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

resource "azuremedia_resource_group" "shop" {
  name     = "shop"
  location = "westus2"
}

resource "azuremedia_storage_account" "shop" {
  name                = "contososhop"
  resource_group_name = azuremedia_resource_group.shop.name
  location            = azuremedia_resource_group.shop.location
}

resource "azuremedia_key_vault" "shop" {
  name                = "contoso-shop"
  resource_group_name = azuremedia_resource_group.shop.name
  location            = azuremedia_resource_group.shop.location

  # Whoever applies this sets the secret.
  caller_secret_access_enabled = true
}

# Applications read the connection string from the secret. It always holds the key that is not regenerated next,
# and they have a day to read each new version.
resource "azuremedia_storage_key_rotation" "shop" {
  storage_account_id = azuremedia_storage_account.shop.id
  rotation_interval  = "P90D"

  secrets = [
    {
      key_vault_id         = azuremedia_key_vault.shop.id
      name                 = "storage-connection"
      holds                = "connection_string"
      disable_old_versions = true
    },
  ]

  # Before the second key is regenerated, the key that the secret holds must open the storage account.
  verify = [{ signed = true }]
}
