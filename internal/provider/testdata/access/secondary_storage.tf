# The second storage account of a Media Services account is replaced.

variable "after" { type = bool }

resource "azuremedia_storage_account" "primary" {
  name                = "contosoprimary"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_storage_account" "second" {
  name                = var.after ? "contosothird" : "contososecond"
  resource_group_name = "media"
  location            = "westus2"

  lifecycle {
    create_before_destroy = true
  }
}

resource "azuremedia_account" "test" {
  name                = "contosomedia"
  resource_group_name = "media"
  location            = "westus2"
  identity            = { type = "SystemAssigned" }

  storage_accounts = [
    { id = azuremedia_storage_account.primary.id, is_primary = true },
    { id = azuremedia_storage_account.second.id },
  ]
}

resource "azuremedia_key_vault" "test" {
  name                = "contoso-keys"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_key_vault_key" "test" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_account.test.id
  key_vault_key_id = azuremedia_key_vault_key.test.versionless_id
  depends_on       = [azuremedia_customer_key_grant.test]
}
