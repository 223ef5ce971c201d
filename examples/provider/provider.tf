terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Signs in with the Azure CLI. Every argument can also come from an ARM_* environment variable.
provider "azuremedia" {
  subscription_id = "00000000-0000-0000-0000-000000000000"
}
