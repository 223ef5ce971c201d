# A Media Services account goes from its system-assigned identity to a user-assigned one, and the grant of the
# first is removed. In one step Terraform would remove it first; in two, the account has moved by then.

variable "step" { type = number }

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_storage_account" "test" {
  name                = "contosoprimary"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_account" "test" {
  name                = "contosomedia"
  resource_group_name = "media"
  location            = "westus2"

  identity = {
    type         = ["SystemAssigned", "SystemAssigned, UserAssigned", "UserAssigned"][var.step]
    identity_ids = var.step > 0 ? [azuremedia_user_assigned_identity.test.id] : null
  }

  storage_accounts = [{ id = azuremedia_storage_account.test.id, is_primary = true }]
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

resource "azuremedia_customer_key_grant" "system" {
  count        = var.step < 2 ? 1 : 0
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_account.test.identity.principal_id
}

resource "azuremedia_customer_key_grant" "user" {
  key_vault_id = azuremedia_key_vault.test.id
  principal_id = azuremedia_user_assigned_identity.test.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id                = azuremedia_account.test.id
  key_vault_key_id          = azuremedia_key_vault_key.test.versionless_id
  user_assigned_identity_id = var.step > 0 ? azuremedia_user_assigned_identity.test.id : null
  depends_on                = [azuremedia_customer_key_grant.system, azuremedia_customer_key_grant.user]
}
