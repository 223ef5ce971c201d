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

# TLS 1.2, HTTPS only and no public blobs are the defaults.
resource "azuremedia_storage_account" "media" {
  name                     = "contosomediastorage"
  resource_group_name      = azuremedia_resource_group.media.name
  location                 = azuremedia_resource_group.media.location
  account_replication_type = "ZRS"
}
