// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

func thumbprint(certificate *x509.Certificate) string {
	sum := sha1.Sum(certificate.Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// said are the claims of a token, unchecked.
func said(t *testing.T, token any) map[string]any {
	t.Helper()
	parts := strings.Split(fmt.Sprint(token), ".")
	if len(parts) != 3 {
		t.Fatalf("%v is no token", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestTheFirstEndpointAnswersNumbersAsStrings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	resource := "https://management.core.windows.net/"
	status, body := w.post(t, w.first(), w.form("scope", "", "resource", resource))
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, body)
	}
	for _, name := range []string{"expires_in", "ext_expires_in", "expires_on", "not_before"} {
		text, ok := body[name].(string)
		if _, err := strconv.Atoi(text); !ok || err != nil {
			t.Errorf("%s is %#v, want a number in a string", name, body[name])
		}
	}
	if body["resource"] != resource || body["token_type"] != "Bearer" ||
		body["expires_in"] != "3599" {
		t.Errorf("the answer is %v", body)
	}
	claims := said(t, body["access_token"])
	want := map[string]any{
		"aud": resource, "iss": "https://sts.windows.net/" + w.tenant + "/",
		"idp": "https://sts.windows.net/" + w.tenant + "/",
		"oid": w.sp.ObjectID, "sub": w.sp.ObjectID, "appid": w.sp.AppID, "tid": w.tenant,
		"ver": "1.0", "appidacr": "1", "idtyp": "app",
	}
	got := map[string]any{}
	for name := range want {
		got[name] = claims[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheSecondEndpointAnswersNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := map[string]string{ // scope: audience
		"https://management.core.windows.net//.default":          "https://management.core.windows.net/",
		"https://vault.azure.net/.default":                       "https://vault.azure.net",
		"openid https://vault.azure.net/.default offline_access": "https://vault.azure.net",
		"https://acct.blob.core.windows.net/.default":            "https://acct.blob.core.windows.net",
		"https://localhost:8443/.default":                        "https://localhost:8443",
		"797f4846-ba00-4fd7-ba43-dac1f8f63013/.default":          "797f4846-ba00-4fd7-ba43-dac1f8f63013",
	}
	for scope, audience := range tests {
		status, body := w.post(t, w.second(), w.form("scope", scope))
		if status != http.StatusOK || body["expires_in"] != 3599.0 {
			t.Fatalf("%s: %d %v", scope, status, body)
		}
		if got := said(t, body["access_token"])["aud"]; got != audience {
			t.Errorf("scope %s leads to audience %v, want %s", scope, got, audience)
		}
	}
}

func TestTokenRequestsAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("multipart", func(t *testing.T) {
		t.Parallel()
		var raw bytes.Buffer
		form := multipart.NewWriter(&raw)
		for name, values := range w.form() {
			if err := form.WriteField(name, values[0]); err != nil {
				t.Fatal(err)
			}
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, authority+w.second(), &raw)
		r.Header.Set("Content-Type", form.FormDataContentType())
		if status, body := w.send(t, r); status != http.StatusOK {
			t.Errorf("%d %v", status, body)
		}
	})
	t.Run("basic", func(t *testing.T) {
		t.Parallel()
		form := w.form("client_id", "", "client_secret", "")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, authority+w.second(),
			strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(w.sp.AppID, url.QueryEscape(w.sp.Secret))
		if status, body := w.send(t, r); status != http.StatusOK {
			t.Errorf("%d %v", status, body)
		}
	})
	t.Run("domain", func(t *testing.T) {
		t.Parallel()
		status, body := w.post(t, "/rehearsal.onmicrosoft.com/oauth2/v2.0/token", w.form())
		if status != http.StatusOK {
			t.Errorf("%d %v", status, body)
		}
	})
}

func TestTokenRequestsAreRefusedInEntrasWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const stranger = "00000000-0000-0000-0000-000000000001"
	tests := map[string]struct {
		path   string
		form   url.Values
		status int
		oauth  string
		number int
		says   string
	}{
		"tenant": {
			"/" + stranger + "/oauth2/v2.0/token", w.form(), 400, "invalid_request", 90002,
			"Tenant '" + stranger + "' not found. Check to make sure you have the correct tenant " +
				"ID and are signing into the correct cloud.",
		},
		"no tenant": {
			"/common/oauth2/v2.0/token", w.form(), 400, "invalid_request", 50059,
			"No tenant-identifying information found",
		},
		"nonsense for a tenant": {
			"/x/oauth2/v2.0/token", w.form(), 400, "invalid_request", 900023,
			"Specified tenant identifier 'x' is neither a valid DNS name, nor a valid external",
		},
		"application": {
			w.second(), w.form("client_id", stranger), 400, "unauthorized_client", 700016,
			"Application with identifier '" + stranger + "' was not found in the directory '" +
				w.tenant + "'.",
		},
		"secret": {
			w.second(), w.form("client_secret", "wrong"), 401, "invalid_client", 7000215,
			"Invalid client secret provided. Ensure the secret being sent in the request is the " +
				"client secret value, not the client secret ID, for a secret added to app '" +
				w.sp.AppID + "'.",
		},
		"no secret": {
			w.second(), w.form("client_secret", ""), 401, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or " +
				"'client_secret'.",
		},
		"resource": {
			w.first(), w.form("scope", "", "resource", "https://example.com"), 400,
			"invalid_resource", 500011,
			"The resource principal named https://example.com was not found in the tenant named",
		},
		"no resource": {
			w.first(), w.form(), 400, "invalid_request", 900144,
			"The request body must contain the following parameter: 'resource'.",
		},
		"no scope": {
			w.second(), w.form("scope", ""), 400, "invalid_request", 900144,
			"The request body must contain the following parameter: 'scope'.",
		},
		"no grant": {
			w.second(), w.form("grant_type", ""), 400, "invalid_request", 900144,
			"The request body must contain the following parameter: 'grant_type'.",
		},
		"no client": {
			w.second(), w.form("client_id", ""), 400, "invalid_request", 900144,
			"The request body must contain the following parameter: 'client_id'.",
		},
		"grant": {
			w.second(), w.form("grant_type", "password"), 400, "unsupported_grant_type", 70003,
			"The app requested an unsupported grant type 'password'.",
		},
		"resource at the second": {
			w.second(), w.form("resource", management), 400,
			"invalid_request", 901002, "The 'resource' request parameter is not supported.",
		},
		"scope without default": {
			w.second(), w.form("scope", management+"/read"), 400,
			"invalid_scope", 1002012, "The provided value for scope " + management + "/read",
		},
		"two scopes": {
			w.second(),
			w.form("scope", management+"/.default https://vault.azure.net/.default"), 400,
			"invalid_scope", 70011, "The provided request must include a 'scope' input parameter.",
		},
		"only openid": {
			w.second(), w.form("scope", "openid"), 400,
			"invalid_scope", 70011, "The provided request must include a 'scope' input parameter.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body := w.post(t, test.path, test.form)
			if status != test.status || body["error"] != test.oauth {
				t.Errorf("%d %v, want %d %s", status, body, test.status, test.oauth)
			}
			description := fmt.Sprint(body["error_description"])
			if want := fmt.Sprintf("AADSTS%d: %s", test.number, test.says); !strings.HasPrefix(
				description, want) {
				t.Errorf("description %q, want %q", description, want)
			}
			for _, part := range []string{"Trace ID: ", "Correlation ID: ", "Timestamp: "} {
				if !strings.Contains(description, part) {
					t.Errorf("the description has no %q", part)
				}
			}
			if diff := cmp.Diff([]any{float64(test.number)}, body["error_codes"]); diff != "" {
				t.Error(diff)
			}
			for _, field := range []string{"timestamp", "trace_id", "correlation_id", "error_uri"} {
				if _, ok := body[field].(string); !ok {
					t.Errorf("%s is missing", field)
				}
			}
		})
	}
}

func TestSecretsExpireAndAreNotKeptInTheClear(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.transact(t, func(tx *engine.Tx) {
		tx.Each("", func(key string, decode func(any)) {
			var document any
			decode(&document)
			if text, err := json.Marshal(document); err != nil ||
				strings.Contains(string(text), w.sp.Secret) {
				t.Errorf("%s holds the secret (%v)", key, err)
			}
		})
	})
	var brief string
	w.transact(t, func(tx *engine.Tx) {
		brief = w.directory.AddSecret(tx, w.sp.AppID, tx.Now().Add(time.Hour))
	})
	if status, body := w.post(t, w.second(), w.form("client_secret", brief)); status != 200 {
		t.Errorf("the second secret leads to %d %v", status, body)
	}
	w.advance(t, 2*time.Hour)
	status, body := w.post(t, w.second(), w.form("client_secret", brief))
	if description := fmt.Sprint(body["error_description"]); status != 401 ||
		!strings.HasPrefix(description, "AADSTS7000222:") {
		t.Errorf("%d %s", status, description)
	}
	w.advance(t, 10*366*24*time.Hour)
	if status, body := w.post(t, w.second(), w.form()); status != 200 {
		t.Errorf("after ten years the first secret leads to %d %v", status, body)
	}
}

func TestTokensAreReallyChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := newWorld(t)
	good := w.token(t, management)
	forged := strings.Split(good, ".")
	forged[1] = strings.Split(w.token(t, management+"/"), ".")[1]
	unsigned := strings.Split(good, ".")
	unsigned[0] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	tests := map[string]struct {
		authorization string
		code, message string
	}{
		"missing": {
			"", "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is missing.",
		},
		"another scheme": {
			"Basic x", "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is provided in an invalid format.",
		},
		"nothing after the scheme": {
			"Bearer ", "AuthenticationFailed",
			"Authentication failed. The 'Authorization' header is provided in an invalid format.",
		},
		"nonsense": {"Bearer x", "InvalidAuthenticationToken", "The access token is invalid."},
		"forged": {
			"Bearer " + strings.Join(forged, "."), "InvalidAuthenticationToken",
			"The access token is invalid.",
		},
		"unsigned": {
			"Bearer " + unsigned[0] + "." + unsigned[1] + ".",
			"InvalidAuthenticationToken", "The access token is invalid.",
		},
		"of another tenant": {
			"Bearer " + stranger.token(t, management), "InvalidAuthenticationTokenTenant",
			"The access token is from the wrong issuer 'https://sts.windows.net/" + stranger.tenant +
				"/'. It must match the tenant 'https://sts.windows.net/" + w.tenant +
				"/' associated with this subscription. Please use the authority (URL) " +
				"'https://login.windows.net/" + w.tenant + "' to get the token. Note, if the " +
				"subscription is transferred to another tenant there is no impact to the services, " +
				"but information about new tenant could take time to propagate (up to an hour). If " +
				"you just transferred your subscription and see this error message, please try back " +
				"later.",
		},
		"for another service": {
			"Bearer " + w.token(t, "https://vault.azure.net"),
			"InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong " +
				"audience or resource 'https://vault.azure.net'. It should exactly match with one " +
				"of the allowed audiences '" + management + "/','" + management + "'.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refused := w.authenticate(t, test.authorization, management)
			if refused == nil {
				t.Fatal("the token is accepted")
			}
			if refused.Status != 401 || refused.Code != test.code ||
				refused.Message != test.message {
				t.Errorf("%v, want %s: %s", refused, test.code, test.message)
			}
			challenge := refused.Header.Get("WWW-Authenticate")
			want := `Bearer authorization_uri="https://login.windows.net/` + w.tenant +
				`", error="invalid_token"`
			if !strings.HasPrefix(challenge, want) {
				t.Errorf("challenge %s, want %s", challenge, want)
			}
		})
	}
	for _, audience := range []string{management, management + "/"} {
		token := w.token(t, audience)
		if _, refused := w.authenticate(t, "bearer "+token, management); refused != nil {
			t.Errorf("audience %s: %v", audience, refused)
		}
	}
}

func TestTokensExpireByRehearsalsClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token(t, management)
	w.advance(t, 59*time.Minute)
	if _, refused := w.authenticate(t, "Bearer "+token, management); refused != nil {
		t.Fatalf("after 59 minutes: %v", refused)
	}
	w.advance(t, time.Minute)
	_, refused := w.authenticate(t, "Bearer "+token, management)
	if refused == nil || refused.Code != "ExpiredAuthenticationToken" ||
		!strings.HasPrefix(refused.Message, "The access token expiry UTC time '") {
		t.Fatalf("after an hour: %v", refused)
	}
	_, encoded, _ := strings.Cut(refused.Header.Get("WWW-Authenticate"), `claims="`)
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(encoded, `"`))
	if err != nil || !json.Valid(raw) {
		t.Errorf("the claims challenge is %q: %v", encoded, err)
	}
}

func TestPrincipalsComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.transact(t, func(tx *engine.Tx) {
		const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/mediaservices/m"
		added := w.directory.AddManagedIdentity(tx, id)
		found, ok := w.directory.Principal(tx, strings.ToUpper(added.ObjectID))
		if !ok || found != added {
			t.Errorf("found %+v, want %+v", found, added)
		}
		if found, ok := w.directory.ByAppID(tx, added.AppID); !ok || found != added {
			t.Errorf("found %+v, want %+v", found, added)
		}
		w.directory.Remove(tx, added.ObjectID)
		if _, ok := w.directory.Principal(tx, added.ObjectID); ok {
			t.Error("the principal is still there")
		}
		if _, ok := w.directory.ByAppID(tx, added.AppID); ok {
			t.Error("the application is still there")
		}
		if _, err := w.directory.Token(tx, added.ObjectID, management); err == nil {
			t.Error("a token is issued for nobody")
		}
		if w.directory.AddSecret(tx, added.AppID, tx.Now()) != "" {
			t.Error("a secret is made for nobody")
		}
	})
}
