terraform import azuremedia_video_analyzer.video /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.Media/videoAnalyzers/contosovideo
