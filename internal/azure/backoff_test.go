// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
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
	for backoff.Wait(t.Context(), "a grant to act") {
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
	if backoff.Wait(ctx, "a grant to act") {
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
			backoff.Wait(t.Context(), "a grant to act")
		}
		if got := backoff.Spent(); got != want {
			t.Errorf("after %d waits %q, want %q", waits, got, want)
		}
	}
}

func TestBackoff_saysWhatItWaitedFor(t *testing.T) {
	t.Parallel()
	backoff, _ := newBackoff(t, time.Hour)
	refused := errors.New("not yet")
	if backoff.Waited() != "" || !errors.Is(backoff.Ended(refused), refused) {
		t.Errorf("claims to have waited: %q", backoff.Waited())
	}
	backoff.Wait(t.Context(), "a grant to act")
	if got := backoff.Waited(); got != "Waited 10s for a grant to act" {
		t.Errorf("got %q", got)
	}
	ended := backoff.Ended(refused)
	if !errors.Is(ended, refused) || ended.Error() != "Waited 10s for a grant to act: not yet" {
		t.Errorf("got %v", ended)
	}
	if err := backoff.Ended(nil); err != nil {
		t.Errorf("an error after success: %v", err)
	}
}

func TestBackoff_withinSpendsTheTimeOfTheWhole(t *testing.T) {
	t.Parallel()
	backoff, passing := newBackoff(t, time.Hour)
	part := backoff.Within(2 * time.Minute)
	for part.Wait(t.Context(), "a list to show it") {
	}
	var total time.Duration
	for _, wait := range passing.waits {
		total += wait
	}
	if total > 2*time.Minute || part.Spent() != backoff.Spent() || backoff.Left() == "1h" {
		t.Errorf("waited %s; the part spent %s, the whole %s", total, part.Spent(), backoff.Spent())
	}
	if got := backoff.Waited(); got != "Waited "+part.Spent()+" for a list to show it" {
		t.Errorf("got %q", got)
	}
	if short := backoff.Within(24 * time.Hour); short.Left() != backoff.Left() {
		t.Errorf("a part of %s has %s left", backoff.Left(), short.Left())
	}
}

// TestBackoff_retriesUntilTheTimeIsUp, be it in the middle of a request.
func TestBackoff_retriesUntilTheTimeIsUp(t *testing.T) {
	t.Parallel()
	backoff, _ := newBackoff(t, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	sent := 0
	err := backoff.Retry(ctx, "the vault keys", func() error {
		if sent++; sent == 1 {
			return &azure.Error{Status: http.StatusConflict}
		}
		cancel()
		return ctx.Err()
	})
	if want := "Waited 1s for another change of the vault keys to end: context canceled"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBackoff_retriesWhatPasses(t *testing.T) {
	t.Parallel()
	busy := &azure.Error{Status: http.StatusConflict, Code: "OperationInProgress"}
	own := errors.New("in its own words")
	for _, test := range []struct {
		name    string
		answers []error
		sent    int
		want    string // What the error says it waited for.
	}{
		{"success", []error{nil}, 1, ""},
		{"busy, then done", []error{busy, busy, nil}, 3, ""},
		{"locked", []error{&azure.Error{Status: http.StatusConflict, Code: "ScopeLocked"}}, 1, ""},
		{"busy, then locked", []error{busy, &azure.Error{Status: http.StatusConflict, Code: "ScopeLocked"}}, 2, ""},
		{"in its own words", []error{own, own, nil}, 3, ""},
		{"throttled for good", []error{&azure.Error{Status: http.StatusTooManyRequests}}, 5, "Azure to accept more requests"},
		{"busy for good", []error{busy}, 11, "another change of the vault keys to end"},
		{
			"a new identity",
			[]error{&azure.Error{Status: http.StatusBadRequest, Code: "PrincipalNotFound"}},
			5,
			"Azure to know a new identity everywhere",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			backoff, _ := newBackoff(t, 2*time.Minute)
			sent := 0
			err := backoff.Retry(t.Context(), "the vault keys", func() error {
				sent++
				return test.answers[min(sent, len(test.answers))-1]
			}, func(ctx context.Context, refused error) bool {
				return errors.Is(refused, own) && backoff.Wait(ctx, "its own words to change")
			})
			last := test.answers[len(test.answers)-1]
			if sent != test.sent || !errors.Is(err, last) {
				t.Errorf("sent %d times, want %d: %v", sent, test.sent, err)
			}
			ended, ok := errors.AsType[*azure.WaitError](err)
			if ok != (test.want != "") || ok && !strings.HasSuffix(ended.Waited, " for "+test.want) {
				t.Errorf("got %v, want a wait for %q", err, test.want)
			}
		})
	}
}

// TestBackoff_retriesAConflictWithinSeconds, but not for ever every second.
func TestBackoff_retriesAConflictWithinSeconds(t *testing.T) {
	t.Parallel()
	backoff, passing := newBackoff(t, time.Minute)
	sent := 0
	err := backoff.Retry(t.Context(), "the vault keys", func() error {
		if sent++; sent < 5 {
			return &azure.Error{Status: http.StatusConflict, Code: "ConflictError"}
		}
		return nil
	})
	want := []time.Duration{time.Second, 1500 * time.Millisecond, 2250 * time.Millisecond, 3375 * time.Millisecond}
	if diff := cmp.Diff(want, passing.waits); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
