// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// fetch sends a request to the control interface as a page in a browser would, and returns its answer.
func (s *served) fetch(method, path, body string, change func(*http.Request)) (int, http.Header, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.ready.Control+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if change != nil {
		change(request)
	}
	response, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(content)
}

// TestConsole_loadsNothingFromElsewhere: the page and its files name no other address, and its policy allows none.
func TestConsole_loadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	_, _, page := s.fetch("GET", "/console", "", nil)
	for _, name := range []string{"", "console.js", "acts.js", "dom.js", "keys.js", "storage.js", "requests.js", "rotations.js", "faults.js", "console.css", "icon.svg"} {
		status, header, content := s.fetch("GET", "/console/"+name, "", nil)
		if status != http.StatusOK || content == "" {
			t.Errorf("%s: %d", name, status)
		}
		policy := header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';") ||
			!strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", name, policy)
		}
		for field, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := header.Get(field); got != want {
				t.Errorf("%s: %s is %q", name, field, got)
			}
		}
		elsewhere := regexp.MustCompile(`https?://[a-z0-9.${}-]+`).FindAllString(content, -1)
		for _, address := range elsewhere {
			if address != "http://www.w3.org" && !strings.HasPrefix(address, "https://${") {
				t.Errorf("%s names %s", name, address)
			}
		}
		if strings.Contains(content, s.ready.ControlToken) || strings.Contains(content, s.ready.ClientSecret) {
			t.Errorf("%s has a secret", name)
		}
	}
	if !strings.Contains(page, "<title>Rehearsal</title>") {
		t.Errorf("without the slash: %.100s", page)
	}
}

func TestConsole_view(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	s.vault("safe")
	status, _, content := s.fetch("GET", "/view", "", nil)
	if status != http.StatusOK || !strings.Contains(content, `"caFile":"`+s.ready.CAFile) || !strings.Contains(content, `"journal":[{`) {
		t.Errorf("%d %.300s", status, content)
	}
	for _, secret := range []string{s.ready.ClientSecret, s.ready.ControlToken, s.signIn(arm)} {
		if strings.Contains(content, secret) {
			t.Error("the view has a secret")
		}
	}
	for _, query := range []string{"from=x", "from=-1", "count=x", "after=x"} {
		if status, _, content := s.fetch("GET", "/view?"+query, "", nil); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, status, content)
		}
	}
}

// TestControl_changesTakeTheToken: every request that changes something, with no token, a wrong one and the right one.
func TestControl_changesTakeTheToken(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	for _, request := range []string{
		"POST /advance", "POST /faults", "DELETE /faults", "DELETE /faults/1", "POST /principals", "POST /applications",
		"DELETE /applications/1", "POST /subscriptions", "POST /streaming", "POST /request",
	} {
		method, path, _ := strings.Cut(request, " ")
		for _, token := range []string{"", "WRONG", s.ready.ControlToken + "A"} {
			status, _, content := s.fetch(method, path, "{}", func(r *http.Request) { r.Header.Set("X-Rehearsal-Token", token) })
			if status != http.StatusUnauthorized || !strings.Contains(content, "control_token") {
				t.Errorf("%s with %q: %d %s", request, token, status, content)
			}
		}
	}
	status, _, content := s.fetch("POST", "/advance", `{"duration":"5m"}`, func(r *http.Request) {
		r.Header.Set("X-Rehearsal-Token", s.ready.ControlToken)
		r.Header.Set("Origin", s.ready.Proxy) // as the console in a browser sends it
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	})
	if status != http.StatusOK {
		t.Errorf("with the token: %d %s", status, content)
	}
}

// TestControl_refusesOtherPages: a page of another origin, whatever it knows, and another name for this machine.
func TestControl_refusesOtherPages(t *testing.T) {
	t.Parallel()
	s := start(t, server.Options{})
	for name, test := range map[string]struct {
		method, path string
		change       func(*http.Request)
		want         int
	}{
		"another origin":               {"POST", "/advance", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"another port of this machine": {"POST", "/advance", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		"no origin to tell":            {"POST", "/advance", func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"a name that leads here":       {"GET", "/view", func(r *http.Request) { r.Host = "evil.example" }, http.StatusForbidden},
		"the same, which is its origin": {"POST", "/advance", func(r *http.Request) {
			r.Host = "evil.example"
			r.Header.Set("Origin", "http://evil.example")
		}, http.StatusForbidden},
		"a script or an image of another page": {"GET", "/view", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden},
		"one of another port":                  {"GET", "/ready", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		"a link to the control interface": {"GET", "/ready", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "document")
		}, http.StatusForbidden},
		"a frame of the console": {"GET", "/console/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "iframe")
		}, http.StatusForbidden},
		"a link to the console": {"GET", "/console/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
			r.Header.Set("Sec-Fetch-Dest", "document")
		}, http.StatusOK},
		"the address bar": {"GET", "/console/", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") }, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, _, content := s.fetch(test.method, test.path, `{"duration":"5m"}`, func(r *http.Request) {
				r.Header.Set("X-Rehearsal-Token", s.ready.ControlToken)
				test.change(r)
			})
			if status != test.want {
				t.Errorf("%d %s", status, content)
			}
		})
	}
}
