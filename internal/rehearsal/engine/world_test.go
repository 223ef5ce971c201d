// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

const (
	subscription = "/subscriptions/11111111-2222-3333-4444-555555555555"
	group        = subscription + "/resourceGroups/rg"
	toys         = group + "/providers/Toy.Works/toys"
	toy          = toys + "/bear"
	version      = "2026-01-01"
)

// noon is when every test begins.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// world is an engine with toys: a resource type that does what its properties ask for.
type world struct {
	t      *testing.T
	engine *engine.Engine
	// denied are the actions that the caller may not do.
	denied map[string]bool
	// lives are the principals of system-assigned identities.
	lives map[string]bool
	// told is what was published or came due, in its order.
	told []string
}

func newWorld(t *testing.T, options ...engine.Option) *world {
	t.Helper()
	w := &world{t: t, denied: map[string]bool{}, lives: map[string]bool{}}
	options = append([]engine.Option{engine.WithTime(noon)}, options...)
	w.engine = engine.New(new(store.Memory), options...)
	w.engine.HandleHost(w.engine.ResourceManager("azure.test"))
	w.engine.Guard(w.authenticate, w.authorize)
	w.engine.ManagedIdentities(w)
	w.engine.Register(w.toys())
	w.engine.Register(&engine.ResourceType{
		Name: "Toy.Works/toys/parts", Untracked: true, Write: keep,
	})
	w.engine.Register(&engine.ResourceType{
		Name: "Microsoft.Media/mediaservices", Write: keep, HasIdentity: true,
	})
	w.engine.Register(&engine.ResourceType{
		Name: "Microsoft.Resources/resourceGroups", Untracked: true, Write: keep,
		Remove: func(r *engine.Request, group *engine.Resource) (engine.Outcome, error) {
			return engine.Outcome{}, r.RemoveAll(group)
		},
	})
	w.engine.Handle(engine.Route{
		Pattern: "GET /subscriptions/{s}/providers/Toy.Works/operations/{operation}/status",
		Serve:   engine.ServeOperationStatus,
	})
	w.engine.Handle(engine.Route{
		Pattern: "GET /subscriptions/{s}/providers/Toy.Works/operations/{operation}/result",
		Serve:   engine.ServeOperationResult,
	})
	w.engine.Handle(engine.Route{
		Pattern: "GET /metadata", Open: true,
		Serve: func(*engine.Request) (*engine.Response, error) {
			return &engine.Response{Status: http.StatusOK, Body: []byte("open")}, nil
		},
	})
	w.engine.OnTimer("tell", "", func(tx *engine.Tx, subject string) {
		w.told = append(w.told, tx.Now().Format(time.TimeOnly)+" "+subject)
	})
	w.transact(func(tx *engine.Tx) {
		for _, id := range []engine.ID{subscription, group, group + "2"} {
			tx.Save(&engine.Resource{ID: id, Name: id.Name(), Location: "westus2"})
		}
	})
	return w
}

func keep(*engine.Request, *engine.Resource, *engine.Resource) (engine.Outcome, error) {
	return engine.Outcome{}, nil
}

// toys are made by their properties: "async" starts an operation, "refuse" refuses after a write
// elsewhere, "stuck" refuses the deletion while there is another toy of that name.
func (w *world) toys() *engine.ResourceType {
	async := &engine.Async{
		StatusPath: subscription + "/providers/Toy.Works/operations/{operation}/status",
		ResultPath: subscription + "/providers/Toy.Works/operations/{operation}/result",
	}
	return &engine.ResourceType{
		Name: "Toy.Works/toys", HasIdentity: true, DisplayLocation: true,
		CheckName: func(name string) *engine.Error {
			if strings.Contains(name, "_") {
				return engine.Errorf(http.StatusBadRequest, "NameInvalid", "No underlines.")
			}
			return nil
		},
		Write: func(r *engine.Request, _, next *engine.Resource) (engine.Outcome, error) {
			if next.String("refuse") != "" {
				r.Store("toy/trace", "left behind")
				return engine.Outcome{}, engine.Ownf(http.StatusBadRequest, "Refused", "No.")
			}
			next.Hide(map[string]any{"secret": next.String("secret")})
			next.Set("secret", nil)
			next.Default("color", "brown")
			if next.String("async") == "" {
				return engine.Outcome{}, nil
			}
			next.Set("provisioningState", engine.InProgress)
			return engine.Outcome{Async: async, Empty: next.String("async") == "empty"}, nil
		},
		View: func(r *engine.Request, shown *engine.Resource) {
			shown.Set("seenAt", r.APIVersion)
		},
		Remove: func(r *engine.Request, gone *engine.Resource) (engine.Outcome, error) {
			if other := gone.String("stuck"); other != "" && r.Resource(engine.ID(toys+"/"+other)) != nil {
				return engine.Outcome{}, engine.Errorf(http.StatusConflict, "InUse", "Held by %s.", other)
			}
			if gone.String("async") != "" {
				return engine.Outcome{Async: async}, nil
			}
			return engine.Outcome{}, nil
		},
		Answer: func(_ *engine.Request, response *engine.Response) { response.Header.Set("Server", "toys") },
		Routes: map[string]engine.Action{
			"POST squeeze": {Serve: func(r *engine.Request, toy *engine.Resource) (*engine.Response, error) {
				var hidden map[string]any
				toy.Reveal(&hidden)
				return &engine.Response{Status: http.StatusOK, Body: map[string]any{
					"says": toy.Name, "sent": r.Body, "secret": hidden["secret"],
				}}, nil
			}},
			"GET drawers/{drawer}": {
				Permission: "Toy.Works/toys/open",
				Serve: func(r *engine.Request, _ *engine.Resource) (*engine.Response, error) {
					return &engine.Response{Status: http.StatusOK, Body: map[string]any{"drawer": r.Params["drawer"]}}, nil
				},
			},
		},
	}
}

