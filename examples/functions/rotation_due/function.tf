terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# "2027-03-01T12:00:00Z"
output "due" {
  value = provider::azuremedia::rotation_due("2026-12-01T12:00:00Z", "P90D")
}
