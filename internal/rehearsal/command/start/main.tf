# A storage account on your own key in Key Vault. tests/ tests it in rehearsal:
#
#   terraform-provider-azuremedia rehearsal exec -- sh -c 'terraform init && terraform test'
#
# To apply it in Azure, set ARM_SUBSCRIPTION_ID and run `az login`. Nothing here changes.

terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

provider "azuremedia" {}

variable "name" {
  type        = string
  description = "The name of the storage account and of its vault. All of Azure shares these names."
}

variable "location" {
  type        = string
  description = "The region of everything."
  default     = "westeurope"
}

resource "azuremedia_resource_group" "this" {
  name     = var.name
  location = var.location
}

resource "azuremedia_storage_account" "this" {
  name                = var.name
  resource_group_name = azuremedia_resource_group.this.name
  location            = azuremedia_resource_group.this.location

  identity = {
    type = "SystemAssigned"
  }
}

resource "azuremedia_key_vault" "this" {
  name                       = var.name
  resource_group_name        = azuremedia_resource_group.this.name
  location                   = azuremedia_resource_group.this.location
  rbac_authorization_enabled = true
}

resource "azuremedia_key_vault_key" "this" {
  name         = "storage"
  key_vault_id = azuremedia_key_vault.this.id
}

resource "azuremedia_customer_key_grant" "this" {
  key_vault_id = azuremedia_key_vault.this.id
  principal_id = azuremedia_storage_account.this.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "this" {
  account_id       = azuremedia_storage_account.this.id
  key_vault_key_id = azuremedia_key_vault_key.this.versionless_id

  # Attached after the access is granted, and detached before it goes.
  depends_on = [azuremedia_customer_key_grant.this]
}

output "current_key_id" {
  description = "The version of the key that the account runs on."
  value       = azuremedia_customer_key_attachment.this.current_key_id
}
