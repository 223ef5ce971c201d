// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// ask reads a group that the fake answers with resp; nil is no answer at all.
func ask(t *testing.T, resp func() *http.Response) error {
	t.Helper()
	fake := &fakeAzure{answer: func(*http.Request) *http.Response { return resp() }}
	groups, err := newClient(t, signedIn(fake)).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	_, err = groups.Get(azure.WithoutRetry(t.Context()), "rg", nil)
	return err
}

func TestAsError_keepsWhatSupportAsksFor(t *testing.T) {
	t.Parallel()
	err := ask(t, func() *http.Response {
		return answer(http.StatusForbidden,
			`{"error":{"code":"Forbidden","message":" Not yours. ","innererror":{"code":"AccessDenied"}}}`,
			"x-ms-request-id", "r", "x-ms-correlation-request-id", "c")
	})
	got, ok := azure.AsError(err)
	if !ok {
		t.Fatalf("no answer of Azure's in %v", err)
	}
	want := &azure.Error{
		Code: "Forbidden", InnerCode: "AccessDenied", Message: "Not yours.",
		Status: http.StatusForbidden, RequestID: "r", CorrelationID: "c", Method: http.MethodGet,
		URL: "https://management.azure.com/subscriptions/" + subscription + "/resourcegroups/rg",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !azure.HasCode(err, "accessdenied") || !azure.HasCode(err, "x", "Forbidden") || azure.HasCode(err, "x") {
		t.Error("HasCode does not find the codes, or finds others")
	}
	if !azure.IsForbidden(err) {
		t.Error("it is not told to be forbidden")
	}
	if text := got.Error(); strings.Contains(text, "api-version") ||
		!strings.Contains(text, "403 Forbidden: Not yours.") {
		t.Errorf("reads %q", text)
	}
}

func TestErrors_areToldApart(t *testing.T) {
	t.Parallel()
	coded := func(status int, code string) func() *http.Response {
		return func() *http.Response {
			return answer(status, `{"error":{"code":"`+code+`","message":"m"}}`)
		}
	}
	type kinds struct{ NotFound, Conflict, Refused, Answer bool }
	for _, test := range []struct {
		name string
		resp func() *http.Response
		want kinds
	}{
		{"resource gone", coded(404, "ResourceNotFound"), kinds{true, false, true, true}},
		{"group gone", coded(404, "ResourceGroupNotFound"), kinds{true, false, true, true}},
		{"wrong subscription", coded(404, "SubscriptionNotFound"), kinds{false, false, true, true}},
		{"no such type", coded(404, "InvalidResourceType"), kinds{false, false, true, true}},
		{
			"somebody else's 404",
			func() *http.Response { return answer(404, "<html>") },
			kinds{false, false, true, true},
		},
		{"conflict", coded(409, "Conflict"), kinds{false, true, true, true}},
		{"throttled", coded(429, "TooManyRequests"), kinds{false, false, true, true}},
		{"timed out", coded(408, "RequestTimeout"), kinds{false, false, false, true}},
		{"server error", coded(500, "InternalError"), kinds{false, false, false, true}},
		{"no answer", func() *http.Response { return nil }, kinds{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := ask(t, test.resp)
			_, answered := azure.AsError(err)
			if azure.IsForbidden(err) {
				t.Error("it is told to be forbidden")
			}
			got := kinds{
				azure.IsNotFound(err), azure.IsConflict(err), azure.IsRefused(err), answered,
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrors_ofCredentialsAreMarked(t *testing.T) {
	t.Parallel()
	config := signedIn(refusingEntra{})
	groups, err := newClient(t, config).ResourceGroups(subscription)
	if err != nil {
		t.Fatal(err)
	}
	_, err = groups.Get(t.Context(), "rg", nil)
	var credential *azure.CredentialError
	if !errors.As(err, &credential) || credential.Method != "a client secret" {
		t.Errorf("got %v, want a CredentialError of a client secret", err)
	}
	if azure.IsNotFound(err) || azure.IsRefused(err) {
		t.Error("a refused login is taken for an answer of Azure's")
	}
	if strings.Contains(err.Error(), config.ClientSecret) {
		t.Errorf("the error holds the secret: %v", err)
	}
}

// refusingEntra lets nobody in.
type refusingEntra struct{}

func (refusingEntra) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/openid-configuration") {
		return entra(req), nil
	}
	if strings.HasSuffix(req.URL.Path, "/token") {
		resp := answer(http.StatusUnauthorized,
			`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."}`)
		resp.Request = req
		return resp, nil
	}
	return nil, io.ErrUnexpectedEOF
}

func TestErrors_ofAKindAreToldApart(t *testing.T) {
	t.Parallel()
	vault := func(inner string) string {
		return `{"error":{"code":"Forbidden","innererror":{"code":"` + inner + `"}}}`
	}
	for _, test := range []struct {
		name                         string
		status                       int
		body                         string
		hidden, denied, missingAtAll bool
	}{
		{"not there", http.StatusNotFound, `{"error":{"code":"ResourceNotFound"}}`, true, false, false},
		{"not for the caller", http.StatusForbidden, `{"error":{"code":"AuthorizationFailed"}}`, true, false, false},
		{"of another tenant", http.StatusUnauthorized, `{"error":{"code":"InvalidAuthenticationTokenTenant"}}`, true, false, false},
		{"no access policy", http.StatusForbidden, vault("AccessDenied"), true, true, false},
		{"no role", http.StatusForbidden, vault("ForbiddenByRbac"), true, true, false},
		{"the firewall", http.StatusForbidden, vault("ForbiddenByFirewall"), true, false, false},
		{"a retired service", http.StatusBadRequest, `{"error":{"code":"InvalidResourceType"}}`, false, false, true},
		{"another cloud", http.StatusConflict, `{"error":{"code":"noregisteredproviderfound"}}`, false, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			groups, err := newClient(t, signedIn(&fakeAzure{answer: func(*http.Request) *http.Response {
				return answer(test.status, test.body)
			}})).ResourceGroups(subscription)
			if err != nil {
				t.Fatal(err)
			}
			_, err = groups.Get(t.Context(), "rg", nil)
			hidden, denied, missing := azure.IsHidden(err), azure.IsVaultDenied(err), azure.IsRetired(err)
			if hidden != test.hidden || denied != test.denied || missing != test.missingAtAll {
				t.Errorf("hidden %t, denied %t, missing %t: %v", hidden, denied, missing, err)
			}
		})
	}
	if azure.IsHidden(io.EOF) || azure.IsVaultDenied(nil) || azure.IsRetired(nil) {
		t.Error("without an answer of Azure's")
	}
}
