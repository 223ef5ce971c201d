# The account takes another key, to which its grant is narrowed, and goes back.

variable "after" { type = bool }

resource "azuremedia_storage_account" "test" {
  name                = "contosostore"
  resource_group_name = "media"
  location            = "westus2"
  identity            = { type = "SystemAssigned" }
}

resource "azuremedia_key_vault" "test" {
  name                       = "contoso-keys"
  resource_group_name        = "media"
  location                   = "westus2"
  rbac_authorization_enabled = true
}

resource "azuremedia_key_vault_key" "first" {
  name         = "first"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_key_vault_key" "second" {
  name         = "second"
  key_vault_id = azuremedia_key_vault.test.id
}

locals {
  key = var.after ? azuremedia_key_vault_key.second : azuremedia_key_vault_key.first
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  key_name     = local.key.name
  principal_id = azuremedia_storage_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_storage_account.test.id
  key_vault_key_id = local.key.versionless_id
  depends_on       = [azuremedia_customer_key_grant.test]
}
