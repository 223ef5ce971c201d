// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package soak_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/soak"
)

// strike is what happens to one call.
type strike struct {
	name string
	// sent says that Azure carries the call out.
	sent bool
	// status is Azure's answer, with a code; 0 for Azure's own answer, -1 for none.
	status int
	code   string
	// forGood has the same happen to the next calls, until the next apply: to outage of them at most, because the end of an
	// operation is asked for until its time is up.
	forGood bool
	// kills kills the provider, stops has Terraform tell it to stop.
	kills, stops bool
	// changes says that it is one to changes alone: to a read it is nothing more than another strike.
	changes bool
}

const outage = 20

// interruptions are the strikes of the short form.
func interruptions() []strike {
	return []strike{
		{name: soak.KilledBefore, status: -1, kills: true},
		{name: soak.KilledAfter, sent: true, status: -1, kills: true},
		{name: soak.Stopped, sent: true, stops: true},
	}
}

// faults are the other ways in which a call goes wrong.
func faults() []strike {
	return []strike{
		{name: "429", changes: true, status: http.StatusTooManyRequests, code: "TooManyRequests"},
		{name: "408", changes: true, status: http.StatusRequestTimeout, code: "RequestTimeout"},
		{name: "500", changes: true, status: http.StatusInternalServerError, code: "InternalServerError"},
		{name: "500 after", sent: true, status: http.StatusInternalServerError, code: "InternalServerError"},
		{name: "503 for good", status: http.StatusServiceUnavailable, code: "ServiceUnavailable", forGood: true},
		{name: "503 for good after", sent: true, status: http.StatusServiceUnavailable, code: "ServiceUnavailable", forGood: true},
		{name: "409", changes: true, status: http.StatusConflict, code: "Conflict"},
		{name: "412", changes: true, status: http.StatusPreconditionFailed, code: "PreconditionFailed"},
		{name: "401", changes: true, status: http.StatusUnauthorized, code: "ExpiredAuthenticationToken"},
		{name: "403", changes: true, status: http.StatusForbidden, code: "AuthorizationFailed"},
		{name: "403 for good", status: http.StatusForbidden, code: "AuthorizationFailed", forGood: true},
		{name: "no JSON after", sent: true, status: http.StatusOK},
		{name: "reset", status: -1},
		{name: "answer lost", sent: true, status: -1},
	}
}

// striker lets one call go wrong.
type striker struct {
	strike strike
	call   string // The call that is struck, and
	nth    int    // which one of its name.
	stop   func() // Tells the provider to stop.

	mu    sync.Mutex
	armed bool
	calls map[string]int // How often each call was made.
	order []string
	hit   bool
	hits  int
	dead  bool
}

// arm counts the calls from here on, of a provider that stop stops.
func (s *striker) arm(stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed, s.stop = true, stop
}

// isDue reports whether the call that is struck has not come yet.
func (s *striker) isDue() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.call != "" && !s.hit
}

// revive ends the strike. It reports whether the provider was killed.
func (s *striker) revive() (killed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	killed = s.dead
	s.armed, s.dead = false, false
	return killed
}

// trip sends a request through a transport, or lets it go wrong.
func (s *striker) trip(req *http.Request, through http.RoundTripper) (*http.Response, error) {
	strikes, dead := s.meet(req)
	switch {
	case dead:
		return nil, killed{}
	case !strikes:
		return through.RoundTrip(req)
	case s.strike.stops, s.strike.kills && !s.strike.sent:
		s.stop()
	}
	var answer *http.Response
	var err error
	if s.strike.sent { // What was sent reaches Azure, though the provider may give it up.
		answer, err = through.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
	}
	switch {
	case s.strike.kills:
		s.stop()
		return nil, killed{}
	case s.strike.status == 0:
		if gaveUp := req.Context().Err(); gaveUp != nil {
			return nil, gaveUp
		}
		return answer, err
	case s.strike.status < 0:
		return nil, errors.New("the connection was reset")
	default:
		return s.answer(req), nil
	}
}

// meet counts a call, and reports whether the strike meets it, and whether the provider is dead.
func (s *striker) meet(req *http.Request) (strikes, dead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	signsIn := strings.HasPrefix(req.URL.Host, "login.") || req.Header.Get("Authorization") == ""
	if s.dead || !s.armed || signsIn {
		return false, s.dead
	}
	name := nameOf(req)
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[name]++
	s.order = append(s.order, name)
	strikes = s.hit && s.strike.forGood && s.hits < outage || !s.hit && name == s.call && s.calls[name] == s.nth
	if s.hit = s.hit || strikes; strikes {
		s.hits++
	}
	s.dead = strikes && s.strike.kills
	return strikes, false
}

func (s *striker) answer(req *http.Request) *http.Response {
	body := `{"error":{"code":"` + s.strike.code + `","message":"The soak has this call go wrong."}}`
	if s.strike.code == "" {
		body = "<html>This is no JSON.</html>"
	}
	return &http.Response{
		StatusCode: s.strike.status, Status: http.StatusText(s.strike.status), Request: req,
		Header: http.Header{"Content-Type": {"application/json"}, "X-Ms-Retry-After-Ms": {"1"}},
		Body:   io.NopCloser(strings.NewReader(body)),
	}
}

// killed is the error of a call of a dead provider, which is not repeated.
type killed struct{}

func (killed) Error() string { return "the provider is dead" }
func (killed) NonRetriable() {}

// generated matches the IDs that Azure generates, and the versions of keys.
var generated = regexp.MustCompile(`[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}`)

// nameOf names a call: its method, and the path from the resource provider on, or the host and the path.
func nameOf(req *http.Request) string {
	asked := req.URL.Host + req.URL.Path
	if at := strings.LastIndex(req.URL.Path, "/providers/"); at >= 0 {
		asked = req.URL.Path[at+len("/providers/"):]
	}
	asked = strings.TrimPrefix(asked, "management.azure.com/")
	return req.Method + " " + generated.ReplaceAllString(strings.TrimSuffix(asked, "/"), "{id}")
}

// writes reports whether a call changes something.
func writes(call string) bool {
	method, path, _ := strings.Cut(call, " ")
	switch method {
	case http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	case http.MethodPost:
		return !strings.HasSuffix(path, "checkNameAvailability") && !strings.Contains(path, "/list")
	default:
		return false
	}
}
