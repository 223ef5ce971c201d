terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

data "azuremedia_account" "media" {
  name                = "contosomedia"
  resource_group_name = "media"
}

output "principal_id" {
  value = data.azuremedia_account.media.identity.principal_id
}
