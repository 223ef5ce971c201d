# The identity by which a Video Analyzer account reads its key, which its encryption names, gets another name.

variable "after" { type = bool }

resource "azuremedia_storage_account" "test" {
  name                = "contosoprimary"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_user_assigned_identity" "test" {
  name                = var.after ? "key-reader" : "reader"
  resource_group_name = "media"
  location            = "westus2"

  lifecycle {
    create_before_destroy = true
  }
}

resource "azuremedia_video_analyzer" "test" {
  name                = "contosovideo"
  resource_group_name = "media"
  location            = "westus2"

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.test.id]
  }

  storage_account = { id = azuremedia_storage_account.test.id }

  encryption = {
    type                      = "CustomerKey"
    key_vault_key_id          = azuremedia_key_vault_key.test.versionless_id
    user_assigned_identity_id = azuremedia_user_assigned_identity.test.id
  }

  depends_on = [azuremedia_customer_key_grant.test]
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
  principal_id = azuremedia_user_assigned_identity.test.principal_id
}
