// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/entra"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

const management = "https://management.azure.com"

// world is an engine with a directory and one service principal.
type world struct {
	*engine.Engine
	directory *entra.Directory
	tenant    string
	sp        entra.Credentials
	requests  atomic.Int32
}

func newWorld(t *testing.T) *world {
	t.Helper()
	start := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	e := engine.New(new(store.Memory), engine.WithTime(func() time.Time { return start }))
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

// Do implements policy.Transporter: the SDKs speak to the engine without a port in between.
func (w *world) Do(r *http.Request) (*http.Response, error) {
	w.requests.Add(1)
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

func (w *world) authenticate(t *testing.T, token string, audiences ...string) (
	caller engine.Caller, refused *engine.Error,
) {
	t.Helper()
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", token)
	}
	w.transact(t, func(tx *engine.Tx) {
		caller, refused = w.directory.Authenticate(tx, header, audiences...)
	})
	return caller, refused
}

func TestAzureIdentitySignsInWithASecret(t *testing.T) {
	w := newWorld(t)
	credential, err := azidentity.NewClientSecretCredential(w.tenant, w.sp.AppID, w.sp.Secret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions: azcore.ClientOptions{Transport: w},
		})
	if err != nil {
		t.Fatal(err)
	}
	token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{
		Scopes: []string{management + "/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	caller, refused := w.authenticate(t, "Bearer "+token.Token, management)
	if refused != nil {
		t.Fatal(refused)
	}
	want := engine.Caller{TenantID: w.tenant, ObjectID: w.sp.ObjectID, AppID: w.sp.AppID}
	if caller != want {
		t.Errorf("the token is for %+v, want %+v", caller, want)
	}
}
