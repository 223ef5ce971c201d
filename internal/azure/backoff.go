// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// The pauses between two reads grow from the first to the longest. Another change of the same resource
// has mostly ended a moment later: two runs that change one vault would wait for each other at length.
const (
	firstPause     = 10 * time.Second
	firstBusyPause = time.Second
	longestPause   = time.Minute
)

// Backoff paces the reads that wait for a change which Azure does not announce, such as a grant that
// takes effect. It uses the client's clock.
type Backoff struct {
	client      *Client
	left, spent time.Duration
	pause       time.Duration
	parent      *Backoff
	what        string // The purpose of the latest wait.
}

// NewBackoff returns a backoff that waits no longer than the limit in all.
func NewBackoff(client *Client, limit time.Duration) *Backoff {
	return &Backoff{client: client, left: limit}
}

// Within returns a backoff that ends when the limit is spent, or when b does. What it spends, b has
// spent as well.
func (b *Backoff) Within(limit time.Duration) *Backoff {
	return &Backoff{client: b.client, left: min(limit, b.left), parent: b}
}

// Wait waits for something, a little longer each time, and reports whether there is time for one more
// read. The text completes "waiting for".
func (b *Backoff) Wait(ctx context.Context, what string) bool {
	return b.wait(ctx, firstPause, what)
}

func (b *Backoff) wait(ctx context.Context, first time.Duration, what string) bool {
	b.pause = min(max(first, b.pause*3/2), longestPause)
	if b.pause > b.left {
		return false
	}
	tflog.Info(ctx, "waiting", map[string]any{"for": what, "waited": b.Spent(), "left": b.Left()})
	if b.client.Wait(ctx, b.pause) != nil {
		return false
	}
	for each := b; each != nil; each = each.parent {
		each.left -= b.pause
		each.spent += b.pause
		each.what = what
	}
	return true
}

// Retry sends a request again as long as Azure refuses it for a reason that passes, and as long as one
// of the others has waited for the refusal. The error is a [WaitError] if there was no time left.
// The subject is the resource that the request changes, as in "the vault keys".
func (b *Backoff) Retry(ctx context.Context, subject string, send func() error,
	others ...func(context.Context, error) bool,
) error {
	for {
		err := send()
		switch {
		case err == nil:
			return nil
		case Passes(err):
			first := firstPause
			if ClassOf(err) == Busy {
				first = firstBusyPause
			}
			if !b.wait(ctx, first, passing(err, subject)) {
				return b.Ended(err)
			}
		default:
			waited := false
			for _, other := range others {
				waited = waited || other(ctx, err)
			}
			switch {
			case waited:
			case ctx.Err() != nil: // The time was up during the request.
				return b.Ended(err)
			default:
				return err
			}
		}
	}
}

// passing returns what has to happen before Azure accepts a request that it refused for now.
func passing(err error, subject string) string {
	switch ClassOf(err) {
	case Throttled:
		return "Azure to accept more requests"
	case Propagating:
		return "Azure to know a new identity everywhere"
	default:
		return "another change of " + subject + " to end"
	}
}

// Waited returns for how long Wait has waited, and for what the last time: "Waited 10m for …". It is
// empty if Wait never waited.
func (b *Backoff) Waited() string {
	if b.spent == 0 {
		return ""
	}
	return Waited(b.spent, b.what)
}

// Ended returns the error that a wait ended with, which says what was waited for.
func (b *Backoff) Ended(err error) error {
	if err == nil || b.spent == 0 {
		return err
	}
	return &WaitError{Waited: b.Waited(), Err: err}
}

// Spent returns how long Wait has waited, as people write it: 10m, not 10m0s.
func (b *Backoff) Spent() string { return written(b.spent) }

// Left returns how much longer Wait can wait.
func (b *Backoff) Left() string { return written(b.left) }

// WaitError is an error that did not pass while there was time to wait.
type WaitError struct {
	Waited string // Such as "Waited 30m for another change of the vault keys to end".
	Err    error
}

// NewWaitError returns the error that a wait of its own pace ended with.
func NewWaitError(spent time.Duration, what string, err error) error {
	return &WaitError{Waited: Waited(spent, what), Err: err}
}

// Error implements error.
func (e *WaitError) Error() string { return e.Waited + ": " + e.Err.Error() }

// Unwrap returns the error itself.
func (e *WaitError) Unwrap() error { return e.Err }

// TimeUpError is the cause of a context whose time is up.
type TimeUpError struct{ Limit time.Duration }

// Error implements error.
func (t TimeUpError) Error() string { return "the operation took longer than " + written(t.Limit) }

// Unwrap returns the error of the context.
func (TimeUpError) Unwrap() error { return context.DeadlineExceeded }

// outOfTime returns the error of an operation that Azure has accepted. If the time of the context is
// up, the error says how long was waited.
func outOfTime(ctx context.Context, err error) error {
	if up, ok := errors.AsType[TimeUpError](context.Cause(ctx)); ok && err != nil {
		return NewWaitError(up.Limit, "Azure to finish the operation", err)
	}
	return err
}

// Waited returns for how long something was waited, and for what: "Waited 10m for …".
func Waited(spent time.Duration, what string) string {
	return "Waited " + written(spent) + " for " + what
}

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
