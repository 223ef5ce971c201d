// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"context"
	"fmt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
)

// Streaming makes a media account stream a small file and returns the file's URL, to watch while the
// storage keys are rotated. It does in one step what users of the account do, at api-version
// 2022-08-01, by:
//
//	PUT  {account}/assets/film                        {"properties":{}}
//	POST {account}/assets/film/listContainerSas       {"permissions":"ReadWrite","expiryTime":…}
//	PUT  {one of the URLs, with /film.mp4 before the ?}, x-ms-blob-type: BlockBlob
//	PUT  {account}/streamingLocators/film             {"properties":{"assetName":"film",
//	                                  "streamingPolicyName":"Predefined_DownloadAndClearStreaming"}}
//	POST {account}/streamingEndpoints/default/start
//	POST {account}/streamingLocators/film/listPaths   and take a path below the endpoint's hostName
//
// The header X-Rehearsal-Origin or the query parameter origin chooses one of the six origins of the URL;
// otherwise they answer in turn.
func (a *Azure) Streaming(ctx context.Context, accountID string) (url string, err error) {
	err = a.engine.Transact(func(tx *engine.Tx) error {
		url, err = a.streaming.Publish(ctx, tx, engine.ID(accountID), streaming.File{
			Name: "film.txt", Type: "text/plain; charset=utf-8",
			Content: []byte("This file is streamed by rehearsal.\n"),
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("having %s stream a file: %w", accountID, err)
	}
	return url, nil
}
