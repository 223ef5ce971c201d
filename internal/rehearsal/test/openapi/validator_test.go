// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package openapi_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

const (
	account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/mediaServices/a"
	store   = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/abc"
	goodID  = "3a6f4d3f-0000-4000-8000-000000000001"
)

// Each case is one exchange with one thing wrong, or right although it looks
// wrong.
func TestValidator_check(t *testing.T) {
	t.Parallel()
	polling := map[string]string{"Location": "l", "Azure-AsyncOperation": "a", "Retry-After": "30"}
	for _, test := range []struct {
		name, method, url, request string
		status                     int
		header                     map[string]string
		response                   string
		want                       []string // What each finding contains.
	}{
		{
			name: "valid", method: "GET", url: account + "?api-version=2023-01-01", status: 200,
			response: `{"location":"West US","properties":{"mediaServiceId":"` + goodID + `"}}`,
		},
		{
			name: "percent-encoded query", method: "GET", url: account + "?api%2Dversion=2023-01-01",
			status: 200, response: `{"location":"West US","typo":1}`,
			want: []string{`response typo: property "typo" is unsupported`},
		},
		{
			name: "field of a later version", method: "GET", url: account + "?api-version=2021-06-01",
			status: 200, response: `{"location":"w","properties":{"provisioningState":"Succeeded"}}`,
			want: []string{"response properties.provisioningState: "},
		},
		{
			name: "field inside a list", method: "GET", url: account + "?api-version=2020-05-01", status: 200,
			response: `{"location":"w","properties":{"storageAccounts":[{"type":"Primary","status":"x"}]}}`,
			want:     []string{"response properties.storageAccounts.0.status: "},
		},
		{
			name: "wrong type, format and value", method: "GET", url: account + "?api-version=2023-01-01",
			status: 200, response: `{"location":1,"properties":{"mediaServiceId":"m",
				"publicNetworkAccess":"Maybe"},"systemData":{"createdAt":"yesterday"}}`,
			want: []string{
				"response location: ",
				"response properties.mediaServiceId: ",
				"response properties.publicNetworkAccess: ",
				"response systemData.createdAt: ",
			},
		},
		{
			name: "required field of an answer", method: "GET", url: account + "?api-version=2023-01-01",
			status: 200, response: `{"location":"w","properties":{"encryption":{}}}`,
			want: []string{"response properties.encryption.type: "},
		},
		{
			name: "null in an answer", method: "GET", url: account + "?api-version=2023-01-01",
			status: 200, response: `{"location":"w","tags":null}`,
			want: []string{"response tags: Value is not nullable"},
		},
		{
			name: "seven fraction digits", method: "GET", url: account + "?api-version=2023-01-01", status: 200,
			response: `{"location":"w","systemData":{"createdAt":"2023-10-19T07:29:37.1340850Z"}}`,
		},
		{
			name: "status of another version", method: "PATCH", url: account + "?api-version=2021-11-01",
			request: `{"tags":{}}`, status: 200, response: `{"location":"w"}`,
			want: []string{"status 200 is not documented", "response location: "},
		},
		{
			name: "nothing to poll by", method: "PATCH", url: account + "?api-version=2021-11-01",
			request: `{"tags":{}}`, status: 202, response: `{"location":"w"}`,
			want: []string{
				"header Azure-AsyncOperation is missing", "header Location is missing",
				"header Retry-After is missing",
			},
		},
		{
			name: "polled", method: "PATCH", url: account + "?api-version=2021-11-01", header: polling,
			request: `{"tags":{}}`, status: 202, response: `{"location":"w"}`,
		},
		{
			name: "header of the wrong type", method: "PATCH", url: account + "?api-version=2021-11-01",
			header:  map[string]string{"Location": "l", "Azure-AsyncOperation": "a", "Retry-After": "soon"},
			request: `{"tags":{}}`, status: 202, response: `{"location":"w"}`, want: []string{"Retry-After"},
		},
		{
			name: "creation that goes on", method: "PUT", url: account + "?api-version=2023-01-01",
			request: `{"location":"w"}`, status: 201, header: map[string]string{"Location": "l", "Retry-After": "1"},
			response: `{"location":"w","properties":{"provisioningState":"InProgress"}}`,
			want:     []string{"header Azure-AsyncOperation is missing"},
		},
		{
			name: "storage account that is being created", method: "PUT", url: store + "?api-version=2023-01-01",
			request: `{"location":"w","kind":"StorageV2","sku":{"name":"Standard_LRS"}}`, status: 202,
			want: []string{"nothing to poll"},
		},
		{
			name: "request with a typo that was taken", method: "PUT", url: account + "?api-version=2020-05-01",
			request:  `{"location":"w","properties":{"encryption":{"type":"SystemKey","keyVault":{}}}}`,
			status:   201,
			response: `{"location":"w"}`,
			want:     []string{`request properties.encryption.keyVault: property "keyVault" is unsupported`},
		},
		{
			name: "request with a typo that was refused", method: "PUT", url: account + "?api-version=2020-05-01",
			request: `{"location":"w","typo":1}`, status: 400,
			response: `{"error":{"code":"BadRequest","message":"m","innererror":{"a":1}}}`,
		},
		{
			name: "PATCH of the first version", method: "PATCH", url: account + "?api-version=2020-05-01",
			request: `{"tags":{}}`, status: 200, response: `{"location":"w"}`,
		},
		{
			name: "PUT without a location", method: "PUT", url: account + "?api-version=2020-05-01",
			request: `{"tags":{}}`, status: 201, response: `{"location":"w"}`, want: []string{"request location: "},
		},
		{
			name: "request without body", method: "PUT", url: account + "?api-version=2020-05-01",
			status: 201, response: `{"location":"w"}`, want: []string{"request : "},
		},
		{
			name: "request in another case, with nulls and read fields", method: "PUT",
			url: account + "?api-version=2020-05-01", status: 201, response: `{"location":"w"}`,
			request: `{"ID":"i","LOCATION":"w","properties":{"StorageAccounts":[{"id":"x"}],"mediaServiceId":"` + goodID + `",
				"encryption":{"type":"systemkey","keyVaultProperties":null}}}`,
		},
		{
			name: "parameter against its pattern", method: "DELETE", status: 200,
			url: strings.TrimSuffix(store, "bc") + "?api-version=2023-01-01", want: []string{"request accountName: "},
		},
		{
			name: "storage account sent as it was read", method: "PUT", url: store + "?api-version=2023-01-01",
			request: `{"id":"i","location":"w","kind":"StorageV2","sku":{"name":"Standard_LRS"},
				"properties":{"primaryEndpoints":{"blob":"b"}}}`, status: 200,
			response: `{"location":"w","properties":{"networkAcls":{"defaultAction":"Allow","ipv6Rules":[]}}}`,
		},
		{
			name: "error without code", method: "GET", url: account + "?api-version=2023-01-01", status: 404,
			response: `{"error":{"message":"m"}}`, want: []string{"an error without code or message"},
		},
		{
			name: "error of Resource Manager", method: "GET", url: account + "?api-version=2023-01-01", status: 409,
			response: `{"error":{"code":"MissingSubscriptionRegistration","message":"m",
				"details":[{"code":"c","target":"Microsoft.Media","message":"m"}]}}`,
		},
		{
			name: "no content type", method: "GET", url: account + "?api-version=2023-01-01", status: 200,
			header: map[string]string{"Content-Type": ""}, response: `{"location":"w"}`,
			want: []string{"Content-Type"},
		},
		{
			name: "version that nobody has", method: "GET", url: account + "?api-version=2022-02-02", status: 200,
			response: `{"location":"w"}`, want: []string{"no document has this api-version"},
		},
		{
			name: "version that nobody has, refused", method: "GET", url: account + "?api-version=2022-02-02",
			status: 400, response: `{}`,
		},
		{
			name: "operation of another version", method: "POST", status: 200, request: `{"id":"x"}`,
			url: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Media/videoAnalyzers/v/syncStorageKeys" +
				"?api-version=2021-11-01-preview",
			want: []string{"this api-version does not have the operation"},
		},
		{
			name: "newer version", method: "PUT", url: account + "?api-version=2030-01-01", header: polling,
			request: `{"location":"w","brandNew":1}`, status: 201, response: `{"location":"w","brandNew":1}`,
		},
		{
			name: "newer version with a wrong type", method: "PUT", url: account + "?api-version=2030-01-01",
			request: `{"location":1}`, status: 201, response: `{"location":1}`,
			want: []string{"request location: ", "response location: "},
		},
		{
			name: "newest version of a key", method: "GET", url: "/keys/k/?api-version=7.4", status: 200,
			response: `{"key":{"kid":"k","kty":"RSA"},"attributes":{"enabled":1}}`,
			want:     []string{"keyvault-keys 7.4 GetKey (status 200): response attributes.enabled: "},
		},
		{
			name: "last page", method: "GET", url: "/keys/k/versions?api-version=7.4", status: 200,
			response: `{"value":[{"kid":"k"}],"nextLink":null}`,
		},
		{
			name: "role assignment anywhere", method: "PUT", status: 201,
			url: account + "/providers/Microsoft.Authorization/roleAssignments/" + goodID +
				"?api-version=2018-01-01-preview",
			request:  `{"properties":{"roleDefinitionId":"r","principalId":"p"}}`,
			response: `{"id":"i","typo":1}`,
			want:     []string{"authorization 2018-01-01-preview RoleAssignments_Create (status 201): response typo"},
		},
		{
			name: "storage account after polling", method: "GET", status: 200,
			url:      "/subscriptions/s/providers/Microsoft.Storage/locations/l/asyncoperations/o?monitor=true&api-version=2023-01-01",
			response: `{"location":"w","typo":1}`, want: []string{"response typo"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := validator(t)
			header := http.Header{"Content-Type": {"application/json"}}
			for name, value := range test.header {
				header.Set(name, value)
			}
			request := httptest.NewRequestWithContext(t.Context(), test.method, test.url, nil)
			request.Header.Set("Content-Type", "application/json")
			got := v.Check(request, []byte(test.request), test.status, header, []byte(test.response))
			if len(got) != len(test.want) {
				t.Fatalf("findings = %q, want %q", got, test.want)
			}
			for _, want := range test.want {
				if !strings.Contains(strings.Join(got, "\n"), want) {
					t.Errorf("findings = %q, want %q", got, want)
				}
			}
			if len(v.Failures()) != len(got) {
				t.Errorf("failures = %q", v.Failures())
			}
		})
	}
}

