# The Media Services accounts on the system key, with the configuration of each.
list "azuremedia_account" "system_key" {
  provider         = azuremedia
  include_resource = true

  config {
    encryption_type = "SystemKey"
  }
}
