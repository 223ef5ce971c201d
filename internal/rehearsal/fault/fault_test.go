// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

const (
	group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg"
	toy   = group + "/providers/Toy.Works/toys/bear"
)

// world is an engine with toys, which go wrong.
type world struct {
	t      *testing.T
	engine *engine.Engine
	faults *fault.Faults
	server *httptest.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := engine.New(new(store.Memory), engine.WithTime(func() time.Time { return noon }))
	w := &world{t: t, engine: e, faults: fault.New(e)}
	e.HandleHost(e.ResourceManager())
	e.Guard(
		func(tx *engine.Tx, _ http.Header, _ ...string) (engine.Caller, *engine.Error) {
			if tx.TokenTime().After(tx.Now()) {
				return engine.Caller{}, engine.Errorf(http.StatusUnauthorized, "ExpiredAuthenticationToken", "old")
			}
			return engine.Caller{}, nil
		},
		func(*engine.Tx, engine.Caller, string, engine.ID) bool { return true })
	e.Register(&engine.ResourceType{
		Name: "Toy.Works/toys",
		Write: func(_ *engine.Request, _, next *engine.Resource) (engine.Outcome, error) {
			if next.String("async") == "" {
				return engine.Outcome{}, nil
			}
			return engine.Outcome{Async: &engine.Async{StatusPath: "/providers/Toy.Works/operations/{operation}"}}, nil
		},
	})
	e.Handle(engine.Route{
		Pattern: "GET /providers/Toy.Works/operations/{operation}", Serve: engine.ServeOperationStatus,
	})
	w.transact(func(tx *engine.Tx) {
		for _, id := range []engine.ID{group, engine.ID(group).SubscriptionID()} {
			tx.Save(&engine.Resource{ID: id, Name: id.Name()})
		}
	})
	w.server = httptest.NewTLSServer(e)
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) transact(fn func(*engine.Tx)) {
	w.t.Helper()
	if err := w.engine.Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(added fault.Fault) fault.Fault {
	w.t.Helper()
	w.transact(func(tx *engine.Tx) {
		var err error
		if added, err = w.faults.Add(tx, added); err != nil {
			w.t.Fatal(err)
		}
	})
	return added
}

func (w *world) list() (faults []fault.Fault) {
	w.t.Helper()
	w.transact(func(tx *engine.Tx) { faults = w.faults.List(tx) })
	return faults
}

// there reports whether the toy is there.
func (w *world) there() (ok bool) {
	w.t.Helper()
	w.transact(func(tx *engine.Tx) { ok = tx.Resource(toy) != nil })
	return ok
}

// answer is what came back over the wire.
type answer struct {
	status        int
	header        http.Header
	code, message string
}

// send sends a request over a real connection.
func (w *world) send(ctx context.Context, method, path, body string) (answer, error) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(ctx, method, w.server.URL+path+"?api-version=2026-01-01", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer token")
	response, err := w.server.Client().Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	var content struct {
		Error struct{ Code, Message string }
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &content); err != nil {
			w.t.Fatalf("%v: %s", err, raw)
		}
	}
	return answer{response.StatusCode, response.Header, content.Error.Code, content.Error.Message}, nil
}

func (w *world) put(body string) (answer, error) {
	w.t.Helper()
	return w.send(w.t.Context(), http.MethodPut, toy, body)
}

const made = `{"location":"westus2"}`

