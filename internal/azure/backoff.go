// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"time"
)

// The pauses between two reads grow from the first to the longest.
const (
	firstPause   = 10 * time.Second
	longestPause = time.Minute
)

// Backoff paces the reads that wait for a change which Azure does not announce, such as a grant that
// takes effect. It uses the client's clock.
type Backoff struct {
	client      *Client
	left, spent time.Duration
	pause       time.Duration
}

// NewBackoff returns a backoff that waits no longer than the limit in all.
func NewBackoff(client *Client, limit time.Duration) *Backoff {
	return &Backoff{client: client, left: limit}
}

// Wait waits, a little longer each time, and reports whether there is time for one more read.
func (b *Backoff) Wait(ctx context.Context) bool {
	b.pause = min(max(firstPause, b.pause*3/2), longestPause)
	if b.pause > b.left || b.client.Wait(ctx, b.pause) != nil {
		return false
	}
	b.left -= b.pause
	b.spent += b.pause
	return true
}

// Spent returns how long Wait has waited, as people write it: 10m, not 10m0s.
func (b *Backoff) Spent() string { return written(b.spent) }

// Left returns how much longer Wait can wait.
func (b *Backoff) Left() string { return written(b.left) }

func written(d time.Duration) string {
	text := d.Round(time.Second).String()
	if whole, found := strings.CutSuffix(text, "m0s"); found {
		text = whole + "m"
	}
	if whole, found := strings.CutSuffix(text, "h0m"); found {
		text = whole + "h"
	}
	return text
}

// LastLook returns a context for a short read of Azure after the time of an operation is up.
func LastLook(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}
