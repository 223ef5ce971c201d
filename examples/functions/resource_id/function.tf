terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The ID of a storage account that another configuration made.
output "storage_account_id" {
  value = provider::azuremedia::resource_id(
    "Microsoft.Storage/storageAccounts", "00000000-0000-0000-0000-000000000000", "media", "contosomediastorage"
  )
}
