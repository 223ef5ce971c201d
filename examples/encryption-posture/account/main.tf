# A media account with both layers of encryption, on storage with both layers. The gate in the folder beside
# this one passes it, for a while.

terraform {
  required_version = ">= 1.5"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The environment configures the provider: ARM_ENVIRONMENT, ARM_SUBSCRIPTION_ID and so on.
provider "azuremedia" {}

resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
}

# The second layer is chosen at creation; the first gets your key below. The access keys count as expired
# after 90 days.
resource "azuremedia_storage_account" "media" {
  name                = "contosoposturestorage"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  infrastructure_encryption_enabled = true
  key_expiration_period_in_days     = 90

  identity = {
    type = "SystemAssigned"
  }
}

resource "azuremedia_account" "media" {
  name                = "contosoposture"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]
}

resource "azuremedia_key_vault" "media" {
  name                = "contoso-posture-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location
}

# The time of the first apply: expiry counts from it.
resource "terraform_data" "begun" {
  input = plantimestamp()

  lifecycle {
    ignore_changes = [input]
  }
}

resource "azuremedia_key_vault_key" "media" {
  name            = "media"
  key_vault_id    = azuremedia_key_vault.media.id
  expiration_date = timeadd(terraform_data.begun.output, "2400h") # 100 days.
}

locals {
  # The accounts that read the key.
  encrypted = {
    account = azuremedia_account.media
    storage = azuremedia_storage_account.media
  }
}

resource "azuremedia_customer_key_grant" "media" {
  for_each = local.encrypted

  key_vault_id = azuremedia_key_vault.media.id
  principal_id = each.value.identity.principal_id
}

resource "azuremedia_customer_key_attachment" "media" {
  for_each = local.encrypted

  account_id       = each.value.id
  key_vault_key_id = azuremedia_key_vault_key.media.versionless_id

  depends_on = [azuremedia_customer_key_grant.media]
}

# Rotates the access keys when key1 is 80 days old, if somebody applies this regularly.
resource "azuremedia_storage_key_rotation" "media" {
  storage_account_id = azuremedia_storage_account.media.id
  dependent_ids      = [azuremedia_account.media.id]
  rotation_interval  = "P80D"
}

output "account_id" {
  description = "The account for the gate to check."
  value       = azuremedia_account.media.id
}
