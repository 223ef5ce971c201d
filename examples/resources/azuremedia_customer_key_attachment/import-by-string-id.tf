import {
  to = azuremedia_customer_key_attachment.media
  id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia"
}