func TestValidator_counts(t *testing.T) {
	t.Parallel()
	v := validator(t)
	handler := v.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"location":"w"}`)
	}))
	for _, url := range []string{
		account + "?api-version=2023-01-01", account + "?api-version=2023-01-01", "/tenant/oauth2/token",
	} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil))
	}
	if diff := cmp.Diff(map[string]int{"mediaservices 2023-01-01 Mediaservices_Get": 2}, v.Checked()); diff != "" {
		t.Errorf("checked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"GET /tenant/oauth2/token": 1}, v.Unknown()); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}

func TestValidator_wrapsAHandler(t *testing.T) {
	t.Parallel()
	v := validator(t)
	server := httptest.NewServer(v.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"id":"x"}` {
			t.Errorf("the handler reads %q, %v", body, err)
		}
		if r.Header.Get("Cut") != "" {
			connection, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = connection.Close()
		}
	})))
	defer server.Close()

	send := func(cut string) error {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			server.URL+account+"/syncStorageKeys?api-version=2023-01-01", strings.NewReader(`{"id":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Cut", cut)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			_ = response.Body.Close()
		}
		return err
	}
	if err := send(""); err != nil { // The handler says nothing: 200.
		t.Fatal(err)
	}
	if err := send("yes"); err == nil {
		t.Error("the connection was not cut")
	}
	want := map[string]int{"mediaservices 2023-01-01 Mediaservices_SyncStorageKeys": 1}
	if diff := cmp.Diff(want, v.Checked()); diff != "" || len(v.Failures()) > 0 {
		t.Errorf("checked (-want +got):\n%s%q", diff, v.Failures())
	}
}

func TestValidator_wrapsATransport(t *testing.T) {
	t.Parallel()
	v := validator(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != `{"id":"x"}` {
			t.Errorf("the server reads %q, %v", body, err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":{"code":"BadRequest"}}`)
	}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		server.URL+account+"/syncStorageKeys?api-version=2023-01-01", strings.NewReader(`{"id":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := v.RoundTripper(http.DefaultTransport).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != `{"error":{"code":"BadRequest"}}` {
		t.Errorf("the client reads %q, %v", body, err)
	}
	if got := v.Failures(); len(got) != 1 || !strings.Contains(got[0], "an error without code or message") {
		t.Errorf("failures = %q", got)
	}
}

func TestValidator_brokenBodies(t *testing.T) {
	t.Parallel()
	v := validator(t)
	broken := errors.New("broken")
	handler := v.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); !errors.Is(err, broken) {
			t.Errorf("the handler reads %v, want %v", err, broken)
		}
	}))
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPut, account, iotest.ErrReader(broken))
	handler.ServeHTTP(httptest.NewRecorder(), request)
	if _, err := v.RoundTripper(nil).RoundTrip(request); !errors.Is(err, broken) { //nolint:bodyclose // No answer.
		t.Errorf("the transport returns %v, want %v", err, broken)
	}

	refused := transport(func(*http.Request) (*http.Response, error) { return nil, net.ErrClosed })
	get := httptest.NewRequestWithContext(t.Context(), http.MethodGet, account, nil)
	if _, err := v.RoundTripper(refused).RoundTrip(get); !errors.Is(err, net.ErrClosed) { //nolint:bodyclose // No answer.
		t.Errorf("the transport returns %v, want %v", err, net.ErrClosed)
	}
	cut := transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(iotest.ErrReader(broken))}, nil
	})
	response, err := v.RoundTripper(cut).RoundTrip(get)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); !errors.Is(err, broken) {
		t.Errorf("the client reads %v, want %v", err, broken)
	}
	if len(v.Checked()) > 0 || len(v.Failures()) > 0 {
		t.Errorf("checked %v, failures %q", v.Checked(), v.Failures())
	}
}

func TestNewValidator_failsItsTest(t *testing.T) {
	t.Parallel()
	observed := &observer{TB: t}
	v := openapi.NewValidator(observed)
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, account+"?api-version=2023-01-01", nil)
	v.Check(request, nil, http.StatusTeapot, http.Header{"Content-Type": {"application/json"}}, []byte(`{}`))
	v.Check(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/elsewhere", nil), nil, http.StatusOK, nil, nil)
	observed.cleanup()
	if observed.errors != 1 || observed.logs != 1 {
		t.Errorf("%d errors and %d logs, want one each", observed.errors, observed.logs)
	}
}

func validator(t *testing.T) *openapi.Validator {
	t.Helper()
	v, err := openapi.New()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// observer is a test that is watched by another.
type observer struct {
	testing.TB
	cleanup      func()
	errors, logs int
}

func (o *observer) Cleanup(f func())    { o.cleanup = f }
func (o *observer) Error(...any)        { o.errors++ }
func (o *observer) Logf(string, ...any) { o.logs++ }
