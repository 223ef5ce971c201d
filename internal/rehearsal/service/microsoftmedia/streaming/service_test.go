// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

func TestStream_delivers(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	got := azure.get(url)
	if got.StatusCode != http.StatusOK || got.body != "The Film" || got.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("%d %q %s", got.StatusCode, got.body, got.Header.Get("Content-Type"))
	}
	for name := range got.Header {
		if strings.HasPrefix(name, "X-Ms-Blob") || name == "Server" {
			t.Errorf("the player is told %s", name)
		}
	}
	part := azure.ask("GET", url, "", "Range", "bytes=4-7")
	if part.StatusCode != http.StatusPartialContent || part.body != "Film" || part.Header.Get("Content-Range") != "bytes 4-7/8" {
		t.Errorf("%d %q %s", part.StatusCode, part.body, part.Header.Get("Content-Range"))
	}
	if head := azure.ask("HEAD", url, ""); head.StatusCode != http.StatusOK || head.Header.Get("Content-Length") != "8" {
		t.Errorf("HEAD: %d, length %s", head.StatusCode, head.Header.Get("Content-Length"))
	}
}

func TestOrigins_takeTurns(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	var turns []string
	for range streaming.Origins + 2 {
		turns = append(turns, azure.get(url).Header.Get(streaming.OriginHeader))
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5", "6", "1", "2"}, turns); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
	if from := azure.get(url + "?origin=5").Header.Get(streaming.OriginHeader); from != "5" {
		t.Errorf("asked of origin 5, answered by %s", from)
	}
	// A failure is a turn as well.
	azure.regenerate(store1, "key1")
	azure.regenerate(store1, "key2")
	turns = nil
	for range 2 {
		turns = append(turns, azure.get(url).Header.Get(streaming.OriginHeader))
	}
	if diff := cmp.Diff([]string{"3", "4"}, turns); diff != "" {
		t.Errorf("turns of failures (-want +got):\n%s", diff)
	}
	for _, none := range []string{"0", "7", "first"} {
		azure.wantFailure(azure.get(url+"?origin="+none), http.StatusBadRequest, "MPE_BAD_URL_SYNTAX")
	}
}

func TestStream_failures(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	film := url[len(host):]
	azure.wantFailure(azure.get(host+"/"), http.StatusBadRequest, "MPE_BAD_URL_SYNTAX")
	azure.wantFailure(azure.get(host+"/film/film.mp4"), http.StatusBadRequest, "MPE_BAD_URL_SYNTAX")
	azure.wantFailure(azure.ask("POST", url, ""), http.StatusMethodNotAllowed, "MethodNotAllowed")
	azure.wantFailure(azure.get(host+"/00000000-0000-0000-0000-000000000000/film.mp4"),
		http.StatusNotFound, "MPE_RESOURCE_NOT_FOUND")
	azure.wantFailure(azure.get("https://other-westus2.streaming.media.azure.net"+film), http.StatusNotFound, "MPE_RESOURCE_NOT_FOUND")
	azure.wantFailure(azure.get("https://media1-eastus.streaming.media.azure.net"+film), http.StatusNotFound, "MPE_RESOURCE_NOT_FOUND")
	azure.wantFailure(azure.get(strings.Replace(url, "film.mp4", "other.mp4", 1)), http.StatusNotFound, "MPE_STORAGE_RESOURCE_NOT_FOUND")
	azure.wantFailure(azure.ask("GET", url, "", "Range", "bytes=99-"), http.StatusRequestedRangeNotSatisfiable, "MPE_STORAGE_INVALID_RANGE")

	azure.Want(azure.Call("POST", account+"/streamingEndpoints/default/stop", streamingVersion, ""), http.StatusAccepted)
	azure.wantFailure(azure.get(url), http.StatusServiceUnavailable, "StreamingEndpointStopped")
	azure.endpoint()
	if got := azure.get(url); got.StatusCode != http.StatusOK {
		t.Errorf("started again: %d %s", got.StatusCode, got.body)
	}
	azure.Want(azure.Call("PATCH", store1, storageVersion, `{"properties":{"allowSharedKeyAccess":false}}`), http.StatusOK)
	azure.wantFailure(azure.get(url), http.StatusForbidden, "MPE_STORAGE_AUTHENTICATION_FAILURE")
	azure.Want(azure.Call("PATCH", store1, storageVersion, `{"properties":{"allowSharedKeyAccess":true}}`), http.StatusOK)

	azure.Want(azure.Call("DELETE", account+"/streamingLocators/film", streamingVersion, ""), http.StatusOK)
	azure.wantFailure(azure.get(url), http.StatusNotFound, "MPE_RESOURCE_NOT_FOUND")
	url = azure.locate("film", `"streamingPolicyName":"Predefined_DownloadOnly"`)
	azure.Want(azure.Call("DELETE", store1, storageVersion, ""), http.StatusOK)
	azure.wantFailure(azure.get(url), http.StatusNotFound, "MPE_STORAGE_RESOURCE_NOT_FOUND")
	azure.Want(azure.Call("DELETE", account, accountVersion, ""), http.StatusOK)
	azure.wantFailure(azure.get(url), http.StatusNotFound, "MPE_RESOURCE_NOT_FOUND")
}

func TestLocator_rules(t *testing.T) {
	t.Parallel()
	azure, _ := stream(t)
	again := func(name, properties string) string {
		azure.Want(azure.Call("PUT", account+"/streamingLocators/"+name, streamingVersion,
			`{"properties":{"assetName":"film",`+properties+`}}`), http.StatusCreated)
		id := azure.Call("GET", account+"/streamingLocators/"+name, streamingVersion, "").Text("properties.streamingLocatorId")
		return host + "/" + id + "/film.mp4"
	}
	only := again("stream", `"streamingPolicyName":"Predefined_ClearStreamingOnly"`)
	azure.wantFailure(azure.get(only), http.StatusForbidden, "MPE_OUTPUT_FORMAT_BLOCKED")
	timed := again("timed", `"streamingPolicyName":"Predefined_DownloadOnly","startTime":"2026-03-01T13:00:00Z","endTime":"2026-03-01T14:00:00Z"`)
	azure.wantFailure(azure.get(timed), http.StatusNotFound, "MPE_UNAUTHORIZED")
	azure.Advance(time.Hour)
	if got := azure.get(timed); got.StatusCode != http.StatusOK {
		t.Errorf("in its time: %d %s", got.StatusCode, got.body)
	}
	azure.Advance(time.Hour)
	azure.wantFailure(azure.get(timed), http.StatusNotFound, "MPE_UNAUTHORIZED")
}

// Out of reach of its customer's key, an account does not stream; with the key back it does.
func TestStream_needsTheCustomersKey(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	key := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.Call("GET", account, accountVersion, "").Text("identity.principalId"))
	azure.Want(azure.Call("PATCH", account, accountVersion, `{"properties":{"encryption":{"type":"CustomerKey",
		"keyVaultProperties":{"keyIdentifier":"`+vault.Key("k")+`"}}}}`), http.StatusOK)
	azure.wantHealth("on the customer's key", url, all)
	vault.Disable(key)
	azure.wantFailure(azure.get(url), http.StatusForbidden, "CustomerKeyInaccessible")
	vault.Enable(key)
	azure.wantHealth("with the key back", url, all)
	azure.Want(azure.Call("PATCH", account, accountVersion, `{"properties":{"encryption":{"type":"SystemKey"}}}`), http.StatusOK)
	vault.Disable(key)
	azure.wantHealth("back on the system key", url, all)
}

