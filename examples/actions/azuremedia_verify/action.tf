terraform {
  required_version = ">= 1.14"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Whether the storage account answers. None of its blobs is public, so it refuses.
#   terraform apply -invoke=action.azuremedia_verify.media
action "azuremedia_verify" "media" {
  config {
    storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosomediastorage"

    verify = [{
      url             = "https://contosomediastorage.blob.core.windows.net/public/health.txt"
      expected_status = 409
    }]
  }
}
