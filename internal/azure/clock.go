// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Clock tells the time and waits. Tests pass one of their own, so that they never really wait.
type Clock interface {
	// Now returns the time, with a monotonic reading if the clock has one.
	Now() time.Time
	// Wait returns after the duration, or earlier with the context's error.
	Wait(ctx context.Context, d time.Duration) error
}

// systemClock is the machine's clock.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serverTime keeps Azure's time, from the Date headers of its answers. Whether a key has expired, for
// instance, is decided by Azure's clock and not by the machine's.
type serverTime struct {
	clock Clock

	mu     sync.Mutex
	newest time.Time // The newest Date header,
	seenAt time.Time // and when it was seen.
}

// observe keeps an answer's Date header, unless a newer answer has overtaken it.
func (s *serverTime) observe(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if date.After(s.newest) {
		s.newest, s.seenAt = date, s.clock.Now()
	}
}

// now returns the server's time, or the machine's before the first answer.
func (s *serverTime) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newest.IsZero() {
		return s.clock.Now().UTC()
	}
	return s.newest.Add(s.clock.Now().Sub(s.seenAt)).UTC()
}
