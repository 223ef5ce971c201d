import {
  to = azuremedia_resource_group.media
  identity = {
    id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media"
  }
}
