# The accounts on a key of this vault that do not run on its newest version.
list "azuremedia_customer_key_attachment" "behind" {
  provider         = azuremedia
  include_resource = true

  config {
    key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.KeyVault/vaults/contoso-media"
    behind       = true
  }
}
