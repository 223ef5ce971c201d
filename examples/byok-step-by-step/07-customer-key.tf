# PATCH Microsoft.Media/mediaServices: from now on your key wraps the account's.

resource "azuremedia_customer_key_attachment" "media" {
  account_id       = azuremedia_account.media.id
  key_vault_key_id = local.key_identifier

  depends_on = [azuremedia_customer_key_grant.media]
}
