// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"time"
)

// The pauses between two looks grow from the first to the longest.
const (
	firstPause   = 10 * time.Second
	longestPause = time.Minute
)

// Backoff paces the looks at something that Azure brings about by itself and does not announce: a
// grant that takes effect, a new version of a key that is noticed. It runs by the client's clock.
type Backoff struct {
	client      *Client
	left, spent time.Duration
	pause       time.Duration
}

// NewBackoff returns a backoff that ends when the limit is spent.
func NewBackoff(client *Client, limit time.Duration) *Backoff {
	return &Backoff{client: client, left: limit}
}

// Wait waits, a little longer each time, and reports whether there is time for one more look.
func (b *Backoff) Wait(ctx context.Context) bool {
	b.pause = min(max(firstPause, b.pause*3/2), longestPause)
	if b.pause > b.left || b.client.Wait(ctx, b.pause) != nil {
		return false
	}
	b.left -= b.pause
	b.spent += b.pause
	return true
}

// Spent returns how long Wait has waited, as people write it: 10m rather than 10m0s.
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

// LastLook returns a context for a short look at Azure when the time of an operation is up.
func LastLook(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
}
