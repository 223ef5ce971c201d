terraform import azuremedia_key_vault_key.media https://contoso-media-keys.vault.azure.net/keys/media
