// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import "net/http"

// Wrap has the requests of the providers that are made from now on pass through one more transport, until undo
// is called.
func (a *Azure) Wrap(wrap func(through http.RoundTripper) http.RoundTripper) (undo func()) {
	before := a.wrap
	a.wrap = func(through http.RoundTripper) http.RoundTripper { return wrap(before(through)) }
	return func() { a.wrap = before }
}

// RoundTripper is a transport that is a function.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (r RoundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r(req) }

// After calls a function after each request, for [Azure.Wrap].
func After(do func(*http.Request)) func(http.RoundTripper) http.RoundTripper {
	return func(through http.RoundTripper) http.RoundTripper {
		return RoundTripper(func(req *http.Request) (*http.Response, error) {
			answer, err := through.RoundTrip(req)
			do(req)
			return answer, err
		})
	}
}

// Losing loses the requests for which lose returns an error, for [Azure.Wrap].
func Losing(lose func(*http.Request) error) func(http.RoundTripper) http.RoundTripper {
	return func(through http.RoundTripper) http.RoundTripper {
		return RoundTripper(func(req *http.Request) (*http.Response, error) {
			if err := lose(req); err != nil {
				return nil, lost{err}
			}
			return through.RoundTrip(req)
		})
	}
}

// lost is the error of a request that the SDK does not repeat: it waits in between.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

func (lost) NonRetriable() {}
