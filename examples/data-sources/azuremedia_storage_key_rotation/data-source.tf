terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The age of the keys, without their values. No rotation of them needs to be managed.
data "azuremedia_storage_key_rotation" "media" {
  storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"
  rotation_interval  = "P90D"
}

check "keys_are_young" {
  assert {
    condition     = !data.azuremedia_storage_key_rotation.media.overdue
    error_message = "The storage keys are older than 90 days."
  }
}
