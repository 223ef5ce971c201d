# Several accounts share an identity and a vault, each with a key and a grant of its own. One is removed.

variable "after" { type = bool }

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_key_vault" "test" {
  name                       = "contoso-keys"
  resource_group_name        = "media"
  location                   = "westus2"
  rbac_authorization_enabled = true
}

locals {
  accounts = var.after ? ["contosostore"] : ["contosostore", "fabrikamstore"]
}

resource "azuremedia_storage_account" "test" {
  count               = length(local.accounts)
  name                = local.accounts[count.index]
  resource_group_name = "media"
  location            = "westus2"

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.test.id]
  }
}

resource "azuremedia_key_vault_key" "test" {
  count        = length(local.accounts)
  name         = local.accounts[count.index]
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "test" {
  count        = length(local.accounts)
  key_vault_id = azuremedia_key_vault.test.id
  key_name     = azuremedia_key_vault_key.test[count.index].name
  principal_id = azuremedia_user_assigned_identity.test.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  count                     = length(local.accounts)
  account_id                = azuremedia_storage_account.test[count.index].id
  key_vault_key_id          = azuremedia_key_vault_key.test[count.index].versionless_id
  user_assigned_identity_id = azuremedia_user_assigned_identity.test.id
  depends_on                = [azuremedia_customer_key_grant.test]
}
