// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// passingClock writes down how long is waited for, and does not wait.
type passingClock struct{ waits []time.Duration }

func (c *passingClock) Now() time.Time { return time.Time{} }

func (c *passingClock) Wait(ctx context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	return ctx.Err()
}

func newBackoff(t *testing.T, limit time.Duration) (*azure.Backoff, *passingClock) {
	t.Helper()
	passing := new(passingClock)
	client, err := azure.New(azure.Config{
		Environment: azure.Public, SubscriptionID: "s", TenantID: "t",
		ClientID: "c", ClientSecret: "secret", Clock: passing,
	})
	if err != nil {
		t.Fatal(err)
	}
	return azure.NewBackoff(client, limit), passing
}

func TestBackoff_waitsLongerEachTimeUntilItEnds(t *testing.T) {
	t.Parallel()
	backoff, passing := newBackoff(t, 5*time.Minute)
	for backoff.Wait(t.Context()) {
	}
	want := []time.Duration{
		10 * time.Second, 15 * time.Second, 22500 * time.Millisecond, 33750 * time.Millisecond,
		50625 * time.Millisecond, time.Minute, time.Minute,
	}
	if diff := cmp.Diff(want, passing.waits); diff != "" {
		t.Error(diff)
	}
	if got := backoff.Spent(); got != "4m12s" {
		t.Errorf("spent %s", got)
	}
}

func TestBackoff_endsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	backoff, _ := newBackoff(t, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if backoff.Wait(ctx) {
		t.Error("waits on")
	}
	if got := backoff.Spent(); got != "0s" {
		t.Errorf("spent %s", got)
	}
}

func TestBackoff_saysWhatItSpentAsPeopleDo(t *testing.T) {
	t.Parallel()
	for waits, want := range map[int]string{0: "0s", 1: "10s", 2: "25s", 8: "5m12s", 70: "1h7m12s"} {
		backoff, _ := newBackoff(t, 24*time.Hour)
		for range waits {
			backoff.Wait(t.Context())
		}
		if got := backoff.Spent(); got != want {
			t.Errorf("after %d waits %q, want %q", waits, got, want)
		}
	}
}
