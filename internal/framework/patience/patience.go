// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package patience waits for what Azure brings about by itself and does not announce: a grant that
// takes effect, a new version of a key that is noticed.
package patience

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// The pauses between two looks grow from the first to the longest.
const (
	firstPause   = 10 * time.Second
	longestPause = time.Minute
)

// Patience is how long is waited for something in one operation, by the client's clock.
type Patience struct {
	client      *azure.Client
	left, spent time.Duration
	pause       time.Duration
}

// New returns the patience that the operation's timeout allows for. The operation's own method of
// the timeouts value is passed as a function, as for attribute.Deadline.
func New(ctx context.Context, client *azure.Client,
	configured func(context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	otherwise time.Duration,
) *Patience {
	limit, _ := configured(ctx, otherwise) // What is wrong with it attribute.Deadline has said.
	return &Patience{client: client, left: limit}
}

// Wait waits, a little longer each time, and reports whether there is time for one more look.
func (p *Patience) Wait(ctx context.Context) bool {
	p.pause = min(max(firstPause, p.pause*3/2), longestPause)
	if p.pause > p.left || p.client.Wait(ctx, p.pause) != nil {
		return false
	}
	p.left -= p.pause
	p.spent += p.pause
	return true
}

// Spent says how long was waited, as people write it: 10m rather than 10m0s.
func (p *Patience) Spent() string { return written(p.spent) }

// Left says how much longer can be waited.
func (p *Patience) Left() string { return written(p.left) }

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
