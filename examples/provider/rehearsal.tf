terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The local Azure inside the provider: no subscription, no login, no network.
provider "azuremedia" {
  environment = "rehearsal"

  rehearsal = {
    data_file = "azure.db"
  }
}
