# azapi's storage account and vault stay as they are. Beside them, the key, who may use it, its
# attachment to the storage account, and the rotation of the account's access keys.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = ">= 2.4"
    }
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Both providers sign in alike, and read the same ARM_* environment variables.
provider "azapi" {}

provider "azuremedia" {}

data "azapi_client_config" "me" {}

resource "azapi_resource" "group" {
  type     = "Microsoft.Resources/resourceGroups@2021-04-01"
  name     = "app"
  location = "westeurope"
}

resource "azapi_resource" "account" {
  type      = "Microsoft.Storage/storageAccounts@2023-01-01"
  parent_id = azapi_resource.group.id
  name      = "contosoappdata"
  location  = azapi_resource.group.location

  identity {
    type = "SystemAssigned"
  }

  body = {
    kind = "StorageV2"
    sku  = { name = "Standard_LRS" }
  }

  # The key that the attachment below attaches.
  lifecycle {
    ignore_changes = [body.properties.encryption]
  }
}

resource "azapi_resource" "vault" {
  type      = "Microsoft.KeyVault/vaults@2023-07-01"
  parent_id = azapi_resource.group.id
  name      = "contoso-app-keys"
  location  = azapi_resource.group.location

  body = {
    properties = {
      tenantId                = data.azapi_client_config.me.tenant_id
      sku                     = { family = "A", name = "standard" }
      enableSoftDelete        = true
      enablePurgeProtection   = true
      enableRbacAuthorization = true
    }
  }
}

# In a vault with roles, even the owner of the subscription needs one to create a key: Key Vault Crypto Officer.
resource "azapi_resource" "me" {
  type      = "Microsoft.Authorization/roleAssignments@2022-04-01"
  parent_id = azapi_resource.vault.id
  name      = "11111111-2222-3333-4444-555555555555"

  body = {
    properties = {
      principalId      = data.azapi_client_config.me.object_id
      roleDefinitionId = "${data.azapi_client_config.me.subscription_resource_id}/providers/Microsoft.Authorization/roleDefinitions/14b46e9e-c2b7-41b4-b07b-48a6ebf60603"
    }
  }
}

resource "azuremedia_key_vault_key" "app" {
  name         = "storage"
  key_vault_id = azapi_resource.vault.id
  key_size     = 3072

  depends_on = [azapi_resource.me]
}

# The storage account may get, wrap and unwrap with the key, and nothing else.
resource "azuremedia_customer_key_grant" "app" {
  key_vault_id = azapi_resource.vault.id
  principal_id = azapi_resource.account.identity[0].principal_id
}

resource "azuremedia_customer_key_attachment" "app" {
  account_id       = azapi_resource.account.id
  key_vault_key_id = azuremedia_key_vault_key.app.versionless_id

  # Attached after the access is granted, and detached before it goes.
  depends_on = [azuremedia_customer_key_grant.app]
}

resource "azuremedia_storage_key_rotation" "app" {
  storage_account_id = azapi_resource.account.id
  rotation_interval  = "P90D"
}
