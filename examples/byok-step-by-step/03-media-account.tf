# PUT Microsoft.Media/mediaServices with a system-assigned identity. The account's key is wrapped by a key of
# the system as yet.

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
  description = "Who the account is to the vault."
  value       = azuremedia_account.media.identity.principal_id
}
