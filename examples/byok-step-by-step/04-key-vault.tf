# PUT Microsoft.KeyVault/vaults: soft delete and purge protection are on, and the account's identity may get the
# key, wrap and unwrap with it. The document grants more than the account needs.

resource "azuremedia_key_vault" "media" {
  name                = "contoso-byok-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

resource "azuremedia_customer_key_grant" "media" {
  key_vault_id = azuremedia_key_vault.media.id
  principal_id = azuremedia_account.media.identity.principal_id
}
