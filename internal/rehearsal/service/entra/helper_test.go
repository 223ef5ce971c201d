// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

const (
	management = "https://management.azure.com"
	authority  = "https://login.microsoftonline.com"
)

// world is an engine with a directory and one service principal.
type world struct {
	*engine.Engine
	directory *entra.Directory
	tenant    string
	sp        entra.Credentials
}

// The SDKs date what they sign by the machine's clock, so the engine goes by it too.
func newWorld(t *testing.T) *world {
	t.Helper()
	e := engine.New(new(store.Memory))
	w := &world{Engine: e, directory: entra.New(e)}
	w.transact(t, func(tx *engine.Tx) {
		w.tenant = w.directory.TenantID(tx)
		w.sp = w.directory.AddServicePrincipal(tx, "terraform")
	})
	return w
}

func (w *world) transact(t *testing.T, fn func(tx *engine.Tx)) {
	t.Helper()
	if err := w.Transact(func(tx *engine.Tx) error { fn(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) advance(t *testing.T, d time.Duration) {
	t.Helper()
	w.transact(t, func(tx *engine.Tx) { tx.Advance(d) })
}

// Do implements policy.Transporter: the SDKs speak to the engine without a port in between.
func (w *world) Do(r *http.Request) (*http.Response, error) {
	r.Host = r.URL.Host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	w.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

func (w *world) send(t *testing.T, r *http.Request) (int, map[string]any) {
	t.Helper()
	response, err := w.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var body map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
	return response.StatusCode, body
}

func (w *world) get(t *testing.T, address, token string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return w.send(t, r)
}

// post sends a token request to a path below the authority.
func (w *world) post(t *testing.T, path string, form url.Values) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, authority+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.send(t, r)
}

// first and second are the token endpoints' paths.
func (w *world) first() string  { return "/" + w.tenant + "/oauth2/token" }
func (w *world) second() string { return "/" + w.tenant + "/oauth2/v2.0/token" }

// form is a token request that succeeds; pairs replace its parameters, "" removes one.
func (w *world) form(pairs ...string) url.Values {
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {w.sp.AppID},
		"client_secret": {w.sp.Secret}, "scope": {management + "/.default"},
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			form.Del(pairs[i])
		}
	}
	return form
}

func (w *world) token(t *testing.T, audience string) string {
	t.Helper()
	var token string
	w.transact(t, func(tx *engine.Tx) {
		var err error
		if token, err = w.directory.Token(tx, w.sp.ObjectID, audience); err != nil {
			t.Fatal(err)
		}
	})
	return token
}

func (w *world) authenticate(t *testing.T, authorization string, audiences ...string) (
	caller engine.Caller, refused *engine.Error,
) {
	t.Helper()
	header := http.Header{}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	w.transact(t, func(tx *engine.Tx) {
		caller, refused = w.directory.Authenticate(tx, header, audiences...)
	})
	return caller, refused
}

// key is one RSA key for all tests of a process: making one is slow.
var key = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	return rsa.GenerateKey(rand.Reader, 2048)
})

// certificate makes a certificate of a key and registers it for the service principal.
func (w *world) certificate(t *testing.T) (*x509.Certificate, *rsa.PrivateKey) {
	t.Helper()
	private, err := key()
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "terraform"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	w.transact(t, func(tx *engine.Tx) { w.directory.AddCertificate(tx, w.sp.AppID, der) })
	return certificate, private
}

func body(text string) io.Reader { return bytes.NewReader([]byte(text)) }
