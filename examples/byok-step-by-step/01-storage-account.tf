# PUT Microsoft.Storage/storageAccounts: what the media account keeps its files in.

resource "azuremedia_storage_account" "media" {
  name                = "contosobyokstorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}
