// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Clock is the one place where time comes from and passes. Tests give one of their own, so that
// nothing in them really waits.
type Clock interface {
	// Now is the present, with a monotonic reading if it can.
	Now() time.Time
	// Wait returns after the duration, or earlier with the context's error.
	Wait(ctx context.Context, d time.Duration) error
}

// systemClock is the machine's own clock.
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

// serverTime knows Azure's time from the Date header of its answers. What is decided by time, a
// key's expiry for instance, is decided by the clock that Azure decides by.
type serverTime struct {
	clock Clock

	mu     sync.Mutex
	newest time.Time // The newest Date header,
	seenAt time.Time // and when it was seen.
}

// observe takes note of an answer's Date header. A header older than what is known already is
// that of an answer which was overtaken by another.
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

// now is the server's time; as long as Azure has not answered, the machine's.
func (s *serverTime) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newest.IsZero() {
		return s.clock.Now().UTC()
	}
	return s.newest.Add(s.clock.Now().Sub(s.seenAt)).UTC()
}
