// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
)

// Origins is how many origins there are behind the endpoint of an account. They have the numbers
// from 1.
const Origins = 6

// Lag returns how long after a sync an origin goes on working with the keys from before. The lags of an
// account's origins lie one in each sixth of [mediaservices.OriginLag], which of them where only the names
// decide: the same in every run.
func Lag(account engine.ID, origin int) time.Duration {
	const slot = mediaservices.OriginLag / Origins
	first := sha256.Sum256([]byte(account.Key()))
	place := (uint64(origin) + uint64(first[0])) % Origins //nolint:gosec // origins are positive
	own := sha256.Sum256(fmt.Appendf(nil, "%s/%d", account.Key(), origin))
	within := float64(binary.BigEndian.Uint64(own[:8])) / math.MaxUint64
	lag := slot*time.Duration(place) + time.Duration(within*float64(slot))
	return lag.Truncate(time.Second)
}

const turnPrefix = "streaming/turn/"

// choose returns the origin that answers: the one that the request asks for, or the next in turn.
func choose(r *engine.Request, account engine.ID) (int, *engine.Error) {
	asked := r.HTTP.Header.Get(OriginHeader)
	if asked == "" {
		asked = r.Query["origin"]
	}
	if asked != "" {
		origin, err := strconv.Atoi(asked)
		if err != nil || origin < 1 || origin > Origins {
			return 0, failed(http.StatusBadRequest, badURLSyntax)
		}
		return origin, nil
	}
	var turn int
	r.Load(turnPrefix+account.Key(), &turn)
	r.Store(turnPrefix+account.Key(), (turn+1)%Origins)
	return turn + 1, nil
}