// The storage account has a key of its own over it.
func TestStream_needsTheStorageAccountsKey(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	key := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(azure.Call("GET", store1, storageVersion, "").Text("identity.principalId"))
	azure.Want(azure.Call("PATCH", store1, storageVersion, `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault",
		"keyvaultproperties":{"keyname":"k","keyvaulturi":"https://vault1.vault.azure.net"}}}}`), http.StatusOK)
	azure.wantHealth("on the customer's key", url, all)
	vault.Disable(key)
	azure.wantFailure(azure.get(url), http.StatusForbidden, "MPE_STORAGE_AUTHENTICATION_FAILURE")
}

// With managed identity the account holds no keys, and no rotation touches it.
func TestStream_byIdentity(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	principal := azure.Call("GET", account, accountVersion, "").Text("identity.principalId")
	for _, store := range []string{store1, store2} {
		azure.Grant(engine.ID(store), authorization.StorageBlobDataContributor, principal)
	}
	azure.Want(azure.Call("PATCH", account, accountVersion, `{"properties":{"storageAuthentication":"ManagedIdentity"}}`), http.StatusOK)
	azure.wantHealth("by its identity", url, all)
	azure.regenerate(store1, "key1")
	azure.regenerate(store1, "key2")
	azure.wantHealth("after both keys", url, all)
	azure.Want(azure.Call("PATCH", store1, storageVersion, `{"properties":{"allowSharedKeyAccess":false}}`), http.StatusOK)
	azure.wantHealth("without keys", url, all)

	assignments := azure.Call("GET", store1+"/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()",
		"2022-04-01", "").At("value").([]any)
	for _, one := range assignments {
		made := one.(map[string]any)
		if made["properties"].(map[string]any)["principalId"] == principal {
			azure.Want(azure.Call("DELETE", made["id"].(string), "2022-04-01", ""), http.StatusOK)
		}
	}
	azure.wantFailure(azure.get(url), http.StatusForbidden, "MPE_STORAGE_INSUFFICIENT_ACCOUNT_PERMISSIONS")

	azure.Want(azure.Call("PATCH", store1, storageVersion, `{"properties":{"allowSharedKeyAccess":true}}`), http.StatusOK)
	azure.Want(azure.Call("PATCH", account, accountVersion, `{"properties":{"storageAuthentication":"System"}}`), http.StatusOK)
	azure.wantHealth("back with keys, which are fresh", url, all)
	// Nobody gets a token for an identity that is gone.
	azure.Want(azure.Call("PATCH", account, accountVersion, `{"identity":{"type":"None"}}`), http.StatusOK)
	azure.wantHealth("without an identity", url, all)
}