func TestFault_answers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault         fault.Fault
		status        int
		code, message string
		header        map[string]string
		there         bool
	}{
		"throttle": {
			fault:  fault.Fault{Kind: fault.Throttle},
			status: 429, code: "SubscriptionRequestsThrottled",
			message: "Number of requests for subscription '11111111-2222-3333-4444-555555555555' and operation " +
				"'PUT/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/TOY.WORKS/TOYS/' exceeded the backend storage " +
				"limit. Please try again after '6' seconds.",
			header: map[string]string{"Retry-After": "6", "X-Ms-Retry-After-Ms": "6000"},
		},
		"throttle for a moment, in words of one's own": {
			fault: fault.Fault{
				Kind: fault.Throttle, RetryAfter: fault.Duration(20 * time.Millisecond), Code: "Busy", Message: "Later.",
			},
			status: 429, code: "Busy", message: "Later.",
			header: map[string]string{"Retry-After": "1", "X-Ms-Retry-After-Ms": "20"},
		},
		"error": {
			fault:  fault.Fault{Kind: fault.Error},
			status: 500, code: "InternalServerError", message: "An internal server error occurred.",
			header: map[string]string{"Retry-After": ""},
		},
		"error of one's own": {
			fault: fault.Fault{
				Kind: fault.Error, Status: 503, Code: "ServerBusy", Message: "Busy.", RetryAfter: fault.Duration(2 * time.Second),
			},
			status: 503, code: "ServerBusy", message: "Busy.", header: map[string]string{"Retry-After": "2"},
		},
		"error after the work": {
			fault:  fault.Fault{Kind: fault.ErrorAfter, Status: 502},
			status: 502, code: "InternalServerError", there: true,
			header: map[string]string{"Date": "Sun, 01 Mar 2026 12:00:00 GMT"},
		},
		"expired token": {
			fault: fault.Fault{Kind: fault.ExpiredToken}, status: 401, code: "ExpiredAuthenticationToken",
		},
		"expired token without claims": {
			fault: fault.Fault{Kind: fault.ExpiredToken, WithoutClaims: true}, status: 401, code: "ExpiredAuthenticationToken",
		},
		"slow": {
			fault: fault.Fault{Kind: fault.Slow, Delay: fault.Duration(time.Millisecond)}, status: 201, there: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(test.fault)
			got, err := w.put(made)
			if err != nil {
				t.Fatal(err)
			}
			if got.status != test.status || got.code != test.code || !strings.Contains(got.message, test.message) {
				t.Errorf("got %+v", got)
			}
			for header, want := range test.header {
				if got.header.Get(header) != want {
					t.Errorf("%s: %q, want %q", header, got.header.Get(header), want)
				}
			}
			if w.there() != test.there {
				t.Errorf("the toy is there: %v", w.there())
			}
			w.transact(func(tx *engine.Tx) {
				entry := tx.Journal(0)[0]
				if entry.Status != test.status || len(entry.Notes) == 0 || entry.Notes[0] != "fault 1: "+string(test.fault.Kind) {
					t.Errorf("journal: %+v", entry)
				}
			})
			if again, err := w.put(made); err != nil || again.status >= 400 {
				t.Errorf("the second time: %+v, %v", again, err)
			}
		})
	}
}

func TestFault_throttlesInTheWordsOfTheHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.HandleHost(engine.Host{
		Domain: ".toys.test", Throttled: engine.Errorf(http.StatusTooManyRequests, "TooManyToys", "no more"),
	})
	w.add(fault.Fault{Kind: fault.Throttle, Host: "*.toys.test"})
	recorder := httptest.NewRecorder()
	w.engine.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", "https://bear.toys.test/", http.NoBody))
	if recorder.Code != 429 || !strings.Contains(recorder.Body.String(), `"TooManyToys"`) {
		t.Errorf("%d %s", recorder.Code, recorder.Body)
	}
}

func TestFault_breaksTheConnection(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind  fault.Kind
		there bool
		is    error
	}{
		"lost answer": {kind: fault.Lost, there: true, is: io.EOF},
		"reset":       {kind: fault.Reset, is: syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.add(fault.Fault{Kind: test.kind})
			if got, err := w.put(made); !errors.Is(err, test.is) {
				t.Errorf("got %+v, %v, want %v", got, err, test.is)
			}
			if w.there() != test.there {
				t.Errorf("the toy is there: %v", w.there())
			}
		})
	}
}

func TestFault_resetsWithoutAConnectionToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(fault.Fault{Kind: fault.Reset})
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("recovered %v", err)
		}
	}()
	w.engine.ServeHTTP(httptest.NewRecorder(),
		httptest.NewRequestWithContext(t.Context(), "GET", "https://management.azure.com"+toy, http.NoBody))
}

func TestFault_slowEndsWithTheClientsPatience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(fault.Fault{Kind: fault.Slow, Delay: fault.Duration(time.Hour)})
	ctx, cancel := context.WithCancel(t.Context())
	w.engine.Intercept(func(*engine.Request) engine.Interception {
		return engine.Interception{Handled: func(*engine.Response) { cancel() }}
	})
	if got, err := w.send(ctx, http.MethodPut, toy, made); !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFault_failsOperations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(fault.Fault{Kind: fault.FailOperation, Code: "Broken", Message: "It broke."})
	if got, err := w.send(t.Context(), http.MethodPut, toy+"2", made); err != nil || got.status != 201 {
		t.Fatalf("a write without an operation: %+v, %v", got, err)
	}
	got, err := w.put(`{"location":"westus2","properties":{"async":"yes"}}`)
	if err != nil || got.status != 201 {
		t.Fatalf("%+v, %v", got, err)
	}
	w.transact(func(tx *engine.Tx) {
		if state := tx.Resource(toy).String("provisioningState"); state != engine.Failed {
			t.Errorf("the toy is %q", state)
		}
	})
	if f := w.list()[0]; f.Struck != 1 || f.Seen != 1 {
		t.Errorf("counted %+v", f)
	}
}

func TestFault_delaysGrantsUntilCleared(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(fault.Fault{Kind: fault.DelayedGrants})
	delay := func() (d time.Duration) {
		w.transact(func(tx *engine.Tx) { d = tx.GrantDelay() })
		return d
	}
	if delay() != 5*time.Minute {
		t.Errorf("delay %v", delay())
	}
	if got, err := w.put(made); err != nil || got.status != 201 {
		t.Errorf("a request: %+v, %v", got, err)
	}
	w.transact(func(tx *engine.Tx) { _, _ = w.faults.Clear(tx, "") })
	if delay() != 0 {
		t.Errorf("delay %v after the clearing", delay())
	}
}

func TestFault_choosesItsRequests(t *testing.T) {
	t.Parallel()
	// struck says of six PUTs and one GET which were struck.
	for name, test := range map[string]struct {
		fault  fault.Fault
		struck string
	}{
		"once":            {fault: fault.Fault{}, struck: "x......"},
		"the third":       {fault: fault.Fault{Skip: 2}, struck: "..x...."},
		"two from second": {fault: fault.Fault{Skip: 1, Times: 2}, struck: ".xx...."},
		"always":          {fault: fault.Fault{Times: -1}, struck: "xxxxxxx"},
		"by method":       {fault: fault.Fault{Method: "get"}, struck: "......x"},
		"by path":         {fault: fault.Fault{Path: "*/TOYS/bear"}, struck: "x......"},
		"by another path": {fault: fault.Fault{Path: "/toys/bear"}, struck: "......."},
		"dots are dots":   {fault: fault.Fault{Path: "*ToyxWorks*"}, struck: "......."},
		"by expression":   {fault: fault.Fault{Expression: `/TOYS/b\w+r$`}, struck: "x......"},
		"by other words":  {fault: fault.Fault{Expression: `/cats/`}, struck: "......."},
		"by host":         {fault: fault.Fault{Host: "127.*"}, struck: "x......"},
		"by another host": {fault: fault.Fault{Host: "*.vault.azure.net"}, struck: "......."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.fault.Kind, test.fault.Status = fault.Error, http.StatusTeapot
			w.add(test.fault)
			var struck strings.Builder
			for i := range 7 {
				method := http.MethodPut
				if i == 6 {
					method = http.MethodGet
				}
				got, err := w.send(t.Context(), method, toy, made)
				if err != nil {
					t.Fatal(err)
				}
				if got.status == http.StatusTeapot {
					struck.WriteByte('x')
				} else {
					struck.WriteByte('.')
				}
			}
			if struck.String() != test.struck {
				t.Errorf("struck %s, want %s", &struck, test.struck)
			}
		})
	}
}

