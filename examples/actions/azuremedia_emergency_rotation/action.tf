terraform {
  required_version = ">= 1.14"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# A key was found in a public repository. Repeat it until it ends without an error:
#   terraform apply -invoke=action.azuremedia_emergency_rotation.media
action "azuremedia_emergency_rotation" "media" {
  config {
    storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"
    leaked_at          = "2026-12-01T12:00:00Z"
    dependent_ids = [
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia",
    ]
  }
}
