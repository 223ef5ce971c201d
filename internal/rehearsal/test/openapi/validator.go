// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// Validator checks exchanges with Azure's services against the documents. It
// may be used by several goroutines at once.
type Validator struct {
	all []*document

	mu       sync.Mutex
	failures []string
	checked  map[string]int
	unknown  map[string]int
}

// NewValidator returns a validator that fails the test at its end if an
// exchange was not as documented, and logs the requests that no document knows.
func NewValidator(tb testing.TB) *Validator {
	tb.Helper()
	v, err := New()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		for _, failure := range v.Failures() {
			tb.Error(failure)
		}
		for request, count := range v.Unknown() {
			tb.Logf("not in any OpenAPI document: %s (%d times)", request, count)
		}
	})
	return v
}

// New returns a validator that reports to nobody.
func New() (*Validator, error) {
	all, err := documents()
	if err != nil {
		return nil, err
	}
	return &Validator{all: all, checked: map[string]int{}, unknown: map[string]int{}}, nil
}

// Failures lists what was not as documented, each once.
func (v *Validator) Failures() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.failures)
}

// Checked counts the exchanges by operation, such as
// "mediaservices 2023-01-01 Mediaservices_Get".
func (v *Validator) Checked() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.checked)
}

// Unknown counts the requests that no document knows, by method and path.
func (v *Validator) Unknown() map[string]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.unknown)
}

// Wrap returns a handler that checks what goes through it.
func (v *Validator) Wrap(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			// The handler finds the same error where it reads on.
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
			handler.ServeHTTP(w, r)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		seen := r.Clone(r.Context()) // Handlers may change theirs.
		recorder := &recorder{ResponseWriter: w}
		handler.ServeHTTP(recorder, r)
		if recorder.hijacked {
			return
		}
		if recorder.status == 0 { // The server answers for a silent handler.
			recorder.status, recorder.sent = http.StatusOK, w.Header().Clone()
		}
		v.Check(seen, body, recorder.status, recorder.sent, recorder.body.Bytes())
	})
}

// RoundTripper returns a transport that checks what goes through it.
func (v *Validator) RoundTripper(transport http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				return nil, fmt.Errorf("reading request body: %w", err)
			}
			if err := r.Body.Close(); err != nil {
				return nil, fmt.Errorf("closing request body: %w", err)
			}
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		response, err := transport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		answer, err := io.ReadAll(response.Body)
		if closing := response.Body.Close(); err == nil {
			err = closing
		}
		if err != nil {
			response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), failing{err}))
			return response, nil //nolint:nilerr // The client finds it where it reads on.
		}
		response.Body = io.NopCloser(bytes.NewReader(answer))
		v.Check(r, body, response.StatusCode, response.Header, answer)
		return response, nil
	})
}

// Check compares one exchange with the documents and remembers the outcome,
// which it also returns.
func (v *Validator) Check(
	r *http.Request, requestBody []byte, status int, header http.Header, body []byte,
) []string {
	e := exchange{r, requestBody, status, header, body}
	m, reason := find(v.all, r)
	v.mu.Lock()
	defer v.mu.Unlock()
	if reason != "" {
		// A service refuses versions and operations that it does not have.
		if reason == noPath || status >= http.StatusBadRequest {
			v.unknown[r.Method+" "+r.URL.Path]++
			return nil
		}
		return v.fail(fmt.Sprintf("%s %s: status %d, but %s", r.Method, r.URL, status, reason))
	}

	v.checked[m.name()]++
	findings, err := check(r.Context(), m, e)
	if err != nil {
		return v.fail(fmt.Sprintf("%s: %v", m.name(), err))
	}
	lines := make([]string, 0, len(findings))
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s (status %d): %s %s: %s",
			m.name(), status, f.place, f.pointer, f.text))
	}
	return v.fail(lines...)
}

func (v *Validator) fail(lines ...string) []string {
	for _, line := range lines {
		if !slices.Contains(v.failures, line) {
			v.failures = append(v.failures, line)
		}
	}
	return lines
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// recorder keeps a copy of an answer while it goes out.
type recorder struct {
	http.ResponseWriter
	status   int
	sent     http.Header
	body     bytes.Buffer
	hijacked bool
}

// WriteHeader keeps the final status and the headers as they went out.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK {
		r.status, r.sent = status, r.Header().Clone()
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Hijack hands the connection over. There is no answer to check then.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	r.hijacked = true
	return http.NewResponseController(r.ResponseWriter).Hijack()
}

// Unwrap lets a handler reach what else the connection can do.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
