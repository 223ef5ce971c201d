# A storage account goes from its system-assigned identity to a user-assigned one in one change: the same grant
# and the same attachment follow. Between policies and roles nothing differs but the vault.

variable "after" { type = bool }
variable "roles" { type = bool }

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contosostore"
  resource_group_name = "media"
  location            = "westus2"

  identity = {
    type         = var.after ? "UserAssigned" : "SystemAssigned"
    identity_ids = var.after ? [azuremedia_user_assigned_identity.test.id] : null
  }
}

resource "azuremedia_key_vault" "test" {
  name                       = "contoso-keys"
  resource_group_name        = "media"
  location                   = "westus2"
  rbac_authorization_enabled = var.roles
}

resource "azuremedia_key_vault_key" "test" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.test.id
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = (var.after ? azuremedia_user_assigned_identity.test.principal_id :
  azuremedia_storage_account.test.identity.principal_id)
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id                = azuremedia_storage_account.test.id
  key_vault_key_id          = azuremedia_key_vault_key.test.versionless_id
  user_assigned_identity_id = var.after ? azuremedia_user_assigned_identity.test.id : null
  depends_on                = [azuremedia_customer_key_grant.test]
}
