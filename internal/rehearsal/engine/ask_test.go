// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// till is an endpoint that keeps what it is sent, and refuses what it has kept before.
func till() engine.Host {
	return engine.Host{
		Names: []string{"till.test"},
		Serve: func(r *engine.Request) (*engine.Response, error) {
			key := "till/" + string(r.Raw)
			var before bool
			ok := r.Load(key, &before)
			r.Store("till/last", string(r.Raw))
			r.Store(key, true)
			if ok {
				return nil, engine.Errorf(http.StatusConflict, "Kept", "Kept before: %s", r.HTTP.Header.Get("Who"))
			}
			return &engine.Response{Status: http.StatusCreated, Body: []byte("thanks")}, nil
		},
		Refuse: func(_ *engine.Request, refused *engine.Error) *engine.Response {
			return &engine.Response{
				Status: refused.Status, Header: http.Header{"X-Ms-Error-Code": {refused.Code}},
				Body: []byte("<" + refused.Message + ">"),
			}
		},
	}
}

func put(t *testing.T, body io.Reader) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://till.test/", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Who", "me")
	return request
}

// A service hears another's refusal, whose writes are gone, and goes on with its own.
func TestAsk_keepsWhatWasWrittenBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.HandleHost(till())
	w.engine.ServeHTTP(discard{}, put(t, strings.NewReader("a")))
	w.transact(func(tx *engine.Tx) {
		tx.Store("own", "before")
		for _, test := range []struct {
			body, answer string
			status       int
		}{
			{"a", "<Kept before: me>", http.StatusConflict},
			{"b", "thanks", http.StatusCreated},
			{"a", "<Kept before: me>", http.StatusConflict},
		} {
			got, err := tx.Ask(put(t, strings.NewReader(test.body)))
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := got.Body.([]byte); got.Status != test.status || string(body) != test.answer {
				t.Errorf("%s: %d %s", test.body, got.Status, body)
			}
			if got.Header.Get("Date") == "" || got.Header.Get("X-Ms-Request-Id") == "" {
				t.Errorf("%s: the answer's headers are %v", test.body, got.Header)
			}
		}
	})
	w.transact(func(tx *engine.Tx) {
		var own, last string
		if tx.Load("own", &own); own != "before" {
			t.Errorf("what the transaction wrote before is %q", own)
		}
		if tx.Load("till/last", &last); last != "b" {
			t.Errorf("the last of what was not refused is %q", last)
		}
		if entries := tx.Journal(0); len(entries) != 1 {
			t.Errorf("the journal has %v", entries)
		}
	})
	// What one service wrote for another goes with the transaction of the other.
	refused := errors.New("refused")
	err := w.engine.Transact(func(tx *engine.Tx) error {
		_, err := tx.Ask(put(t, strings.NewReader("c")))
		return errors.Join(err, refused)
	})
	if !errors.Is(err, refused) {
		t.Errorf("error %v", err)
	}
	w.transact(func(tx *engine.Tx) {
		var kept bool
		if tx.Load("till/c", &kept) {
			t.Error("a refused transaction left what it had asked for")
		}
	})
}

func TestAsk_passesOnWhatBreaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := errors.New("broken")
	w.transact(func(tx *engine.Tx) {
		if _, err := tx.Ask(put(t, iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
	})
}

// Who writes no JSON is journaled with the code in the header.
func TestHost_refusesInItsOwnManner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.HandleHost(till())
	for range 2 {
		w.engine.ServeHTTP(discard{}, put(t, strings.NewReader("a")))
	}
	w.transact(func(tx *engine.Tx) {
		entries := tx.Journal(0)
		if len(entries) != 2 || entries[1].Code != "Kept" || entries[1].Status != http.StatusConflict {
			t.Errorf("the journal has %v", entries)
		}
	})
}

type discard struct{}

func (discard) Header() http.Header            { return http.Header{} }
func (discard) WriteHeader(int)                {}
func (discard) Write(text []byte) (int, error) { return len(text), nil }

// What is in something that is in no state for it is not admitted, and neither is a version that a
// type without documents does not have.
func TestNested_isAdmittedByItsParent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.Register(&engine.ResourceType{
		Name: "Toy.Works/toys/wheels", Untracked: true, Write: keep, Versions: []string{"2020-01-01", "2021-01-01"},
		Admit: func(_ *engine.Request, toy *engine.Resource) *engine.Error {
			if toy.Tags["broken"] == "yes" {
				return engine.Errorf(http.StatusForbidden, "Broken", "The toy is broken.")
			}
			return nil
		},
		Routes: map[string]engine.Action{"POST turn": {Serve: func(r *engine.Request, wheel *engine.Resource) (*engine.Response, error) {
			return r.Begin(w.engine.Type("Toy.Works/toys/wheels"), wheel, &engine.Async{
				StatusPath: subscription + "/providers/Toy.Works/operations/{operation}/status",
			}), nil
		}}},
	})
	const toy = group + "/providers/Toy.Works/toys/car"
	ask := func(method, path, version, body string) answer {
		return w.send(method, "https://azure.test"+path+"?api-version="+version, body, "Bearer token")
	}
	w.want(w.call("PUT", toy, `{"location":"westus2"}`), http.StatusCreated)
	w.want(ask("PUT", toy+"/wheels/left", "2021-01-01", "{}"), http.StatusCreated)
	turning := w.want(ask("POST", toy+"/wheels/left/turn", "2021-01-01", ""), http.StatusAccepted)
	if turning.Header().Get("Azure-Asyncoperation") == "" {
		t.Errorf("headers %v", turning.Header())
	}
	w.want(ask("GET", toy+"/wheels/left", "2021-01-01", ""), http.StatusOK)
	w.refused(ask("GET", toy+"/wheels", "2019-01-01", ""), http.StatusBadRequest, "NoRegisteredProviderFound",
		"The supported api-versions are '2021-01-01, 2020-01-01'")
	w.want(w.call("PATCH", toy, `{"tags":{"broken":"yes"}}`), http.StatusOK)
	for _, request := range [][2]string{
		{"GET", "/wheels"},
		{"GET", "/wheels/left"},
		{"PUT", "/wheels/right"},
		{"DELETE", "/wheels/left"},
		{"POST", "/wheels/left/turn"},
	} {
		w.refused(ask(request[0], toy+request[1], "2020-01-01", "{}"), http.StatusForbidden, "Broken", "The toy is broken.")
	}
}
