terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# "contosomediastorage", from an ID in any casing.
output "name" {
  value = provider::azuremedia::parse_resource_id(
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/media/providers/microsoft.storage/storageaccounts/contosomediastorage"
  ).name
}
