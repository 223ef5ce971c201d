import {
  to = azuremedia_customer_key_grant.reader
  id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.KeyVault/vaults/contoso-media-keys/objectId/11111111-1111-1111-1111-111111111111"
}
