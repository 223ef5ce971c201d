# PUT Microsoft.Media/mediaServices with a system-assigned identity. For now a system key wraps the
# account's key.

resource "azuremedia_account" "media" {
  name                = "contosobyok"
  resource_group_name = azuremedia_resource_group.media.name
  location            = azuremedia_resource_group.media.location

  identity = {
    type = "SystemAssigned"
  }

  storage_accounts = [
    {
      id         = azuremedia_storage_account.media.id
      is_primary = true
    },
  ]
}

output "identity_principal_id" {
  description = "The object ID of the identity that the account accesses the vault with."
  value       = azuremedia_account.media.identity.principal_id
}
