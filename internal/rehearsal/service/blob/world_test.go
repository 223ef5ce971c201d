// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blob_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	stores   = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts"
	store1   = stores + "/store1"
	endpoint = "https://store1.blob.core.windows.net/"
	version  = "2023-01-01"
)

// noon is when the rehearsals of azuretest begin.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// rehearsal is an Azure with the storage account store1.
type rehearsal struct {
	*azuretest.Azure
	t *testing.T
}

func start(t *testing.T, properties string) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, engine.Pace{}), t: t}
	accounts := storage.New(r.Engine, r.KeyVault)
	blob.New(r.Engine, accounts, r.Directory, r.Authorization)
	begun := r.Want(r.Call("PUT", store1, version,
		`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2","identity":{"type":"SystemAssigned"},"properties":`+
			properties+`}`), http.StatusAccepted)
	r.Want(r.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
	return r
}

// keys are the access keys of the account.
func (r *rehearsal) keys() [2]string {
	r.t.Helper()
	listed := r.Want(r.Call("POST", store1+"/listKeys", version, ""), http.StatusOK).At("keys").([]any)
	return [2]string{
		listed[0].(map[string]any)["value"].(string), listed[1].(map[string]any)["value"].(string),
	}
}

func (r *rehearsal) regenerate(name string) {
	r.t.Helper()
	r.Want(r.Call("POST", store1+"/regenerateKey", version, fmt.Sprintf(`{"keyName":%q}`, name)), http.StatusOK)
}

// dated has requests dated by rehearsal's clock at its start, which the tests hold still.
type dated struct{}

func (dated) Do(request *policy.Request) (*http.Response, error) {
	request.Raw().Header["x-ms-date"] = []string{noon().Format(http.TimeFormat)} // as the client looks for it
	return request.Next()
}

func (r *rehearsal) options() *azblob.ClientOptions {
	return &azblob.ClientOptions{ClientOptions: policy.ClientOptions{
		Transport: r, Retry: policy.RetryOptions{MaxRetries: -1},
		PerCallPolicies: []policy.Policy{dated{}},
	}}
}

// withKey is the official client with an access key.
func (r *rehearsal) withKey(key string) *azblob.Client {
	r.t.Helper()
	client, err := azblob.NewClientWithSharedKeyCredential(endpoint, r.credential(key), r.options())
	if err != nil {
		r.t.Fatal(err)
	}
	return client
}

func (r *rehearsal) credential(key string) *azblob.SharedKeyCredential {
	r.t.Helper()
	credential, err := azblob.NewSharedKeyCredential("store1", key)
	if err != nil {
		r.t.Fatal(err)
	}
	return credential
}

// withURL is the official client with nothing but a URL, which may have a signature in it.
func (r *rehearsal) withURL(address string) *azblob.Client {
	r.t.Helper()
	client, err := azblob.NewClientWithNoCredential(address, r.options())
	if err != nil {
		r.t.Fatal(err)
	}
	return client
}

// filled is a client after it put the file hello/world.txt into the container films.
func (r *rehearsal) filled() *azblob.Client {
	r.t.Helper()
	client := r.withKey(r.keys()[0])
	if _, err := client.CreateContainer(r.t.Context(), "films", nil); err != nil {
		r.t.Fatal(err)
	}
	if _, err := client.UploadBuffer(r.t.Context(), "films", "hello/world.txt", []byte("Hello, world"), nil); err != nil {
		r.t.Fatal(err)
	}
	return client
}

func (r *rehearsal) wantCode(err error, status int, code string) {
	r.t.Helper()
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode != status || refused.ErrorCode != code {
		r.t.Errorf("error %v, want %d %s", err, status, code)
	}
}

// reply is an answer as it went over the wire.
type reply struct {
	*http.Response
	body   string
	parsed struct {
		Code, Message, AuthenticationErrorDetail string
	}
}

// send sends a request without a client; header has names and values in turn.
func (r *rehearsal) send(method, address, body string, header ...string) *reply {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := r.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	got := &reply{Response: response, body: string(content)}
	if response.StatusCode >= http.StatusBadRequest && len(content) > 0 {
		if err := xml.Unmarshal(content, &got.parsed); err != nil {
			r.t.Fatalf("%v: %s", err, content)
		}
	}
	return got
}

// signed is a request as another service of rehearsal signs it.
func (r *rehearsal) signed(method, address, key string) *reply {
	r.t.Helper()
	decoded, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), method, address, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	blob.SignRequest(request, "store1", decoded, noon())
	return r.send(method, address, "", "Authorization", request.Header.Get("Authorization"),
		"X-Ms-Date", request.Header.Get("X-Ms-Date"), "X-Ms-Version", request.Header.Get("X-Ms-Version"))
}

func (r *rehearsal) wantRefusal(got *reply, status int, code, words string) {
	r.t.Helper()
	if got.StatusCode != status || got.Header.Get("X-Ms-Error-Code") != code || got.parsed.Code != code ||
		!strings.Contains(got.parsed.Message+got.parsed.AuthenticationErrorDetail, words) {
		r.t.Errorf("%d %s %s\nwant %d %s …%s…",
			got.StatusCode, got.Header.Get("X-Ms-Error-Code"), got.body, status, code, words)
	}
}

// mac is a signature, made by the letter of the documentation.
func mac(key []byte, text string) string {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(hash.Sum(nil))
}

func escaped(text string) string { return url.QueryEscape(text) }
