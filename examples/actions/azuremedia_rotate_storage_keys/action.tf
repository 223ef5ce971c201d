terraform {
  required_version = ">= 1.14"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The next step of a rotation, whenever it is invoked:
#   terraform apply -invoke=action.azuremedia_rotate_storage_keys.media
action "azuremedia_rotate_storage_keys" "media" {
  config {
    storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"
    dependent_ids = [
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia",
    ]
  }
}
