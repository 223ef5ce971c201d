// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// RoundTrip implements [http.RoundTripper]: requests for any host go straight to [Azure.ServeHTTP]. A
// connection that rehearsal closes is an error, as on a network.
func (a *Azure) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		defer func() { _ = request.Body.Close() }()
	}
	if gone := context.Cause(request.Context()); gone != nil {
		return nil, gone
	}
	asked := request.Clone(request.Context())
	if asked.Host == "" {
		asked.Host = request.URL.Host
	}
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	asked.RequestURI = request.URL.RequestURI()
	answer := &recorder{header: http.Header{}}
	if err := answer.record(request.Context(), a, asked); err != nil {
		return nil, &net.OpError{Op: "read", Net: "rehearsal", Err: err}
	}
	return answer.response(request), nil
}

// recorder is the [http.ResponseWriter] of a request without a connection.
type recorder struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
}

// record runs the handler, or returns how the connection broke.
func (w *recorder) record(
	ctx context.Context, handler http.Handler, request *http.Request,
) (err error) {
	defer func() {
		switch failure := recover(); {
		case failure == nil:
		case isAbort(failure) && ctx.Err() != nil:
			err = context.Cause(ctx)
		case isAbort(failure):
			err = syscall.ECONNRESET
		default:
			panic(failure)
		}
	}()
	handler.ServeHTTP(w, request)
	return nil
}

func isAbort(failure any) bool {
	err, ok := failure.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// Header implements [http.ResponseWriter].
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *recorder) WriteHeader(status int) {
	if w.sent == nil {
		w.status, w.sent = status, w.header.Clone()
	}
}

// Write implements [http.ResponseWriter].
func (w *recorder) Write(content []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(content)
}

func (w *recorder) response(request *http.Request) *http.Response {
	w.WriteHeader(http.StatusOK)
	if request.Method == http.MethodHead {
		w.body.Reset()
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode: w.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        w.sent,
		Body:          io.NopCloser(&w.body),
		ContentLength: int64(w.body.Len()),
		Request:       request,
	}
}
