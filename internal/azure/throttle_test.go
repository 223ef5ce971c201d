// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// limited is an Azure whose Resource Manager has the documented bucket of reads: 250, to which 25 are added each
// second. It answers at once, by a clock that only waits move.
type limited struct {
	mu       sync.Mutex
	now      time.Time
	left     float64
	at       time.Time
	sent     int
	refused  int
	headless bool // Whether answers leave out how many are left.
	asked    time.Time
}

func (l *limited) answer(*http.Request) *http.Response {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = min(250, l.left+25*l.now.Sub(l.at).Seconds())
	l.at = l.now
	l.sent++
	if l.left < 1 {
		l.refused++
		return answer(http.StatusTooManyRequests, `{"error":{"code":"SubscriptionRequestsThrottled","message":"Too many."}}`,
			"Retry-After", "1")
	}
	l.left--
	headers := []string{"Date", l.now.Format(http.TimeFormat)}
	if !l.headless {
		headers = append(headers, "x-ms-ratelimit-remaining-subscription-reads", strconv.Itoa(int(l.left)))
	}
	return answer(http.StatusOK, `{"location":"westus2"}`, headers...)
}

// moving is the clock of a limited Azure: whoever waits moves it there.
type moving struct{ *limited }

func (m moving) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = m.now
	return m.now
}

func (m moving) Wait(ctx context.Context, d time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := m.asked.Add(d); until.After(m.now) {
		m.now = until
	}
	return ctx.Err()
}

// TestThrottle_slowsDownInTime has ten workers read a thousand vaults.
func TestThrottle_slowsDownInTime(t *testing.T) {
	t.Parallel()
	for _, headless := range []bool{false, true} {
		t.Run(fmt.Sprintf("headless=%t", headless), func(t *testing.T) {
			t.Parallel()
			l := &limited{now: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), left: 250, headless: headless}
			l.at = l.now
			config := signedIn(&fakeAzure{answer: l.answer})
			config.Clock = moving{l}
			client := newClient(t, config)
			vaults, err := client.Vaults(subscription)
			if err != nil {
				t.Fatal(err)
			}
			var workers errgroup.Group
			workers.SetLimit(10)
			for i := range 600 {
				workers.Go(func() error {
					_, err := vaults.Get(t.Context(), "media", fmt.Sprintf("vault%d", i), nil)
					return err
				})
			}
			if err := workers.Wait(); err != nil {
				t.Error(err)
			}
			if limit := l.sent / 100; l.refused > limit && !headless || l.refused > 30 {
				t.Errorf("%d of %d requests were refused", l.refused, l.sent)
			}
		})
	}
}
