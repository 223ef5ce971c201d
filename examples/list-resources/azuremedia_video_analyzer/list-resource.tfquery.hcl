# The Video Analyzer accounts of a resource group.
list "azuremedia_video_analyzer" "media" {
  provider = azuremedia

  config {
    resource_group_name = "media"
  }
}
