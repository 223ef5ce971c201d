// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// controlPath is where the control interface begins.
const controlPath = "/_rehearsal"

// isControl reports whether a request is for the control interface, which is served under the names of
// this machine only.
func isControl(r *http.Request) bool {
	below, ok := strings.CutPrefix(r.URL.Path, controlPath)
	return ok && (below == "" || below[0] == '/') && engine.IsLoopback(nameOf(r.Host))
}

func nameOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// controlHandler returns the control interface. Its errors are {"error": "…"}.
func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, serve func(r *http.Request) (any, error)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+controlPath+path, func(w http.ResponseWriter, r *http.Request) {
			answer, err := serve(r)
			reply(w, answer, err)
		})
	}
	handle("GET /ready", func(*http.Request) (any, error) { return s.ready, nil })
	handle("GET /show", func(r *http.Request) (any, error) { return s.azure.Show(r.Context()) })
	handle("GET /keys", func(r *http.Request) (any, error) { return s.azure.Keys(r.Context()) })
	handle("GET /journal", func(r *http.Request) (any, error) { return s.azure.Journal(r.Context()) })
	handle("GET /clock", func(r *http.Request) (any, error) {
		now, err := s.azure.Now(r.Context())
		return clock{now}, err
	})
	handle("POST /advance", s.advance)
	handle("GET /faults", func(r *http.Request) (any, error) { return s.azure.Faults(r.Context()) })
	handle("POST /faults", s.addFault)
	handle("DELETE /faults", func(r *http.Request) (any, error) {
		count, err := s.azure.ClearFaults(r.Context(), "")
		return cleared{count}, refused(err)
	})
	handle("DELETE /faults/{id}", func(r *http.Request) (any, error) {
		count, err := s.azure.ClearFaults(r.Context(), r.PathValue("id"))
		return cleared{count}, refused(err)
	})
	handle("GET /principals", func(r *http.Request) (any, error) {
		return s.azure.Principals(r.Context())
	})
	handle("POST /principals", s.addPrincipal)
	handle("GET /applications", func(r *http.Request) (any, error) {
		return s.azure.Applications(r.Context())
	})
	handle("POST /applications", s.addApplication)
	handle("DELETE /applications/{id}", func(r *http.Request) (any, error) {
		return struct{}{}, refused(s.azure.RemoveApplication(r.Context(), r.PathValue("id")))
	})
	handle("GET /subscriptions", func(r *http.Request) (any, error) {
		return s.azure.Subscriptions(r.Context())
	})
	handle("POST /subscriptions", s.addSubscription)
	handle("POST /streaming", s.stream)
	handle("POST /request", s.ask)
	handle("GET /view", s.view)
	mux.Handle("GET "+consolePath, consoleHandler())
	mux.Handle("GET "+controlPath+"/console", http.RedirectHandler(consolePath, http.StatusFound))
	return s.guarded(mux)
}

// tokenHeader holds the token of what changes something.
const tokenHeader = "X-Rehearsal-Token"

// guarded refuses requests of web pages other than the console: a page can reach a port of this machine, but only
// with an Origin header, as its browser says by Sec-Fetch-Site, or under a name that is not the machine's. It
// refuses what changes something without the token.
func (s *Server) guarded(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fromElsewhere(r) || !isControl(r) {
			reply(w, nil, &refusal{http.StatusForbidden, errors.New("the control interface is for " +
				"programs on this machine, under " + controlPath)})
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead && subtle.ConstantTimeCompare(
			[]byte(r.Header.Get(tokenHeader)), []byte(s.ready.ControlToken)) != 1 {
			reply(w, nil, &refusal{http.StatusUnauthorized, errors.New("what changes something needs the header " +
				tokenHeader + " with the control_token that `rehearsal serve` prints")})
			return
		}
		handler.ServeHTTP(w, r)
	})
}

// fromElsewhere reports whether a page of another origin sends a request. A link to the console may be anywhere.
func fromElsewhere(r *http.Request) bool {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	if origin != "" {
		return origin != "http://"+r.Host && origin != "https://"+r.Host
	}
	navigates := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document" &&
		strings.HasPrefix(r.URL.Path, controlPath+"/console")
	return site != "" && site != "same-origin" && site != "none" && !navigates
}

// What the control interface takes and answers.
type (
	clock struct {
		Time time.Time `json:"time"`
	}
	step struct {
		Duration fault.Duration `json:"duration"`
	}
	cleared struct {
		Cleared int `json:"cleared"`
	}
	principal struct {
		Name string `json:"name"`
	}
	account struct {
		ID string `json:"account"`
	}
	stream struct {
		URL string `json:"url"` // under Azure's name
		// LoopbackURL is the same for clients whose host names cannot be pointed at this machine.
		LoopbackURL string `json:"loopback_url"`
	}
	problem struct {
		Error string `json:"error"`
	}
)

func (s *Server) advance(r *http.Request) (any, error) {
	var asked step
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	if err := s.azure.Advance(r.Context(), time.Duration(asked.Duration)); err != nil {
		return nil, refused(err)
	}
	now, err := s.azure.Now(r.Context())
	return clock{now}, err
}

func (s *Server) ask(r *http.Request) (any, error) {
	var question rehearsal.Question
	if err := read(r, &question); err != nil {
		return nil, err
	}
	answer, err := s.azure.Ask(r.Context(), question)
	return answer, refused(err)
}

func (s *Server) addFault(r *http.Request) (any, error) {
	document, err := io.ReadAll(io.LimitReader(r.Body, maxControlBody))
	if err != nil {
		return nil, refused(err)
	}
	wanted, err := fault.Parse(document)
	if err != nil {
		return nil, refused(err)
	}
	added, err := s.azure.AddFault(r.Context(), wanted)
	return added, refused(err)
}

func (s *Server) addPrincipal(r *http.Request) (any, error) {
	var asked principal
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	return s.azure.AddPrincipal(r.Context(), asked.Name)
}

func (s *Server) addApplication(r *http.Request) (any, error) {
	var asked application.Application
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	added, err := s.azure.AddApplication(r.Context(), asked)
	return added, refused(err)
}

func (s *Server) addSubscription(r *http.Request) (any, error) {
	var asked rehearsal.Subscription
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	added, err := s.azure.AddSubscription(r.Context(), asked.ID, asked.Name)
	return added, refused(err)
}

// stream makes a media account stream a small file.
func (s *Server) stream(r *http.Request) (any, error) {
	var asked account
	if err := read(r, &asked); err != nil {
		return nil, err
	}
	address, err := s.azure.Streaming(r.Context(), asked.ID)
	if err != nil {
		return nil, refused(err)
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("reading the URL of a stream: %w", err)
	}
	return stream{URL: address, LoopbackURL: s.ready.ResourceManager + parsed.Path}, nil
}

const maxControlBody = 1 << 20

func read(r *http.Request, into any) error {
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxControlBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return refused(fmt.Errorf("reading the request: %w", err))
	}
	return nil
}

// refusal is a mistake of the caller.
type refusal struct {
	status int
	error
}

func refused(err error) error {
	if err == nil {
		return nil
	}
	return &refusal{http.StatusBadRequest, err}
}

func reply(w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	if err != nil {
		status = http.StatusInternalServerError
		var theirs *refusal
		if errors.As(err, &theirs) {
			status = theirs.status
		}
		answer = problem{err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that has gone away is no fault of ours
}
