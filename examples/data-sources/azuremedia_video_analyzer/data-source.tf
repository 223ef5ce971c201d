terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

data "azuremedia_video_analyzer" "video" {
  name                = "contosovideo"
  resource_group_name = "media"
}

output "client_api" {
  value = data.azuremedia_video_analyzer.video.endpoints[0].url
}