func (w *world) authenticate(
	_ *engine.Tx, header http.Header, audiences ...string,
) (engine.Caller, *engine.Error) {
	if header.Get("Authorization") == "" {
		return engine.Caller{}, engine.Errorf(http.StatusUnauthorized, "AuthenticationFailed", "Who?")
	}
	if len(audiences) < 3 {
		w.t.Errorf("audiences %v", audiences)
	}
	return engine.Caller{ObjectID: "caller", AppID: "app", TenantID: "tenant"}, nil
}

func (w *world) authorize(_ *engine.Tx, _ engine.Caller, action string, _ engine.ID) bool {
	return !w.denied[action]
}

// SystemAssigned implements [engine.Identities].
func (w *world) SystemAssigned(tx *engine.Tx, _ *engine.Resource) (principalID, tenantID string) {
	principalID = tx.NewID()
	w.lives[principalID] = true
	return principalID, "tenant"
}

// Forget implements [engine.Identities].
func (w *world) Forget(_ *engine.Tx, principalID string) { delete(w.lives, principalID) }

// UserAssigned implements [engine.Identities].
func (w *world) UserAssigned(_ *engine.Tx, id engine.ID) (*engine.UserIdentity, *engine.Error) {
	if !strings.Contains(id.Name(), "known") {
		return nil, engine.Errorf(http.StatusNotFound, "FailedIdentityOperation", "%s", id)
	}
	return &engine.UserIdentity{ClientID: "client of " + id.Name(), PrincipalID: "principal"}, nil
}

func (w *world) transact(fn func(*engine.Tx)) {
	w.t.Helper()
	if err := w.engine.Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	w.transact(func(tx *engine.Tx) { tx.Advance(d) })
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder

	body map[string]any
}

func (a answer) at(path string) any {
	var value any
	engine.Read(a.body, path, &value)
	return value
}

func (a answer) text(path string) string {
	text, _ := a.at(path).(string)
	return text
}

// call sends a request with a token and the usual version.
func (w *world) call(method, path, body string) answer {
	w.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	if !strings.Contains(path, "api-version") {
		path += separator + "api-version=" + version
	}
	return w.send(method, "https://management.azure.com"+path, body, "Bearer token")
}

func (w *world) send(method, url, body, authorization string) answer {
	w.t.Helper()
	request := httptest.NewRequestWithContext(w.t.Context(), method, url, strings.NewReader(body))
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	got := answer{ResponseRecorder: httptest.NewRecorder()}
	w.engine.ServeHTTP(got, request)
	if raw := got.Body.Bytes(); len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &got.body); err != nil {
			w.t.Fatalf("%s %s: %v: %s", method, url, err, raw)
		}
	}
	return got
}

// want fails the test where the answer has another status.
func (w *world) want(got answer, status int) answer {
	w.t.Helper()
	if got.Code != status {
		w.t.Fatalf("status %d, want %d: %s", got.Code, status, got.Body)
	}
	return got
}

// refused fails the test where the answer is not this refusal.
func (w *world) refused(got answer, status int, code, words string) {
	w.t.Helper()
	if got.Code != status || got.text("error.code") != code ||
		!strings.Contains(got.text("error.message"), words) {
		w.t.Errorf("got %d %s\nwant %d %s %q", got.Code, got.Body, status, code, words)
	}
}
