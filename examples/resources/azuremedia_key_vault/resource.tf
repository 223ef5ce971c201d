resource "azuremedia_resource_group" "media" {
  name     = "media"
  location = "westus2"
}

# Soft delete and purge protection are on: without them no account accepts a key of this vault.
resource "azuremedia_key_vault" "media" {
  name                = "contoso-media-keys"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  # Roles decide who may use the keys, rather than the vault's own access policies.
  rbac_authorization_enabled = true
}
