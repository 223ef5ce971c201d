// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package azuretest runs a rehearsal of Azure in the process of a test: in memory, with its own clock,
// and reached by an HTTP transport without a port. It checks requests and answers against Microsoft's
// OpenAPI documents. It is for tests only, and must not import the services that use vaults.
package azuretest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/managedidentity"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/resources"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/tokentest"
)

// The subscription and the resource group that every rehearsal begins with.
const (
	Subscription = "11111111-2222-3333-4444-555555555555"
	Group        = "/subscriptions/" + Subscription + "/resourceGroups/rg"
)

// Azure is a rehearsal under test. All requests are those of the owner of the subscription.
type Azure struct {
	t             testing.TB
	Engine        *engine.Engine
	Directory     *entra.Directory
	Authorization *authorization.Service
	KeyVault      *keyvault.Service
	// Caller is the owner of the subscription.
	Caller engine.Caller

	denied  map[string]bool
	handler http.Handler
}

// New starts a rehearsal at noon of 1 March 2026.
func New(tb testing.TB, pace engine.Pace) *Azure {
	tb.Helper()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := engine.New(&store.Memory{}, engine.WithPace(pace),
		engine.WithTime(func() time.Time { return noon }))
	a := &Azure{t: tb, Engine: e, denied: map[string]bool{}}
	a.Directory = entra.New(e)
	a.Authorization = authorization.New(e, a.Directory)
	resources.New(e, a.Directory)
	managedidentity.New(e, a.Directory)
	a.KeyVault = keyvault.New(e, a.Directory, a.Authorization)
	e.Guard(a.authenticate, a.authorize)
	a.handler = openapi.NewValidator(tb).Wrap(e)
	a.Transact(func(tx *engine.Tx) {
		tokentest.UseSharedKey(tb, tx)
		for id, kind := range map[engine.ID]string{
			"/subscriptions/" + Subscription: "Microsoft.Resources/subscriptions",
			Group:                            "Microsoft.Resources/resourceGroups",
			Group + "2":                      "Microsoft.Resources/resourceGroups",
		} {
			tx.Save(&engine.Resource{ID: id, Type: kind, Name: id.Name(), Location: "westus2"})
		}
		owner := a.Directory.AddServicePrincipal(tx, "owner")
		a.Caller = engine.Caller{
			TenantID: a.Directory.TenantID(tx), ObjectID: owner.ObjectID, AppID: owner.AppID,
		}
		a.Authorization.Assign(tx, "/subscriptions/"+Subscription, authorization.Owner, owner.ObjectID)
	})
	return a
}

// authenticate accepts any token as the owner's: the tests of Entra ID and of the served rehearsal check
// tokens.
func (a *Azure) authenticate(
	_ *engine.Tx, header http.Header, _ ...string,
) (engine.Caller, *engine.Error) {
	if header.Get("Authorization") == "" {
		return engine.Caller{}, engine.Errorf(http.StatusUnauthorized, "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is missing.")
	}
	return a.Caller, nil
}

func (a *Azure) authorize(
	tx *engine.Tx, caller engine.Caller, action string, scope engine.ID,
) bool {
	return !a.denied[strings.ToLower(action)] && a.Authorization.Authorize(tx, caller, action, scope)
}

// Deny takes an action away from the caller.
func (a *Azure) Deny(action string) { a.denied[strings.ToLower(action)] = true }

// Grant assigns a built-in role, by its GUID, to a principal.
func (a *Azure) Grant(scope engine.ID, role, principal string) {
	a.t.Helper()
	a.Transact(func(tx *engine.Tx) { a.Authorization.Assign(tx, scope, role, principal) })
}

// Transact runs fn in a transaction.
func (a *Azure) Transact(fn func(*engine.Tx)) {
	a.t.Helper()
	if err := a.Engine.Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		a.t.Fatal(err)
	}
}

// Advance moves the clock forward.
func (a *Azure) Advance(d time.Duration) {
	a.t.Helper()
	a.Transact(func(tx *engine.Tx) { tx.Advance(d) })
}

// RoundTrip implements [http.RoundTripper].
func (a *Azure) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := request.Clone(request.Context())
	if asked.Host == "" {
		asked.Host = request.URL.Host
	}
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, asked)
	response := recorder.Result()
	response.Request = request
	return response, nil
}

// Do implements the transport of the Azure SDK's pipelines.
func (a *Azure) Do(request *http.Request) (*http.Response, error) { return a.RoundTrip(request) }

// Answer is an answer of Azure.
type Answer struct {
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any
}

// Code returns the code of the error in the answer, and Message its sentence.
func (a *Answer) Code() string    { return a.Text("error.code") }
func (a *Answer) Message() string { return a.Text("error.message") }

// Text returns the text at the dotted path of the body, or "".
func (a *Answer) Text(path string) string {
	var text string
	engine.Read(a.Body, path, &text)
	return text
}

// At returns the value at the dotted path of the body, or nil.
func (a *Answer) At(path string) any {
	var value any
	engine.Read(a.Body, path, &value)
	return value
}

// Call sends one request to Resource Manager. body is JSON, or "" for none.
func (a *Azure) Call(method, path, version, body string) *Answer {
	a.t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return a.Send(method, "https://management.azure.com"+path+separator+"api-version="+version, body)
}

// Send sends one request to a whole URL, such as the one in a header that says where to look.
func (a *Azure) Send(method, url, body string) *Answer {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+a.token(request.URL.Host))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := a.RoundTrip(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	answer := &Answer{Status: response.StatusCode, Header: response.Header, Raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &answer.Body); err != nil {
			a.t.Fatalf("%s %s: the answer is no JSON: %v: %s", method, url, err, raw)
		}
	}
	return answer
}

// token returns a token for the service at a host. Resource Manager accepts any here.
func (a *Azure) token(host string) string {
	a.t.Helper()
	if host == "management.azure.com" {
		return "any"
	}
	var token string
	a.Transact(func(tx *engine.Tx) {
		var err error
		if token, err = a.Directory.Token(tx, a.Caller.ObjectID, "https://vault.azure.net"); err != nil {
			a.t.Fatal(err)
		}
	})
	return token
}

// Want fails the test if an answer has another status.
func (a *Azure) Want(answer *Answer, status int) *Answer {
	a.t.Helper()
	if answer.Status != status {
		a.t.Fatalf("status %d, want %d: %s", answer.Status, status, answer.Raw)
	}
	return answer
}

// Refused fails the test unless the answer is this refusal, in these words.
func (a *Azure) Refused(answer *Answer, status int, code, message string) {
	a.t.Helper()
	if answer.Status != status || answer.Code() != code || !strings.Contains(answer.Message(), message) {
		a.t.Errorf("refusal %d %s: %s\nwant %d %s: …%s…",
			answer.Status, answer.Code(), answer.Message(), status, code, message)
	}
}
