# The storage accounts that nobody rotates the keys of: those with a key older than any interval in use.
list "azuremedia_storage_key_rotation" "overdue" {
  provider         = azuremedia
  include_resource = true

  config {
    keys_older_than = "P90D"
  }
}
