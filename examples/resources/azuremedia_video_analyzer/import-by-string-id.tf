import {
  to = azuremedia_video_analyzer.video
  id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/videoAnalyzers/contosovideo"
}
