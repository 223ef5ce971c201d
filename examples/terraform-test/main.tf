# A module of somebody else, which knows nothing of this provider: a storage account on a key of its own,
# with azapi alone. tests/ tests it in rehearsal.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azapi = {
      source  = "Azure/azapi"
      version = ">= 2.4"
    }
  }
}

variable "name" {
  type        = string
  description = "The name of the storage account, of its vault and of its resource group."
}

variable "location" {
  type    = string
  default = "westeurope"
}

data "azapi_client_config" "me" {}

resource "azapi_resource" "group" {
  type     = "Microsoft.Resources/resourceGroups@2021-04-01"
  name     = var.name
  location = var.location
}

resource "azapi_resource" "account" {
  type      = "Microsoft.Storage/storageAccounts@2023-01-01"
  parent_id = azapi_resource.group.id
  name      = var.name
  location  = azapi_resource.group.location

  identity {
    type = "SystemAssigned"
  }

  body = {
    kind = "StorageV2"
    sku  = { name = "Standard_LRS" }
  }

  # The key that azapi_update_resource.encryption attaches.
  lifecycle {
    ignore_changes = [body.properties.encryption]
  }
}

resource "azapi_resource" "vault" {
  type      = "Microsoft.KeyVault/vaults@2023-07-01"
  parent_id = azapi_resource.group.id
  name      = var.name
  location  = azapi_resource.group.location

  body = {
    properties = {
      tenantId              = data.azapi_client_config.me.tenant_id
      sku                   = { family = "A", name = "standard" }
      enableSoftDelete      = true
      enablePurgeProtection = true
      accessPolicies = [{
        tenantId    = azapi_resource.account.identity[0].tenant_id
        objectId    = azapi_resource.account.identity[0].principal_id
        permissions = { keys = ["get", "wrapKey", "unwrapKey"] }
      }]
    }
  }
}

resource "azapi_resource" "key" {
  type      = "Microsoft.KeyVault/vaults/keys@2023-07-01"
  parent_id = azapi_resource.vault.id
  name      = "storage"

  body = {
    properties = {
      kty     = "RSA"
      keySize = 3072
    }
  }
}

resource "azapi_update_resource" "encryption" {
  type        = "Microsoft.Storage/storageAccounts@2023-01-01"
  resource_id = azapi_resource.account.id

  body = {
    properties = {
      encryption = {
        keySource = "Microsoft.Keyvault"
        keyvaultproperties = {
          keyvaulturi = "https://${azapi_resource.vault.name}.vault.azure.net"
          keyname     = azapi_resource.key.name
        }
      }
    }
  }

  response_export_values = {
    key_version = "properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier"
  }
}

output "current_key_id" {
  description = "The version of the key that the account runs on."
  value       = azapi_update_resource.encryption.output.key_version
}
