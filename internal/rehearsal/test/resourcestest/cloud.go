// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package resourcestest runs the services that all others build on, with one subscription and its owner,
// and lets the Azure SDKs and plain requests reach them without a port. It checks tokens and
// permissions, and compares all exchanges with the OpenAPI documents. It is for tests only, and must
// not import any other service.
package resourcestest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/managedidentity"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/resources"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/tokentest"
)

// Cloud is an engine with the services that all others build on.
type Cloud struct {
	*engine.Engine

	Directory     *entra.Directory
	Authorization *authorization.Service
	Resources     *resources.Service

	// Tenant is the tenant's ID.
	Tenant string
	// Subscription is the only subscription, Owner a service principal that may do everything
	// in it, and Stranger one that may do nothing.
	Subscription    engine.ID
	Owner, Stranger entra.Credentials

	handler http.Handler
}

// New returns a cloud in memory.
func New(tb testing.TB, options ...engine.Option) *Cloud {
	tb.Helper()
	e := engine.New(new(store.Memory), options...)
	c := &Cloud{
		Engine: e, Directory: entra.New(e), handler: openapi.NewValidator(tb).Wrap(e),
	}
	c.Authorization = authorization.New(e, c.Directory)
	managedidentity.New(e, c.Directory)
	c.Resources = resources.New(e, c.Directory)
	e.Guard(c.Directory.Authenticate, c.Authorization.Authorize)
	c.Transact(tb, func(tx *engine.Tx) {
		tokentest.UseSharedKey(tb, tx)
		c.Tenant = c.Directory.TenantID(tx)
		c.Subscription = c.Resources.AddSubscription(tx, "", "Rehearsal")
		c.Owner = c.Directory.AddServicePrincipal(tx, "owner")
		c.Stranger = c.Directory.AddServicePrincipal(tx, "stranger")
		c.Authorization.Assign(tx, c.Subscription, authorization.Owner, c.Owner.ObjectID)
	})
	return c
}

// Transact runs fn in a transaction.
func (c *Cloud) Transact(tb testing.TB, fn func(tx *engine.Tx)) {
	tb.Helper()
	if err := c.Engine.Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		tb.Fatal(err)
	}
}

// Do implements policy.Transporter of the SDKs.
func (c *Cloud) Do(r *http.Request) (*http.Response, error) {
	r.Host = r.URL.Host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// Answer is an answer with its body decoded.
type Answer struct {
	Status int
	Header http.Header
	Body   map[string]any
}

// Code returns the code of the error in the answer, or "".
func (a Answer) Code() string { return a.Text("error", "code") }

// Text returns the string at a path of names in the body, or "".
func (a Answer) Text(path ...string) string {
	var at any = a.Body
	for _, name := range path {
		object, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = object[name]
	}
	text, _ := at.(string)
	return text
}

// Value returns the list in the body of a list's answer.
func (a Answer) Value() []any {
	list, _ := a.Body["value"].([]any)
	return list
}

// As sends a request to Resource Manager with a token of the service principal. The path has its
// api-version.
func (c *Cloud) As(
	tb testing.TB, sp entra.Credentials, method, path, body string,
) Answer {
	tb.Helper()
	var token string
	c.Transact(tb, func(tx *engine.Tx) {
		var err error
		if token, err = c.Directory.Token(tx, sp.ObjectID, "https://management.azure.com"); err != nil {
			tb.Fatal(err)
		}
	})
	r := httptest.NewRequestWithContext(tb.Context(), method, "https://management.azure.com"+path,
		strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	return c.Send(tb, r)
}

// Send sends a request as it is.
func (c *Cloud) Send(tb testing.TB, r *http.Request) Answer {
	tb.Helper()
	response, err := c.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	answer := Answer{Status: response.StatusCode, Header: response.Header}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &answer.Body); err != nil {
			tb.Fatalf("%s: %v", raw, err)
		}
	}
	return answer
}

// Group makes a resource group and returns its identifier.
func (c *Cloud) Group(tb testing.TB, name string) engine.ID {
	tb.Helper()
	id := c.Subscription + engine.ID("/resourceGroups/"+name)
	answer := c.As(tb, c.Owner, http.MethodPut, string(id)+"?api-version=2021-04-01",
		`{"location":"westeurope"}`)
	if answer.Status != http.StatusCreated {
		tb.Fatalf("making group %s: %d %v", name, answer.Status, answer.Body)
	}
	return id
}

// Identity makes a user-assigned identity in a group and returns its identifier and its principal.
func (c *Cloud) Identity(tb testing.TB, group engine.ID, name string) (engine.ID, string) {
	tb.Helper()
	id := group + engine.ID("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+name)
	answer := c.As(tb, c.Owner, http.MethodPut, string(id)+"?api-version=2023-01-31",
		`{"location":"westeurope"}`)
	if answer.Status != http.StatusCreated {
		tb.Fatalf("making identity %s: %d %v", name, answer.Status, answer.Body)
	}
	return id, answer.Text("properties", "principalId")
}
