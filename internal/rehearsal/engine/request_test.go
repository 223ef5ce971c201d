// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

func (w *world) journal() []engine.Entry {
	w.t.Helper()
	var entries []engine.Entry
	w.transact(func(tx *engine.Tx) { entries = tx.Journal(0) })
	return entries
}

func (w *world) lastEntry() engine.Entry {
	w.t.Helper()
	entries := w.journal()
	if len(entries) == 0 {
		w.t.Fatal("the journal is empty")
	}
	return entries[len(entries)-1]
}

func TestRequest_refusedLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(w.call("PUT", toy, `{"location":"westus2","properties":{"refuse":"yes"}}`),
		http.StatusBadRequest, "Refused", "No.")
	w.transact(func(tx *engine.Tx) {
		var trace string
		if tx.Load("toy/trace", &trace) || tx.Resource(toy) != nil {
			t.Errorf("trace %q, toy %v", trace, tx.Resource(toy))
		}
	})
	entry := w.lastEntry()
	if entry.Status != 400 || entry.Code != "Refused" || len(entry.Notes) != 1 ||
		!strings.Contains(entry.Notes[0], "rehearsal's own") {
		t.Errorf("journal: %+v", entry)
	}
}

func TestRequest_headersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := httptest.NewRequestWithContext(t.Context(), "GET", "https://management.azure.com/", http.NoBody)
	request.Header.Set("X-Ms-Client-Request-Id", "mine")
	request.Header.Set("X-Ms-Correlation-Request-Id", "ours")
	got := httptest.NewRecorder()
	w.engine.ServeHTTP(got, request)
	for name, want := range map[string]string{
		"Date":                        "Sun, 01 Mar 2026 12:00:00 GMT",
		"X-Ms-Client-Request-Id":      "mine",
		"X-Ms-Correlation-Request-Id": "ours",
		"X-Ms-Request-Id":             w.lastEntry().RequestID,
		"Cache-Control":               "no-cache",
		"Expires":                     "-1",
		"Pragma":                      "no-cache",
		"X-Content-Type-Options":      "nosniff",
		"Content-Type":                "application/json; charset=utf-8",
	} {
		if got.Header().Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header().Get(name), want)
		}
	}
	if w.call("GET", toy, "").Header().Get("X-Ms-Correlation-Request-Id") == "" {
		t.Error("no correlation of its own")
	}
}

func TestRequest_takesSlashesTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.call("PUT", "/"+toy, `{"location":"westus2"}`); got.Code != http.StatusCreated {
		t.Fatalf("two slashes in front: %d %s", got.Code, got.Body)
	}
	twice := strings.Replace(toy, "/providers/", "//providers//", 1) + "/"
	if got := w.call("GET", twice, ""); got.Code != http.StatusOK {
		t.Errorf("two slashes inside: %d %s", got.Code, got.Body)
	}
}

func TestRequest_findsItsHost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, host := range []engine.Host{
		{Domain: ".vault.test"},
		{Names: []string{"login.test"}, Loopback: func(path string) bool { return strings.HasSuffix(path, "/token") }},
	} {
		host.Serve = func(*engine.Request) (*engine.Response, error) {
			return &engine.Response{Status: http.StatusOK, Body: []byte(string(host.Domain) + strings.Join(host.Names, ""))}, nil
		}
		w.engine.HandleHost(host)
	}
	if err := w.engine.Transact(func(tx *engine.Tx) error {
		tx.GivePlace(engine.NewPlace(".vault.test", "Safe", 8444))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"https://login.test/x":              "login.test",
		"https://LOGIN.TEST:443/x":          "login.test",
		"https://safe.vault.test/keys":      ".vault.test",
		"https://localhost:8444/token":      ".vault.test",
		"https://localhost:8443/t/token":    "login.test",
		"https://[::1]/t/token":             "login.test",
		"https://azure.test/metadata":       "open",
		"https://localhost:8443/metadata":   "open",
		"https://.vault.test/keys":          "HostNotFound",
		"https://elsewhere.example/x":       "HostNotFound",
		"https://localhost:8443/favicon.io": "HostNotFound",
	} {
		if got := w.send("GET", url, "", "").Body.String(); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	if notes := w.lastEntry().Notes; len(w.journal()) != 11 {
		t.Errorf("journal: %v", notes)
	}
}

func TestRequest_readsNamesAsClientsSendThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, query := range []string{"api-version", "api%2Dversion", "API-Version"} {
		got := w.send("GET", "https://management.azure.com"+toys+"?"+query+"="+version, "", "Bearer token")
		w.want(got, http.StatusOK)
	}
}