// Where the host name does not tell, on loopback, the locator does.
func TestStream_onLoopback(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	if got := azure.get("https://localhost:8443" + url[len(host):]); got.StatusCode != http.StatusOK || got.body != "The Film" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

func TestJournal_tellsWhatAnOriginWasRefused(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.regenerate(store1, "key1")
	azure.get(url)
	azure.regenerate(store1, "key2")
	azure.get(url)
	var notes [][]string
	azure.Transact(func(tx *engine.Tx) {
		for _, entry := range tx.Journal(0) {
			if streaming.Domain.Holds(entry.Host) {
				notes = append(notes, append([]string{entry.Code}, entry.Notes...))
			}
		}
	})
	want := [][]string{
		{"", "origin 1 was refused by the storage account store1: AuthenticationFailed"},
		{"MPE_STORAGE_AUTHENTICATION_FAILED", "origin 2 was refused by the storage account store1: AuthenticationFailed, then AuthenticationFailed"},
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Errorf("the journal (-want +got):\n%s", diff)
	}
}

// Who sets rehearsal up has an account stream without any of the steps.
func TestPublish(t *testing.T) {
	t.Parallel()
	azure := start(t)
	file := streaming.File{Name: "film.mp4", Type: "video/mp4", Content: []byte("The Film")}
	publish := func() (url string, err error) {
		failed := azure.Engine.Transact(func(tx *engine.Tx) error {
			url, err = azure.service.Publish(t.Context(), tx, account, file)
			return err
		})
		if (failed == nil) != (err == nil) {
			t.Fatalf("the transaction says %v, Publish %v", failed, err)
		}
		return url, err
	}
	azure.regenerate(store1, "key1")
	azure.regenerate(store1, "key2")
	if _, err := publish(); err == nil || !strings.Contains(err.Error(), "cannot be accessed") {
		t.Errorf("without keys that work: %v", err)
	}
	azure.sync(store1)
	azure.Advance(mediaservices.OriginLag)
	url, err := publish()
	if err != nil {
		t.Fatal(err)
	}
	azure.wantHealth("at once", url, all)
	azure.Want(azure.Call("POST", account+"/streamingEndpoints/default/stop", streamingVersion, ""), http.StatusAccepted)
	if again, err := publish(); err != nil || again != url {
		t.Errorf("a second time: %s, %v", again, err)
	}
	azure.wantHealth("started again", url, all)
	for _, name := range []string{"assets", "streamingLocators"} {
		if listed := azure.Call("GET", account+"/"+name, streamingVersion, "").At("value").([]any); len(listed) != 1 {
			t.Errorf("%s: %v", name, listed)
		}
	}
}
