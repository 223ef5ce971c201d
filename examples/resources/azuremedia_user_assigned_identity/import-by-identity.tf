import {
  to = azuremedia_user_assigned_identity.reader
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.ManagedIdentity/userAssignedIdentities/media-key-reader"
  }
}
