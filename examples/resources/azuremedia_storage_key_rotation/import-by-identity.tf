import {
  to = azuremedia_storage_key_rotation.media
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"
  }
}
