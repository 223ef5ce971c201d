# The resource groups of a team.
list "azuremedia_resource_group" "media" {
  provider         = azuremedia
  include_resource = true

  config {
    required_tags = { team = "media" }
  }
}
