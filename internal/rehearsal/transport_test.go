// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// closing is a request's body that knows whether it was closed.
type closing struct {
	io.Reader

	closed bool
}

// Close implements [io.Closer].
func (c *closing) Close() error { c.closed = true; return nil }

func TestRoundTrip_keepsTheContractOfTransports(t *testing.T) {
	t.Parallel()
	azure := open(t, "")
	body := &closing{Reader: strings.NewReader("{}")}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://management.azure.com/x?y=1", body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !body.closed {
		t.Error("the request's body is left open")
	}
	if request.RequestURI != "" || request.Host != "management.azure.com" {
		t.Errorf("the request was changed: %q %q", request.RequestURI, request.Host)
	}
	if response.Request != request || response.Status != "401 Unauthorized" || response.ProtoMajor != 1 ||
		response.ContentLength != int64(len(raw)) || len(raw) == 0 {
		t.Errorf("response %+v", response)
	}
}

func TestRoundTrip_headHasNoBody(t *testing.T) {
	t.Parallel()
	azure := open(t, "")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, "https://management.azure.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if raw, err := io.ReadAll(response.Body); len(raw) != 0 || err != nil {
		t.Errorf("body %s, %v", raw, err)
	}
}

func TestRoundTrip_breaksOff(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	for name, test := range map[string]struct {
		fault fault.Fault
		// cancel ends the client's patience while the answer is on its way.
		cancel bool
		is     error
	}{
		"lost answer":   {fault: fault.Fault{Kind: fault.Lost}, is: syscall.ECONNRESET},
		"reset":         {fault: fault.Fault{Kind: fault.Reset}, is: syscall.ECONNRESET},
		"lost patience": {fault: fault.Fault{Kind: fault.Slow, Delay: fault.Duration(time.Hour)}, cancel: true, is: cause},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			azure := open(t, "")
			if _, err := azure.AddFault(t.Context(), test.fault); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if test.cancel {
				time.AfterFunc(time.Millisecond, func() { cancel(cause) })
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://management.azure.com/x?sig=secret", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			response, err := azure.RoundTrip(request)
			if err == nil {
				_ = response.Body.Close()
			}
			if !errors.Is(err, test.is) {
				t.Errorf("got %v, want %v", err, test.is)
			}
		})
	}
}

func TestRoundTrip_doesNotBeginForAClientThatHasGone(t *testing.T) {
	t.Parallel()
	azure := open(t, "")
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://management.azure.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
	if entries, err := azure.Journal(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("journal %v, %v", entries, err)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	azure := open(t, "", engine.WithTime(func() time.Time { return noon }))
	ctx := t.Context()
	due := false
	if err := azure.Transact(func(tx *engine.Tx) error {
		tx.Schedule(noon.Add(time.Hour), "operation", "none")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := azure.Advance(ctx, 6*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := azure.Transact(func(tx *engine.Tx) error {
		due = true
		tx.Each("timer/", func(string, func(any)) { due = false })
		return nil
	}); err != nil || !due {
		t.Errorf("what came due has not happened: %v", err)
	}
	if now, err := azure.Now(ctx); err != nil || !now.Equal(noon.Add(6*time.Hour)) {
		t.Errorf("it is %v, %v", now, err)
	}
	if err := azure.Advance(ctx, -time.Second); err == nil {
		t.Error("time went back")
	}
	if err := azure.Advance(ctx, 100*365*24*time.Hour); err == nil || !strings.Contains(err.Error(), "2100") {
		t.Errorf("beyond the end of time: %v", err)
	}
	state, err := azure.Show(ctx)
	if err != nil || len(state.Resources) == 0 || state.Access != azure.Access() {
		t.Errorf("show: %+v, %v", state, err)
	}
	guest, err := azure.AddPrincipal(ctx, "guest")
	if err != nil || guest.SubscriptionID != azure.Access().SubscriptionID || guest.ObjectID == azure.Access().ObjectID {
		t.Errorf("guest: %+v, %v", guest, err)
	}
	if principals, err := azure.Principals(ctx); err != nil || len(principals) != 2 {
		t.Errorf("principals: %v, %v", principals, err)
	}
	added, err := azure.AddFault(ctx, fault.Fault{Kind: fault.Lost})
	if err != nil {
		t.Fatal(err)
	}
	if faults, err := azure.Faults(ctx); err != nil || len(faults) != 1 || faults[0] != added {
		t.Errorf("faults: %v, %v", faults, err)
	}
	if cleared, err := azure.ClearFaults(ctx, ""); err != nil || cleared != 1 {
		t.Errorf("cleared %d, %v", cleared, err)
	}
	if _, err := azure.AddFault(ctx, fault.Fault{}); err == nil {
		t.Error("added no fault in particular")
	}
	if _, err := azure.ClearFaults(ctx, "none"); err == nil {
		t.Error("cleared no fault in particular")
	}
}

// BenchmarkRoundTrip measures a request to a rehearsal in memory and in a file.
func BenchmarkRoundTrip(b *testing.B) {
	for name, path := range map[string]string{"memory": "", "file": b.TempDir() + "/data"} {
		azure, err := rehearsal.Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				request, err := http.NewRequestWithContext(b.Context(), http.MethodGet,
					"https://management.azure.com/metadata/endpoints?api-version=2022-09-01", http.NoBody)
				if err != nil {
					b.Fatal(err)
				}
				response, err := azure.RoundTrip(request)
				if err != nil {
					b.Fatal(err)
				}
				_ = response.Body.Close()
			}
		})
	}
}

// TestRoundTrip_refusesASpaceInTheAddress as a server does that reads it from a request line.
func TestRoundTrip_refusesASpaceInTheAddress(t *testing.T) {
	t.Parallel()
	azure := open(t, "")
	for query, want := range map[string]int{
		"$filter=principalId eq 'p'":     http.StatusBadRequest,
		"$filter=principalId%20eq%20'p'": http.StatusUnauthorized,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://management.azure.com/x", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.URL.RawQuery = query
		response, err := azure.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		if err := response.Body.Close(); err != nil || response.StatusCode != want {
			t.Errorf("%s: status %d, want %d: %v", query, response.StatusCode, want, err)
		}
	}
}
