import {
  to = azuremedia_account.media
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia"
  }
}