func TestRequest_thatIsTooLongIsNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(w.call("PUT", toy, strings.Repeat(" ", 5<<20)), http.StatusRequestEntityTooLarge)
}

func TestJournal_keepsNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send("PUT", "https://management.azure.com"+toy+"?api-version="+version+"&sig=s1&Client_Secret=s2&x=1",
		`{"location":"westus2","properties":{"secret":"s3"}}`, "Bearer s4")
	entry := w.lastEntry()
	if entry.Method != http.MethodPut || entry.Path != toy || entry.Host != "management.azure.com" ||
		entry.Caller != "caller" || entry.Status != http.StatusCreated || entry.Number != 1 ||
		!entry.Time.Equal(noon()) {
		t.Errorf("entry: %+v", entry)
	}
	if want := "Client_Secret=REDACTED&api-version=" + version + "&sig=REDACTED&x=1"; entry.Query != want {
		t.Errorf("query %q, want %q", entry.Query, want)
	}
	w.transact(func(tx *engine.Tx) {
		tx.Each("journal/", func(key string, decode func(any)) {
			var raw map[string]any
			decode(&raw)
			for name, value := range raw {
				for _, secret := range []string{"s1", "s2", "s3", "s4"} {
					if text, _ := value.(string); strings.Contains(text, secret) && name != "requestId" {
						t.Errorf("%s: %s has %s", key, name, secret)
					}
				}
			}
		})
	})
}

func TestJournal_beginsAfterWhatIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.call("GET", toys, "")
	}
	w.transact(func(tx *engine.Tx) {
		if got := tx.Journal(2); len(got) != 1 || got[0].Number != 3 {
			t.Errorf("after 2: %+v", got)
		}
	})
}

func TestInterceptor_keepsWhatItWritesAndMayAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raise := func(tx *engine.Tx, counter string) {
		var count int
		tx.Load(counter, &count)
		tx.Store(counter, count+1)
	}
	w.engine.Intercept(func(r *engine.Request) engine.Interception {
		raise(r.Tx, "fault/before")
		does := engine.Interception{Handled: func(*engine.Response) { raise(r.Tx, "fault/after") }}
		switch r.HTTP.Method {
		case http.MethodDelete:
			does.Refuse = engine.Errorf(http.StatusTooManyRequests, "Slow", "down")
		case http.MethodPatch:
			does.Answer = func(writer http.ResponseWriter) bool { writer.WriteHeader(http.StatusTeapot); return true }
		}
		return does
	})
	w.want(w.call("PUT", toy, `{"location":"westus2"}`), http.StatusCreated)
	w.want(w.call("PUT", toys+"/none", `{}`), http.StatusBadRequest)
	w.refused(w.call("DELETE", toy, ""), http.StatusTooManyRequests, "Slow", "down")
	w.want(w.call("PATCH", toy, `{"tags":{"a":"1"}}`), http.StatusTeapot)
	if got := w.call("GET", toy, "").text("tags.a"); got != "1" {
		t.Error("the write behind a lost answer did not happen")
	}
	w.transact(func(tx *engine.Tx) {
		var before, after int
		tx.Load("fault/before", &before)
		tx.Load("fault/after", &after)
		if before != 5 || after != 5 {
			t.Errorf("before %d, after %d", before, after)
		}
	})
}

func TestTransact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused := errors.New("refused")
	err := w.engine.Transact(func(tx *engine.Tx) error { tx.Store("a", 1); return refused })
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	w.transact(func(tx *engine.Tx) {
		var value int
		if tx.Load("a", &value) {
			t.Error("kept what was refused")
		}
		tx.Store("a", 1)
		tx.Erase("a")
		if tx.Load("a", &value) {
			t.Error("kept what was erased")
		}
	})
}

