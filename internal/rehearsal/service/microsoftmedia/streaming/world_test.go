// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/blob"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/storage"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

const (
	account = azuretest.Group + "/providers/Microsoft.Media/mediaservices/media1"
	stores  = azuretest.Group + "/providers/Microsoft.Storage/storageAccounts"
	store1  = stores + "/store1"
	store2  = stores + "/store2"
	host    = "https://media1-westus2.streaming.media.azure.net"

	storageVersion   = "2023-01-01"
	accountVersion   = "2021-06-01" // synchronous
	streamingVersion = "2022-08-01"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// rehearsal is an Azure with a media account on two storage accounts, set up as its users do it:
// by requests.
type rehearsal struct {
	*azuretest.Azure
	t        *testing.T
	accounts *mediaservices.Service
	service  *streaming.Service
}

// startWithout is an Azure with the storage accounts only.
func startWithout(t *testing.T, pace engine.Pace) *rehearsal {
	t.Helper()
	r := &rehearsal{Azure: azuretest.New(t, pace), t: t}
	stored := storage.New(r.Engine, r.KeyVault)
	blob.New(r.Engine, stored, r.Directory, r.Authorization)
	r.accounts = mediaservices.New(r.Engine, r.KeyVault, stored, r.Authorization, r.Directory)
	r.service = streaming.New(r.Engine, r.accounts)
	for _, id := range []string{store1, store2} {
		begun := r.Want(r.Call("PUT", id, storageVersion,
			`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2","identity":{"type":"SystemAssigned"}}`),
			http.StatusAccepted)
		if pace.Operation == 0 {
			r.Want(r.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)
		}
	}
	return r
}

func start(t *testing.T) *rehearsal {
	t.Helper()
	r := startWithout(t, engine.Pace{RetryAfter: time.Millisecond})
	r.Want(r.Call("PUT", account, accountVersion, `{"location":"westus2","identity":{"type":"SystemAssigned"},
		"properties":{"storageAccounts":[{"id":"`+store1+`","type":"Primary"},{"id":"`+store2+
		`","type":"Secondary"}]}}`), http.StatusCreated)
	return r
}

// endpoint starts the default streaming endpoint.
func (r *rehearsal) endpoint() {
	r.t.Helper()
	r.Want(r.Call("POST", account+"/streamingEndpoints/default/start", streamingVersion, ""), http.StatusAccepted)
}

// publish makes an asset in a storage account, puts a file into it by a URL that the account signed,
// and returns where a locator delivers it.
func (r *rehearsal) publish(name, store string) string {
	r.t.Helper()
	r.Want(r.Call("PUT", account+"/assets/"+name, streamingVersion,
		fmt.Sprintf(`{"properties":{"storageAccountName":%q}}`, store)), http.StatusCreated)
	urls := r.Want(r.Call("POST", account+"/assets/"+name+"/listContainerSas", streamingVersion,
		fmt.Sprintf(`{"permissions":"ReadWrite","expiryTime":%q}`, noon().Add(time.Hour).Format(time.RFC3339))),
		http.StatusOK).At("assetContainerSasUrls").([]any)
	r.upload(urls[0].(string), "film.mp4", "The Film")
	return r.locate(name, `"streamingPolicyName":"Predefined_DownloadAndClearStreaming"`)
}

func (r *rehearsal) upload(container, name, text string) {
	r.t.Helper()
	at := strings.Replace(container, "?", "/"+name+"?", 1)
	put := r.ask("PUT", at, text, "X-Ms-Blob-Type", "BlockBlob", "Content-Type", "video/mp4")
	if put.StatusCode != http.StatusCreated {
		r.t.Fatalf("putting the file: %d %s", put.StatusCode, put.body)
	}
}

// locate makes a locator of an asset and returns the URL of its first file.
func (r *rehearsal) locate(asset, properties string) string {
	r.t.Helper()
	made := r.Want(r.Call("PUT", account+"/streamingLocators/"+asset, streamingVersion,
		fmt.Sprintf(`{"properties":{"assetName":%q,%s}}`, asset, properties)), http.StatusCreated)
	return host + "/" + made.Text("properties.streamingLocatorId") + "/film.mp4"
}

// streaming is an Azure whose account streams a file from store1.
func stream(t *testing.T) (*rehearsal, string) {
	t.Helper()
	r := start(t)
	r.endpoint()
	return r, r.publish("film", "store1")
}

func (r *rehearsal) regenerate(store, key string) {
	r.t.Helper()
	r.Want(r.Call("POST", store+"/regenerateKey", storageVersion, fmt.Sprintf(`{"keyName":%q}`, key)), http.StatusOK)
}

func (r *rehearsal) sync(store string) {
	r.t.Helper()
	r.Want(r.Call("POST", account+"/syncStorageKeys", accountVersion, fmt.Sprintf(`{"id":%q}`, store)), http.StatusOK)
}

type reply struct {
	*http.Response
	body string
}

// ask sends a request without any credentials; header has names and values in turn.
func (r *rehearsal) ask(method, url, body string, header ...string) *reply {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, url, strings.NewReader(body))
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
	return &reply{response, string(content)}
}

func (r *rehearsal) get(url string) *reply { r.t.Helper(); return r.ask("GET", url, "") }

// health is which origins deliver: "111111" when all do. Those that do not have to say the
// documented reason.
func (r *rehearsal) health(url string) string {
	r.t.Helper()
	var health strings.Builder
	for origin := 1; origin <= streaming.Origins; origin++ {
		got := r.ask("GET", url, "", streaming.OriginHeader, strconv.Itoa(origin))
		if from := got.Header.Get(streaming.OriginHeader); from != strconv.Itoa(origin) {
			r.t.Errorf("asked of origin %d, answered by %q", origin, from)
		}
		switch {
		case got.StatusCode == http.StatusOK && got.body == "The Film":
			health.WriteByte('1')
		case got.StatusCode == http.StatusForbidden && strings.Contains(got.body, "MPE_STORAGE_AUTHENTICATION_FAILED"):
			health.WriteByte('0')
		default:
			r.t.Errorf("origin %d: %d %s", origin, got.StatusCode, got.body)
		}
	}
	return health.String()
}

func (r *rehearsal) wantHealth(when, url, want string) {
	r.t.Helper()
	if got := r.health(url); got != want {
		r.t.Errorf("%s the origins are at %s, want %s", when, got, want)
	}
}

const (
	all  = "111111"
	none = "000000"
)

func (r *rehearsal) wantFailure(got *reply, status int, code string) {
	r.t.Helper()
	if got.StatusCode != status || !strings.Contains(got.body, `"code":"`+code+`"`) ||
		got.Header.Get("X-Ms-Error-Code") != code {
		r.t.Errorf("%d %s, want %d %s", got.StatusCode, got.body, status, code)
	}
}