func TestFault_sparesRequestsWithoutAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add(fault.Fault{Kind: fault.ExpiredToken})
	w.engine.ServeHTTP(httptest.NewRecorder(),
		httptest.NewRequestWithContext(t.Context(), "POST", "https://login.microsoftonline.com/t/oauth2/token", http.NoBody))
	if f := w.list()[0]; f.Seen != 0 {
		t.Errorf("counted %+v", f)
	}
}

func TestFaults_strikeInTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, status := range []int{501, 502, 503} {
		w.add(fault.Fault{Kind: fault.Error, Status: status})
	}
	for _, want := range []int{501, 502, 503, 201} {
		if got, err := w.put(made); err != nil || got.status != want {
			t.Errorf("got %+v, %v, want %d", got, err, want)
		}
	}
}

func TestFaults_listAndClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 11 {
		w.add(fault.Fault{Kind: fault.Lost})
	}
	var ids []string
	for _, f := range w.list() {
		ids = append(ids, f.ID)
	}
	if diff := cmp.Diff(strings.Split("1 2 3 4 5 6 7 8 9 10 11", " "), ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	w.transact(func(tx *engine.Tx) {
		if cleared, err := w.faults.Clear(tx, "3"); cleared != 1 || err != nil {
			t.Errorf("cleared %d, %v", cleared, err)
		}
		if cleared, err := w.faults.Clear(tx, "3"); cleared != 0 || err == nil || !strings.Contains(err.Error(), `"3"`) {
			t.Errorf("cleared %d, %v", cleared, err)
		}
		if cleared, err := w.faults.Clear(tx, ""); cleared != 10 || err != nil {
			t.Errorf("cleared %d, %v", cleared, err)
		}
	})
	if left := w.list(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if next := w.add(fault.Fault{Kind: fault.Lost}); next.ID != "12" {
		t.Errorf("an ID came back: %s", next.ID)
	}
}

func TestAdd_refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for words, added := range map[string]fault.Fault{
		`there is no fault "fire"; there are throttle, error`: {Kind: "fire"},
		"skipping -1 requests":                                {Kind: fault.Lost, Skip: -1},
		"time only moves forward":                             {Kind: fault.Slow, Delay: -1},
		"status 200 is not a failure":                         {Kind: fault.Error, Status: 200},
		"the path is given twice":                             {Kind: fault.Lost, Path: "*", Expression: "."},
		`reading the expression "("`:                          {Kind: fault.Lost, Expression: "("},
	} {
		w.transact(func(tx *engine.Tx) {
			if _, err := w.faults.Add(tx, added); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%+v: %v", added, err)
			}
		})
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	want := fault.Fault{
		Kind: fault.Throttle, Method: "PUT", Path: "*/toys/*", Times: 2,
		RetryAfter: fault.Duration(1500 * time.Millisecond),
	}
	document, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(document), `"retryAfter":"1.5s"`) || strings.Contains(string(document), "delay") {
		t.Errorf("written as %s", document)
	}
	if got, err := fault.Parse(document); err != nil || got != want {
		t.Errorf("read as %+v, %v", got, err)
	}
	for _, wrong := range []string{`{"kind":"slow","delay":"soon"}`, `{"kin":"slow"}`, ``} {
		if got, err := fault.Parse([]byte(wrong)); err == nil {
			t.Errorf("%s is read as %+v", wrong, got)
		}
	}
}

func TestKinds_areAllThatThereAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range fault.Kinds() {
		if added := w.add(fault.Fault{Kind: kind.Kind}); added.Times != 1 || kind.Does == "" {
			t.Errorf("%+v", added)
		}
	}
}
