# PUT Microsoft.Storage/storageAccounts: the media account stores its files in it.

resource "azuremedia_storage_account" "media" {
  name                = "contosobyokstorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}
