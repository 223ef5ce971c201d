// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra_test

import (
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func TestOpenIDConfigurationPointsAtWhereTheClientIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sts := "https://sts.windows.net/" + w.tenant + "/"
	tests := []struct{ origin, path, issuer, token, keys string }{
		{
			authority, "/v2.0/", authority + "/" + w.tenant + "/v2.0", "/oauth2/v2.0/token",
			"/discovery/v2.0/keys",
		},
		{authority, "/", sts, "/oauth2/token", "/discovery/keys"},
		{
			"https://localhost:8443", "/v2.0/", "https://localhost:8443/" + w.tenant + "/v2.0",
			"/oauth2/v2.0/token", "/discovery/v2.0/keys",
		},
	}
	for _, test := range tests {
		base := test.origin + "/" + w.tenant
		status, body := w.get(t, base+test.path+".well-known/openid-configuration", "")
		if status != http.StatusOK || body["issuer"] != test.issuer ||
			body["token_endpoint"] != base+test.token || body["jwks_uri"] != base+test.keys {
			t.Errorf("%s: %d %v", base+test.path, status, body)
		}
	}
	status, body := w.get(t, authority+"/common/v2.0/.well-known/openid-configuration", "")
	if status != http.StatusOK || body["issuer"] != authority+"/{tenantid}/v2.0" {
		t.Errorf("common: %d %v", status, body)
	}
	if status, body := w.get(t, authority+"/x.example/.well-known/openid-configuration",
		""); status != http.StatusBadRequest {
		t.Errorf("an unknown tenant: %d %v", status, body)
	}
}

// Whoever has the published keys can check a token without rehearsal.
func TestPublishedKeysCheckTheTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/discovery/keys", "/discovery/v2.0/keys"} {
		status, body := w.get(t, authority+"/"+w.tenant+path, "")
		if status != http.StatusOK {
			t.Fatalf("%d %v", status, body)
		}
		published, _ := body["keys"].([]any)
		only, _ := published[0].(map[string]any)
		number := func(name string) *big.Int {
			raw, err := base64.RawURLEncoding.DecodeString(fmt.Sprint(only[name]))
			if err != nil {
				t.Fatal(err)
			}
			return new(big.Int).SetBytes(raw)
		}
		token, err := jwt.Parse(w.token(t, management), func(token *jwt.Token) (any, error) {
			if token.Header["kid"] != only["kid"] {
				t.Errorf("the token names key %v, published is %v", token.Header["kid"], only["kid"])
			}
			return &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}, nil
		})
		if err != nil || !token.Valid {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestInstanceDiscovery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func(origin, endpoint string) (int, map[string]any) {
		return w.get(t, origin+"/common/discovery/instance?api-version=1.1&authorization_endpoint="+
			url.QueryEscape(endpoint), "")
	}
	status, body := ask(authority, authority+"/"+w.tenant+"/oauth2/v2.0/authorize")
	if status != http.StatusOK || body["tenant_discovery_endpoint"] !=
		authority+"/"+w.tenant+"/v2.0/.well-known/openid-configuration" {
		t.Errorf("%d %v", status, body)
	}
	status, body = ask("https://localhost:8443", "https://localhost:8443/"+w.tenant+"/oauth2/authorize")
	if metadata, _ := body["metadata"].([]any); status != http.StatusOK || len(metadata) != 2 {
		t.Errorf("loopback: %d %v", status, body)
	}
	if status, body = ask(authority, "https://evil.example/x/oauth2/authorize"); status != 400 ||
		body["error"] != "invalid_instance" {
		t.Errorf("a strange host: %d %v", status, body)
	}
	if status, body = ask(authority, ""); status != http.StatusBadRequest {
		t.Errorf("no endpoint: %d %v", status, body)
	}
	if status, _ = w.get(t, authority+"/discovery/instance?authorization_endpoint="+
		url.QueryEscape(authority+"/common/oauth2/authorize"), ""); status != http.StatusOK {
		t.Errorf("without a tenant: %d", status)
	}
}

func TestStrayRequestsAreRefusedAndNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if status, _ := w.get(t, authority+"/"+w.tenant+"/saml2", ""); status != http.StatusNotFound {
		t.Errorf("an unknown path: %d", status)
	}
	status, body := w.get(t, authority+w.second(), "")
	if status != http.StatusBadRequest || fmt.Sprint(body["error_codes"]) != "[900561]" {
		t.Errorf("GET of the token endpoint: %d %v", status, body)
	}
	w.transact(t, func(tx *engine.Tx) {
		for _, entry := range tx.Journal(0) {
			if len(entry.Notes) == 0 {
				t.Errorf("%s %s is not noted", entry.Method, entry.Path)
			}
		}
	})
}

