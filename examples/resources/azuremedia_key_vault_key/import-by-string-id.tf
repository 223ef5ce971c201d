import {
  to = azuremedia_key_vault_key.media
  id = "https://contoso-media-keys.vault.azure.net/keys/media"
}
