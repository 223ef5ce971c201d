terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

provider "azuremedia" {
  environment = "rehearsal"

  rehearsal = {
    data_file = "${path.module}/azure.db"
  }
}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
  tags     = { team = "video" }
}

resource "azuremedia_user_assigned_identity" "reader" {
  name                = "reader"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westus2"
}

resource "azuremedia_storage_account" "media" {
  for_each            = toset(["primary", "secondary", "archive"])
  name                = "contoso${each.key}"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westus2"

  identity = {
    type = "SystemAssigned"
  }
}

resource "azuremedia_key_vault" "policies" {
  name                = "contoso-policies"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westus2"
}

resource "azuremedia_key_vault" "roles" {
  name                       = "contoso-roles"
  resource_group_name        = azuremedia_resource_group.media.name
  location                   = "westus2"
  rbac_authorization_enabled = true
}

resource "azuremedia_key_vault_key" "policies" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.policies.id
}

resource "azuremedia_key_vault_key" "roles" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.roles.id
  key_size     = 3072
}

resource "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westus2"

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    { id = azuremedia_storage_account.media["primary"].id, is_primary = true },
    { id = azuremedia_storage_account.media["secondary"].id },
  ]
}

resource "azuremedia_video_analyzer" "video" {
  name                = "contosovideo"
  resource_group_name = azuremedia_resource_group.media.name
  location            = "westus2"

  identity = {
    type         = "UserAssigned"
    identity_ids = [azuremedia_user_assigned_identity.reader.id]
  }

  storage_account = {
    id = azuremedia_storage_account.media["archive"].id
  }
}

resource "azuremedia_customer_key_grant" "media" {
  key_vault_id = azuremedia_key_vault.policies.id
  principal_id = azuremedia_account.media.identity.principal_id
}

resource "azuremedia_customer_key_grant" "storage" {
  key_vault_id = azuremedia_key_vault.roles.id
  principal_id = azuremedia_storage_account.media["archive"].identity.principal_id
}

resource "azuremedia_customer_key_attachment" "media" {
  account_id       = azuremedia_account.media.id
  key_vault_key_id = azuremedia_key_vault_key.policies.versionless_id

  depends_on = [azuremedia_customer_key_grant.media]
}

resource "azuremedia_customer_key_attachment" "storage" {
  account_id       = azuremedia_storage_account.media["archive"].id
  key_vault_key_id = azuremedia_key_vault_key.roles.versionless_id

  depends_on = [azuremedia_customer_key_grant.storage]
}

resource "azuremedia_storage_key_rotation" "media" {
  storage_account_id = azuremedia_storage_account.media["primary"].id
  dependent_ids      = [azuremedia_account.media.id]
}
