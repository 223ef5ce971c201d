# The identities by which no account reads its key.
list "azuremedia_user_assigned_identity" "idle" {
  provider = azuremedia

  config {
    reads_key = false
  }
}