func TestCorruptDocument(t *testing.T) {
	t.Parallel()
	memory := new(store.Memory)
	broken := engine.New(memory, engine.WithTime(noon))
	for _, key := range []string{"resource/subscriptions/s", "timer/00000000000000000001/x"} {
		err := memory.Update(func(tx *store.Transaction) error { tx.Put(key, []byte("no JSON")); return nil })
		if err != nil {
			t.Fatal(err)
		}
		err = broken.Transact(func(tx *engine.Tx) error { tx.Resource("/subscriptions/s"); return nil })
		var corrupt *engine.CorruptError
		if !errors.As(err, &corrupt) || corrupt.Key != key || errors.Unwrap(corrupt) == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
	got := httptest.NewRecorder()
	broken.ServeHTTP(got, httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody))
	if got.Code != http.StatusInternalServerError {
		t.Errorf("a request: %d %s", got.Code, got.Body)
	}
	defer func() {
		if recover() == nil {
			t.Error("a document that cannot be encoded was stored")
		}
	}()
	_ = newWorld(t).engine.Transact(func(tx *engine.Tx) error { tx.Store("a", func() {}); panic("unreachable") })
}

func TestDefect_isAnInternalServerError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.HandleHost(engine.Host{Names: []string{"broken.test"}, Serve: func(*engine.Request) (*engine.Response, error) {
		return nil, errors.New("a defect")
	}})
	w.refused(w.send("GET", "https://broken.test/", "", ""), http.StatusInternalServerError, "InternalServerError", "a defect")
}

func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	refused := engine.Errorf(http.StatusForbidden, "Forbidden", "%s", "no")
	refused.Inner, refused.Cause, refused.Target = "ForbiddenByPolicy", cause, "key"
	refused.Header = http.Header{"Retry-After": {"7"}}
	if refused.Error() != "403 Forbidden: no" || !errors.Is(refused, cause) {
		t.Errorf("%v", refused)
	}
	w := newWorld(t)
	w.engine.HandleHost(engine.Host{Names: []string{"no.test"}, Serve: func(*engine.Request) (*engine.Response, error) {
		return nil, refused
	}})
	got := w.send("GET", "https://no.test/", "", "")
	want := `{"error":{"code":"Forbidden","message":"no","target":"key","innererror":{"code":"ForbiddenByPolicy"}}}`
	if got.Body.String() != want || got.Header().Get("Retry-After") != "7" {
		t.Errorf("%s %v", got.Body, got.Header())
	}
}

func TestPublicCloud(t *testing.T) {
	t.Parallel()
	var cloud engine.Addresses = engine.PublicCloud{}
	const vaults engine.Domain = ".vault.azure.net"
	for got, want := range map[string]string{
		cloud.ResourceManager():                                   "https://management.azure.com",
		cloud.Authority():                                         "https://login.microsoftonline.com",
		cloud.URI(nil, vaults, "Safe"):                            "https://safe.vault.azure.net/",
		cloud.Account(nil, vaults, "SAFE.vault.azure.net:443"):    "safe",
		"1" + cloud.Account(nil, vaults, "a.b.vault.azure.net"):   "1",
		"2" + cloud.Account(nil, vaults, "localhost:8443"):        "2",
		"3" + cloud.Account(nil, vaults, "safe.blob.example.net"): "3",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := engine.Timestamp(time.Date(2026, 3, 1, 12, 0, 0, 120, time.FixedZone("", 3600))); got != "2026-03-01T11:00:00.0000001Z" {
		t.Errorf("timestamp %s", got)
	}
}

// full is a store on a disk without room.
type full struct{ store.Memory }

func (*full) Update(func(*store.Transaction) error) error {
	return fmt.Errorf("writing: %w", syscall.ENOSPC)
}

// TestServeHTTP_saysThatTheDiskIsFull in a way that no service of Azure does: its support cannot help.
func TestServeHTTP_saysThatTheDiskIsFull(t *testing.T) {
	t.Parallel()
	got := httptest.NewRecorder()
	engine.New(new(full), engine.WithTime(noon)).ServeHTTP(got,
		httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody))
	if got.Code != http.StatusInsufficientStorage || !strings.Contains(got.Body.String(), "no space left") {
		t.Errorf("got %d %s", got.Code, got.Body)
	}
}
