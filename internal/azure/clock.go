// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"net/http"
	"net/url"
	"strings"
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

// serverTime keeps the time of each of Azure's services, from the Date headers of its answers. Whether a key
// has expired, for instance, is decided by the clock of its vault, and not by the machine's.
type serverTime struct {
	clock Clock
	main  string // The host of Resource Manager.

	mu   sync.Mutex
	seen map[string]sighting // By service.
}

// sighting is the latest Date of a service.
type sighting struct {
	date, at time.Time
	// ahead is how far the first Date in this run was ahead of the machine's clock.
	ahead time.Duration
}

// now returns the time of the service, at a time of the machine.
func (s sighting) now(machine time.Time) time.Time { return s.date.Add(machine.Sub(s.at)).UTC() }

// Reading is the time by the clock of a service.
type Reading struct {
	Now time.Time
	// Jump is how far the clock has moved against the machine's since the first answer in this run.
	Jump time.Duration
}

// observe keeps the Date of an answer, which may be before that of an earlier one.
func (s *serverTime) observe(address *url.URL, header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	ahead := date.Sub(now.Round(0)) // The monotonic reading stands still while a machine sleeps.
	for _, service := range []string{serviceOf(address.Host, address.Path), strings.ToLower(address.Host)} {
		first, ok := s.seen[service]
		if !ok {
			first.ahead = ahead
		}
		s.seen[service] = sighting{date, now, first.ahead}
	}
}

// read returns the time of a service. One that has not answered yet goes by the rest of Resource Manager,
// and before its first answer by the machine.
func (s *serverTime) read(service string) Reading {
	host, path := s.main, service
	if address, err := url.Parse(service); err == nil && address.Host != "" {
		host, path = address.Host, address.Path
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if seen, ok := s.seen[serviceOf(host, path)]; ok {
		return Reading{seen.now(now), seen.date.Sub(seen.at.Round(0)) - seen.ahead}
	}
	for _, other := range []string{strings.ToLower(host), strings.ToLower(s.main)} {
		if seen, ok := s.seen[other]; ok {
			return Reading{Now: seen.now(now)}
		}
	}
	return Reading{Now: now.UTC()}
}

// serviceOf returns the service that answers a path of a host: in Resource Manager, the resource provider.
func serviceOf(host, path string) string {
	const providers = "/providers/"
	host, path = strings.ToLower(host), strings.ToLower(path)
	at := strings.LastIndex(path, providers)
	if at < 0 {
		return host + "/"
	}
	provider, _, _ := strings.Cut(path[at+len(providers):], "/")
	return host + "/" + provider
}
