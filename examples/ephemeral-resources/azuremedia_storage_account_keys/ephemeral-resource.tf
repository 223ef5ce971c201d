terraform {
  required_version = ">= 1.11"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

ephemeral "azuremedia_storage_account_keys" "media" {
  storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"

  sas = {
    services       = ["blob"]
    resource_types = ["object"]
    permissions    = ["read"]
    valid_for      = "PT1H"
  }
}

# For a write-only argument, or for the block of another provider.
locals {
  connection_string = ephemeral.azuremedia_storage_account_keys.media.key1_connection_string
  manifest_url      = "https://contosomediastorage.blob.core.windows.net/content/manifest.ism?${ephemeral.azuremedia_storage_account_keys.media.sas_token}"
}
