import {
  to = azuremedia_key_vault.media
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.KeyVault/vaults/contoso-media-keys"
  }
}
