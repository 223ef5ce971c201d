terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# "westus2"
output "region" {
  value = provider::azuremedia::normalize_location("West US 2")
}
