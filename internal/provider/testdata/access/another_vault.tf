# The key, the grant and the attachment of a storage account move to another vault.

variable "after" { type = bool }

resource "azuremedia_storage_account" "test" {
  name                = "contosostore"
  resource_group_name = "media"
  location            = "westus2"
  identity            = { type = "SystemAssigned" }
}

resource "azuremedia_key_vault" "test" {
  name                = "contoso-keys"
  resource_group_name = "media"
  location            = "westus2"
}

resource "azuremedia_key_vault" "other" {
  name                = "contoso-other"
  resource_group_name = "media"
  location            = "westus2"
}

locals {
  vault_id = var.after ? azuremedia_key_vault.other.id : azuremedia_key_vault.test.id
}

resource "azuremedia_key_vault_key" "test" {
  name         = "media"
  key_vault_id = local.vault_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "azuremedia_customer_key_grant" "test" {
  key_vault_id = local.vault_id
  principal_id = azuremedia_storage_account.test.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "test" {
  account_id       = azuremedia_storage_account.test.id
  key_vault_key_id = azuremedia_key_vault_key.test.versionless_id
  depends_on       = [azuremedia_customer_key_grant.test]
}
