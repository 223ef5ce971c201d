# The keys in use whose newest version expires within a month or has expired.
list "azuremedia_key_vault_key" "expiring" {
  provider = azuremedia

  config {
    in_use         = true
    expires_within = "P30D"
  }
}
