terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

data "azuremedia_accounts" "all" {}

output "accounts" {
  value = data.azuremedia_accounts.all.accounts[*].name
}
