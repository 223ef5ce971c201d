// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

func TestMemory_readsOnce(t *testing.T) {
	t.Parallel()
	var m azure.Memory[string]
	reads := 0
	read := func() (string, error) { reads++; return "vault", nil }
	for _, about := range []string{"https://keys/", "https://KEYS/", "https://keys/"} {
		if got, err := m.Get(t.Context(), about, read); got != "vault" || err != nil {
			t.Errorf("%s: %q, %v", about, got, err)
		}
	}
	if reads != 1 {
		t.Errorf("it was read %d times", reads)
	}
}

func TestMemory_forgetsWhatFailed(t *testing.T) {
	t.Parallel()
	var m azure.Memory[string]
	failure := errors.New("no answer")
	if _, err := m.Get(t.Context(), "a", func() (string, error) { return "", failure }); !errors.Is(err, failure) {
		t.Errorf("the error is %v", err)
	}
	if got, err := m.Get(t.Context(), "a", func() (string, error) { return "again", nil }); got != "again" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestMemory_waits has several ask at once, the first of whom is called off: the next reads itself,
// and whoever asks after that is told what it found.
func TestMemory_waits(t *testing.T) {
	t.Parallel()
	var m azure.Memory[string]
	calledOff, entered := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		_, err := m.Get(t.Context(), "a", func() (string, error) {
			close(entered)
			<-calledOff
			return "", context.Canceled
		})
		first <- err
	}()
	<-entered

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Get(gone, "a", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("who is gone is told %v", err)
	}

	type answer struct {
		text string
		err  error
	}
	others := make(chan answer, 3)
	for range cap(others) {
		go func() {
			text, err := m.Get(t.Context(), "a", func() (string, error) { return "read", nil })
			others <- answer{text, err}
		}()
	}
	close(calledOff)
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first is told %v", err)
	}
	for range cap(others) {
		if got := <-others; got.text != "read" || got.err != nil {
			t.Errorf("another is told %q, %v", got.text, got.err)
		}
	}
}

// TestMemory_sharesErrors has several callers look into the same refusal at once.
func TestMemory_sharesErrors(t *testing.T) {
	t.Parallel()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
	}}
	groups, err := newClient(t, signedIn(fake)).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	var m azure.Memory[string]
	_, refused := m.Get(t.Context(), "a", func() (string, error) {
		_, err := groups.Get(t.Context(), "rg", nil)
		return "", err
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if found, ok := azure.AsError(refused); !ok || found.Code != "AuthorizationFailed" || !azure.IsForbidden(refused) {
				t.Errorf("got %v", refused)
			}
		})
	}
	all.Wait()
}
