# The vaults from which accounts read their keys, and which anybody can purge.
list "azuremedia_key_vault" "unsafe" {
  provider = azuremedia

  config {
    in_use                   = true
    purge_protection_enabled = false
  }
}
