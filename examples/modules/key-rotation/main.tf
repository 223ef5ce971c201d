# Rotates the keys of one storage account, in a pipeline that applies on a schedule. A run regenerates
# key1 when it has reached its age; a run after the settling time regenerates key2; all other runs find
# nothing to do. No run waits, so none outlives its login.

terraform {
  required_version = ">= 1.8"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

resource "azuremedia_storage_key_rotation" "this" {
  storage_account_id = var.storage_account_id
  dependent_ids      = var.account_ids
  rotation_interval  = var.rotation_interval
  emergency          = var.emergency
  secrets            = var.secrets

  rotate_when_changed = {
    request = var.request
  }

  verify = concat(
    [for url in var.streaming_urls : { url = url }],
    var.secrets == null ? [] : [{ signed = true }],
  )
}
