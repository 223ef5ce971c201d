// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

const stall = 200 * time.Millisecond

// TestServer_cutsOffWhatStalls: a client that sends the beginning of a request, and then nothing.
func TestServer_cutsOffWhatStalls(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{Stall: stall})
	const head = "POST /subscriptions HTTP/1.1\r\nHost: management.azure.com\r\nContent-Length: 100\r\n"
	for name, test := range map[string]struct {
		base, sent, want string
	}{
		"headers":                     {s.ready.ResourceManager, head, ""},
		"a body":                      {s.ready.ResourceManager, head + "\r\n{\"half\":", "408"},
		"the body of a fault":         {s.ready.Control, "POST /_rehearsal/faults HTTP/1.1\r\nHost: localhost\r\nX-Rehearsal-Token: " + s.ready.ControlToken + "\r\nContent-Length: 100\r\n\r\n{", "400"},
		"a body that is sent in bits": {s.ready.ResourceManager, head[:len(head)-len("Content-Length: 100\r\n")] + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "408"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, err := url.Parse(test.base)
			if err != nil {
				t.Fatal(err)
			}
			connection := s.dial(to)
			defer func() { _ = connection.Close() }()
			if _, err := io.WriteString(connection, test.sent); err != nil {
				t.Fatal(err)
			}
			// It ends: the server closes the connection.
			answer, _ := io.ReadAll(connection)
			if !strings.HasPrefix(strings.TrimPrefix(string(answer), "HTTP/1.1 "), test.want) {
				t.Errorf("got %q, want %s", answer, test.want)
			}
		})
	}
}

// dial connects without HTTP/2.
func (s *served) dial(to *url.URL) io.ReadWriteCloser {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	s.t.Cleanup(cancel)
	dialer := &tls.Dialer{NetDialer: new(net.Dialer), Config: s.transport().TLSClientConfig}
	dial := dialer.DialContext
	if to.Scheme == "http" {
		dial = dialer.NetDialer.DialContext
	}
	connection, err := dial(ctx, "tcp", to.Host)
	if err != nil {
		s.t.Fatal(err)
	}
	return connection
}

func (s *served) transport() *http.Transport {
	s.t.Helper()
	transport, ok := s.http.Transport.(*http.Transport)
	if !ok {
		s.t.Fatal("the client has a transport of its own")
	}
	return transport
}

// TestServer_cutsOffAStreamThatStalls, of a connection that others use as well.
func TestServer_cutsOffAStreamThatStalls(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{Stall: stall})
	s.transport().ForceAttemptHTTP2 = true
	body, never := io.Pipe()
	defer func() { _ = never.Close() }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		s.ready.ResourceManager+"/subscriptions", body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.ProtoMajor != 2 || response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("got %s by %s", response.Status, response.Proto)
	}
}

// TestServer_waitsForSlowWork: the time limit is for the request, not for the answer.
func TestServer_waitsForSlowWork(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{Stall: stall, Around: func(handler http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler.ServeHTTP(w, r)
			select {
			case <-time.After(3 * stall): //nolint:forbidigo // the network has its own clock
			case <-r.Context().Done():
				t.Error("the request was given up")
			}
		})
	}})
	for _, body := range []string{"", fmt.Sprintf("%01000d", 0)} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			s.ready.ResourceManager+"/subscriptions", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := s.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
}