func TestGraphFindsPrincipals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const graph, older = "https://graph.microsoft.com", "https://graph.windows.net"
	token, olderToken := w.token(t, graph+"/"), w.token(t, older+"/")
	filter := "?%24filter=" + url.QueryEscape("appId eq '"+w.sp.AppID+"'")

	status, body := w.get(t, graph+"/v1.0/servicePrincipals"+filter, token)
	if got := first(body); status != http.StatusOK || got["id"] != w.sp.ObjectID {
		t.Errorf("%d %v", status, body)
	}
	status, body = w.get(t, graph+"/v1.0/servicePrincipals?%24filter="+
		url.QueryEscape("servicePrincipalNames/any(c:c eq '"+w.sp.AppID+"')"), token)
	if got := first(body); status != http.StatusOK || got["id"] != w.sp.ObjectID {
		t.Errorf("%d %v", status, body)
	}
	status, body = w.get(t, older+"/"+w.tenant+"/servicePrincipals"+filter+"&api-version=1.6",
		olderToken)
	if got := first(body); status != http.StatusOK || got["objectId"] != w.sp.ObjectID {
		t.Errorf("%d %v", status, body)
	}
	for _, path := range []string{"/" + w.sp.ObjectID, "(appId='" + w.sp.AppID + "')"} {
		status, body = w.get(t, graph+"/v1.0/servicePrincipals"+path, token)
		if status != http.StatusOK || body["appId"] != w.sp.AppID {
			t.Errorf("%s: %d %v", path, status, body)
		}
	}
	if _, body = w.get(t, graph+"/v1.0/servicePrincipals", token); len(value(body)) != 1 {
		t.Errorf("all: %v", body)
	}
	_, body = w.get(t, graph+"/v1.0/servicePrincipals?%24filter="+
		url.QueryEscape("displayName eq 'nobody'"), token)
	if len(value(body)) != 0 {
		t.Errorf("nobody: %v", body)
	}
	refusals := []struct {
		address, token string
		status         int
	}{
		{graph + "/v1.0/servicePrincipals", "", 401},
		{graph + "/v1.0/servicePrincipals", olderToken, 401},
		{graph + "/v1.0/users", token, 400},
		{graph + "/v1.0/servicePrincipals/nobody", token, 404},
		{graph + "/v1.0/servicePrincipals?%24filter=x", token, 400},
		{graph + "/v1.0/servicePrincipals?%24filter=x+eq+'y'", token, 400},
		{older + "/" + w.tenant + "/servicePrincipals?api-version=1.6", token, 401},
		{older + "/" + w.tenant + "/servicePrincipals", olderToken, 400},
		{older + "/" + w.tenant + "/users?api-version=1.6", olderToken, 400},
		{older + "/x/servicePrincipals?api-version=1.6", olderToken, 400},
		{older + "/" + w.tenant + "/servicePrincipals?api-version=1.6&%24filter=x", olderToken, 400},
	}
	for _, refusal := range refusals {
		if status, body := w.get(t, refusal.address, refusal.token); status != refusal.status {
			t.Errorf("%s: %d %v, want %d", refusal.address, status, body, refusal.status)
		}
	}
}

func value(body map[string]any) []any {
	list, _ := body["value"].([]any)
	return list
}

func first(body map[string]any) map[string]any {
	if list := value(body); len(list) == 1 {
		only, _ := list[0].(map[string]any)
		return only
	}
	return nil
}

func FuzzTokenRequest(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=x&scope=y")
	f.Add("application/x-www-form-urlencoded", "grant_type=client_credentials&client_id=x"+
		"&client_assertion=a.b.c&client_assertion_type=urn&scope=https%3A%2F%2Fvault.azure.net%2F.default")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; "+
		"name=\"grant_type\"\r\n\r\nclient_credentials\r\n--b--\r\n")
	f.Add("", "\xff%zz")
	f.Fuzz(func(t *testing.T, contentType, text string) {
		w := newWorld(t)
		for _, path := range []string{w.first(), w.second()} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, authority+path, body(text))
			r.Header["Content-Type"] = []string{contentType}
			if status, answer := w.send(t, r); status >= 500 || answer["access_token"] != nil {
				t.Errorf("%d %v", status, answer)
			}
		}
	})
}
