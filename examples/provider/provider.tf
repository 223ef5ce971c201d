terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Signed in with the Azure CLI. Every argument may come from an ARM_* environment variable instead.
provider "azuremedia" {
  subscription_id = "00000000-0000-0000-0000-000000000000"
}
