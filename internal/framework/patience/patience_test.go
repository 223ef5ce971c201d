// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package patience_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/patience"
)

// clock writes down how long is waited for, and does not wait.
type clock struct{ waits []time.Duration }

func (c *clock) Now() time.Time { return time.Time{} }

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	return ctx.Err()
}

func newPatience(t *testing.T, limit time.Duration) (*patience.Patience, *clock) {
	t.Helper()
	passing := new(clock)
	client, err := azure.New(azure.Config{
		Environment: azure.Public, SubscriptionID: "s", TenantID: "t",
		ClientID: "c", ClientSecret: "secret", Clock: passing,
	})
	if err != nil {
		t.Fatal(err)
	}
	configured := func(context.Context, time.Duration) (time.Duration, diag.Diagnostics) { return limit, nil }
	return patience.New(t.Context(), client, configured, time.Hour), passing
}

func TestPatience_waitsLongerEachTimeUntilItEnds(t *testing.T) {
	t.Parallel()
	patient, passing := newPatience(t, 5*time.Minute)
	for patient.Wait(t.Context()) {
	}
	want := []time.Duration{
		10 * time.Second, 15 * time.Second, 22500 * time.Millisecond, 33750 * time.Millisecond,
		50625 * time.Millisecond, time.Minute, time.Minute,
	}
	if diff := cmp.Diff(want, passing.waits); diff != "" {
		t.Error(diff)
	}
	if got := patient.Spent(); got != "4m12s" {
		t.Errorf("spent %s", got)
	}
}

func TestPatience_endsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	patient, _ := newPatience(t, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if patient.Wait(ctx) {
		t.Error("waits on")
	}
	if got := patient.Spent(); got != "0s" {
		t.Errorf("spent %s", got)
	}
}

func TestPatience_saysWhatItSpentAsPeopleDo(t *testing.T) {
	t.Parallel()
	for waits, want := range map[int]string{0: "0s", 1: "10s", 2: "25s", 8: "5m12s", 70: "1h7m12s"} {
		patient, _ := newPatience(t, 24*time.Hour)
		for range waits {
			patient.Wait(t.Context())
		}
		if got := patient.Spent(); got != want {
			t.Errorf("after %d waits %q, want %q", waits, got, want)
		}
	}
}
