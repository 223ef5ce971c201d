// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
)

// DownOrigins returns what the origins of a streaming endpoint say that do not deliver a URL.
func DownOrigins(ctx context.Context, azure http.RoundTripper, url string) (down []string) {
	for origin := 1; origin <= streaming.Origins; origin++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return append(down, err.Error())
		}
		req.Header.Set(streaming.OriginHeader, strconv.Itoa(origin))
		resp, err := azure.RoundTrip(req)
		if err != nil {
			down = append(down, err.Error())
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
			down = append(down, fmt.Sprintf("origin %d: %s %s", origin, resp.Status, body))
		}
	}
	return down
}

// DownApplications returns what the applications of a rehearsal say of which not every check succeeded.
func DownApplications(ctx context.Context, azure *rehearsal.Azure) (down []string) {
	records, err := azure.Applications(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	for _, record := range records {
		if failure := record.FirstFailure; failure != nil {
			down = append(down, fmt.Sprintf("application %s at %s: %s",
				record.ID, failure.Time.Format(time.RFC3339), failure.Reason))
		}
	}
	return down
}
