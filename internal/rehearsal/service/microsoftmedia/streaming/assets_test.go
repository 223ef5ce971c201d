// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/mediaservices/armmediaservices/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// credential is good for Resource Manager as the tests run it.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "any", ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

func armOptions(azure *rehearsal) *arm.ClientOptions {
	return &arm.ClientOptions{
		ClientOptions:         policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}},
		DisableRPRegistration: true,
	}
}

// The official clients publish a film: an asset, the file in its container, a locator, its paths.
func TestSDK_publishes(t *testing.T) {
	t.Parallel()
	azure := start(t)
	ctx := t.Context()
	factory := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	assets, err := armmediaservices.NewAssetsClient(azuretest.Subscription, credential{}, armOptions(azure))
	factory(err)
	locators, err := armmediaservices.NewStreamingLocatorsClient(azuretest.Subscription, credential{}, armOptions(azure))
	factory(err)
	endpoints, err := armmediaservices.NewStreamingEndpointsClient(azuretest.Subscription, credential{}, armOptions(azure))
	factory(err)

	made, err := assets.CreateOrUpdate(ctx, "rg", "media1", "film", armmediaservices.Asset{
		Properties: &armmediaservices.AssetProperties{Description: to.Ptr("a film"), AlternateID: to.Ptr("f1")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	want := armmediaservices.AssetProperties{
		AlternateID: to.Ptr("f1"), Description: to.Ptr("a film"), StorageAccountName: to.Ptr("store1"),
		Container: to.Ptr("asset-" + *made.Properties.AssetID), AssetID: made.Properties.AssetID,
		Created: &noon, LastModified: &noon,
		StorageEncryptionFormat: to.Ptr(armmediaservices.AssetStorageEncryptionFormatNone),
	}
	if diff := cmp.Diff(want, *made.Properties); diff != "" {
		t.Errorf("the asset (-want +got):\n%s", diff)
	}
	if *made.ID != account+"/assets/film" || *made.Type != "Microsoft.Media/mediaservices/assets" {
		t.Errorf("%s of type %s", *made.ID, *made.Type)
	}
	azure.Advance(time.Minute)
	changed, err := assets.Update(ctx, "rg", "media1", "film", armmediaservices.Asset{
		Properties: &armmediaservices.AssetProperties{Description: to.Ptr("the film")},
	}, nil)
	if err != nil || *changed.Properties.AlternateID != "f1" || *changed.Properties.Description != "the film" ||
		!changed.Properties.LastModified.After(noon) {
		t.Errorf("changed to %+v, %v", changed.Properties, err)
	}

	urls, err := assets.ListContainerSas(ctx, "rg", "media1", "film", armmediaservices.ListContainerSasInput{
		Permissions: to.Ptr(armmediaservices.AssetContainerPermissionReadWrite), ExpiryTime: to.Ptr(noon.Add(time.Hour)),
	}, nil)
	if err != nil || len(urls.AssetContainerSasUrls) != 2 {
		t.Fatalf("URLs %v, %v", urls.AssetContainerSasUrls, err)
	}
	for i, url := range urls.AssetContainerSasUrls {
		name := []string{"film.mp4", "film.ism"}[i]
		at, query, _ := strings.Cut(*url, "?")
		container := at[strings.LastIndexByte(at, '/')+1:]
		client, err := azblob.NewClientWithNoCredential(at[:strings.LastIndexByte(at, '/')]+"/?"+query,
			&azblob.ClientOptions{ClientOptions: policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}}})
		factory(err)
		if _, err := client.UploadBuffer(ctx, container, name, []byte("The Film"), nil); err != nil {
			t.Errorf("by the URL of key%d: %v", i+1, err)
		}
	}

	located, err := locators.Create(ctx, "rg", "media1", "look", armmediaservices.StreamingLocator{
		Properties: &armmediaservices.StreamingLocatorProperties{
			AssetName: to.Ptr("film"), StreamingPolicyName: to.Ptr("Predefined_DownloadAndClearStreaming"),
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	id := *located.Properties.StreamingLocatorID
	paths, err := locators.ListPaths(ctx, "rg", "media1", "look", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream := func(protocol armmediaservices.StreamingPolicyStreamingProtocol, format string) *armmediaservices.StreamingPath {
		return &armmediaservices.StreamingPath{
			StreamingProtocol: to.Ptr(protocol), EncryptionScheme: to.Ptr(armmediaservices.EncryptionSchemeNoEncryption),
			Paths: []*string{to.Ptr("/" + id + "/film.ism/manifest" + format)},
		}
	}
	wantPaths := armmediaservices.ListPathsResponse{
		DownloadPaths: []*string{to.Ptr("/" + id + "/film.mp4")},
		StreamingPaths: []*armmediaservices.StreamingPath{
			stream(armmediaservices.StreamingPolicyStreamingProtocolHls, "(format=m3u8-cmaf)"),
			stream(armmediaservices.StreamingPolicyStreamingProtocolDash, "(format=mpd-time-cmaf)"),
			stream(armmediaservices.StreamingPolicyStreamingProtocolSmoothStreaming, ""),
		},
	}
	if diff := cmp.Diff(wantPaths, paths.ListPathsResponse); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	of, err := assets.ListStreamingLocators(ctx, "rg", "media1", "film", nil)
	if err != nil || len(of.StreamingLocators) != 1 || *of.StreamingLocators[0].StreamingLocatorID != id {
		t.Errorf("the asset's locators %v, %v", of.StreamingLocators, err)
	}
	if keys, err := locators.ListContentKeys(ctx, "rg", "media1", "look", nil); err != nil || len(keys.ContentKeys) != 0 {
		t.Errorf("content keys %v, %v", keys.ContentKeys, err)
	}
	if got, err := locators.Get(ctx, "rg", "media1", "look", nil); err != nil ||
		cmp.Diff(located.StreamingLocator, got.StreamingLocator, cmpopts.EquateApproxTime(0)) != "" {
		t.Errorf("the locator %v, %v", got, err)
	}
	if page, err := locators.NewListPager("rg", "media1", nil).NextPage(ctx); err != nil || len(page.Value) != 1 {
		t.Errorf("locators %v, %v", page.Value, err)
	}
	if page, err := assets.NewListPager("rg", "media1", nil).NextPage(ctx); err != nil || len(page.Value) != 1 {
		t.Errorf("assets %v, %v", page.Value, err)
	}

	starting, err := endpoints.BeginStart(ctx, "rg", "media1", "default", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := starting.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	endpoint, err := endpoints.Get(ctx, "rg", "media1", "default", nil)
	if err != nil || *endpoint.Properties.ResourceState != armmediaservices.StreamingEndpointResourceStateRunning ||
		*endpoint.Properties.HostName != "media1-westus2.streaming.media.azure.net" || *endpoint.Location != "West US 2" {
		t.Errorf("the endpoint %+v, %v", endpoint.Properties, err)
	}
	stopping, err := endpoints.BeginStop(ctx, "rg", "media1", "default", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stopping.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	page, err := endpoints.NewListPager("rg", "media1", nil).NextPage(ctx)
	if err != nil || len(page.Value) != 1 ||
		*page.Value[0].Properties.ResourceState != armmediaservices.StreamingEndpointResourceStateStopped {
		t.Errorf("endpoints %v, %v", page.Value, err)
	}

	if _, err := locators.Delete(ctx, "rg", "media1", "look", nil); err != nil {
		t.Error(err)
	}
	if _, err := assets.Delete(ctx, "rg", "media1", "film", nil); err != nil {
		t.Error(err)
	}
	azure.Transact(func(tx *engine.Tx) {
		tx.Each("blob/", func(key string, _ func(any)) { t.Errorf("the asset left %s behind", key) })
	})
}

func TestStreaming_refusals(t *testing.T) {
	azure := start(t)
	azure.Want(azure.Call("PUT", account+"/assets/film", streamingVersion, `{"properties":{}}`), http.StatusCreated)
	locator := func(properties string) string { return `{"properties":{` + properties + `}}` }
	good := `"assetName":"film","streamingPolicyName":"Predefined_DownloadOnly"`
	taken := azure.Want(azure.Call("PUT", account+"/streamingLocators/taken", streamingVersion, locator(good)),
		http.StatusCreated).Text("properties.streamingLocatorId")
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		code, words        string
	}{
		"another storage account":  {"PUT", "assets/x", `{"properties":{"storageAccountName":"store9"}}`, 400, "BadRequest", "not attached"},
		"an unknown field":         {"PUT", "assets/x", `{"properties":{"colour":"red"}}`, 400, "InvalidRequestContent", "colour"},
		"a bad container":          {"PUT", "assets/x", `{"properties":{"container":"No"}}`, 400, "BadRequest", "Storage account cannot be accessed"},
		"a change of container":    {"PATCH", "assets/film", `{"properties":{"container":"other"}}`, 400, "BadRequest", "cannot be changed"},
		"a change of storage":      {"PUT", "assets/film", `{"properties":{"storageAccountName":"store9"}}`, 400, "BadRequest", "cannot be changed"},
		"bad permissions":          {"POST", "assets/film/listContainerSas", `{"permissions":"All"}`, 400, "BadRequest", "ReadWriteDelete"},
		"no expiry":                {"POST", "assets/film/listContainerSas", `{"permissions":"Read"}`, 400, "BadRequest", "24 hours"},
		"a late expiry":            {"POST", "assets/film/listContainerSas", `{"expiryTime":"2026-03-03T12:00:00Z"}`, 400, "BadRequest", "24 hours"},
		"no JSON":                  {"POST", "assets/film/listContainerSas", `{`, 400, "InvalidRequestContent", ""},
		"a locator of nothing":     {"PUT", "streamingLocators/x", locator(`"streamingPolicyName":"Predefined_DownloadOnly"`), 400, "BadRequest", "does not exist"},
		"a locator of no asset":    {"PUT", "streamingLocators/x", locator(`"assetName":"none"`), 400, "BadRequest", "does not exist"},
		"a policy that encrypts":   {"PUT", "streamingLocators/x", locator(`"assetName":"film","streamingPolicyName":"Predefined_ClearKey"`), 400, "BadRequest", "does not have the streaming policy"},
		"a time that is none":      {"PUT", "streamingLocators/x", locator(good + `,"endTime":"soon"`), 400, "BadRequest", "no time"},
		"an ID that is none":       {"PUT", "streamingLocators/x", locator(good + `,"streamingLocatorId":"x"`), 400, "BadRequest", "no GUID"},
		"an ID that is taken":      {"PUT", "streamingLocators/x", locator(good + `,"streamingLocatorId":"` + taken + `"`), 409, "Conflict", "in use"},
		"an unknown locator field": {"PUT", "streamingLocators/x", locator(good + `,"colour":"red"`), 400, "InvalidRequestContent", "colour"},
		"a locator again":          {"PUT", "streamingLocators/taken", locator(good), 409, "Conflict", "cannot be changed"},
		"another endpoint":         {"PUT", "streamingEndpoints/x", `{"location":"westus2","properties":{"scaleUnits":1}}`, 501, "NotImplemented", "default streaming endpoint"},
		"no default endpoint":      {"DELETE", "streamingEndpoints/default", "", 501, "NotImplemented", "default streaming endpoint"},
		"no such asset":            {"GET", "assets/none", "", 404, "ResourceNotFound", ""},
	} {
		t.Run(name, func(t *testing.T) {
			azure := &rehearsal{Azure: azure.Azure, t: t}
			got := azure.Call(test.method, account+"/"+test.path, streamingVersion, test.body)
			if got.Status != test.status || got.Code() != test.code || !strings.Contains(got.Message(), test.words) {
				t.Errorf("%d %s: %s", got.Status, got.Code(), got.Message())
			}
		})
	}
	azure.Refused(azure.Call("GET", account+"/assets", "2017-01-01", ""), http.StatusBadRequest,
		"NoRegisteredProviderFound", "for type 'mediaservices/assets'. The supported api-versions are '2023-01-01, 2022-08-01")
	azure.Refused(azure.Call("PUT", account+"x/assets/film", streamingVersion, `{}`), http.StatusNotFound,
		"ParentResourceNotFound", "mediaservices/media1x")
}

// A container that is there becomes the asset's; what a GET says may be sent back.
func TestAsset_takesAContainer(t *testing.T) {
	t.Parallel()
	azure := start(t)
	first := azure.Want(azure.Call("PUT", account+"/assets/one", streamingVersion,
		`{"properties":{"container":"films","description":"d","alternateId":"a"}}`), http.StatusCreated)
	azure.Want(azure.Call("PUT", account+"/assets/two", streamingVersion, `{"properties":{"container":"films"}}`), http.StatusCreated)
	again := azure.Want(azure.Call("PUT", account+"/assets/one", streamingVersion, first.Raw), http.StatusOK)
	if again.At("properties.assetId") != first.At("properties.assetId") || again.Text("properties.description") != "d" {
		t.Errorf("sent back it is %s", again.Raw)
	}
	bare := azure.Want(azure.Call("PUT", account+"/assets/one", streamingVersion, `{"properties":{}}`), http.StatusOK)
	if bare.At("properties.description") != nil || bare.Text("properties.container") != "films" {
		t.Errorf("replaced by nothing it is %s", bare.Raw)
	}
	azure.Want(azure.Call("DELETE", account+"/assets/one", streamingVersion, ""), http.StatusOK)
	azure.Want(azure.Call("DELETE", account+"/assets/two", streamingVersion, ""), http.StatusOK) // its container is gone
}

// The account's own way to its storage goes by the copies of the keys that it has.
func TestAsset_takesKeysThatWork(t *testing.T) {
	t.Parallel()
	azure := start(t)
	regenerate := func(name string) {
		azure.Want(azure.Call("POST", store1+"/regenerateKey", "2023-01-01", `{"keyName":"`+name+`"}`), http.StatusOK)
	}
	regenerate("key1")
	azure.Want(azure.Call("PUT", account+"/assets/film", streamingVersion, `{"properties":{}}`), http.StatusCreated)
	locator := `{"properties":{"assetName":"film","streamingPolicyName":"Predefined_ClearStreamingOnly"}}`
	azure.Want(azure.Call("PUT", account+"/streamingLocators/look", streamingVersion, locator), http.StatusCreated)
	regenerate("key2")
	const words = "Storage account cannot be accessed."
	azure.Refused(azure.Call("PUT", account+"/assets/more", streamingVersion, `{"properties":{}}`), 400, "BadRequest", words)
	azure.Want(azure.Call("GET", account+"/assets/more", streamingVersion, ""), http.StatusNotFound)
	azure.Refused(azure.Call("POST", account+"/streamingLocators/look/listPaths", streamingVersion, ""), 400, "BadRequest", words)
	azure.Refused(azure.Call("DELETE", account+"/assets/film", streamingVersion, ""), 400, "BadRequest", words)
	azure.Want(azure.Call("POST", account+"/syncStorageKeys", accountVersion, `{"id":"`+store1+`"}`), http.StatusOK)
	paths := azure.Want(azure.Call("POST", account+"/streamingLocators/look/listPaths", streamingVersion, ""), http.StatusOK)
	if downloads := paths.At("downloadPaths").([]any); len(downloads) != 0 {
		t.Errorf("a locator for streaming only lists downloads: %v", downloads)
	}
	azure.Want(azure.Call("DELETE", account+"/assets/film", streamingVersion, ""), http.StatusOK)
	azure.Refused(azure.Call("POST", account+"/streamingLocators/look/listPaths", streamingVersion, ""), 404, "NotFound", "")
}

func TestAsset_byIdentityHasNoURLs(t *testing.T) {
	t.Parallel()
	azure := startWithout(t, engine.Pace{RetryAfter: time.Millisecond})
	id, principal := azure.Identity("id1")
	const contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
	azure.Grant(store1, contributor, principal)
	azure.Want(azure.Call("PUT", account, accountVersion, `{"location":"westus2","identity":{"type":"UserAssigned",
		"userAssignedIdentities":{"`+id+`":{}}},"properties":{"storageAuthentication":"ManagedIdentity","storageAccounts":[
		{"id":"`+store1+`","type":"Primary","identity":{"userAssignedIdentity":"`+id+`","useSystemAssignedIdentity":false}}]}}`), http.StatusCreated)
	azure.Want(azure.Call("PUT", account+"/assets/film", streamingVersion, `{"properties":{}}`), http.StatusCreated)
	azure.Refused(azure.Call("POST", account+"/assets/film/listContainerSas", streamingVersion,
		`{"expiryTime":"2026-03-01T13:00:00Z"}`), http.StatusNotImplemented, "NotImplemented", "user delegation key")
	azure.Want(azure.Call("DELETE", id, "2023-01-31", ""), http.StatusOK)
	azure.Refused(azure.Call("PUT", account+"/assets/more", streamingVersion, `{"properties":{}}`), 400, "BadRequest", "does not exist any more")
}

// Only reading, listing and deleting the account work while its key is out of reach.
func TestStreaming_needsTheCustomersKey(t *testing.T) {
	t.Parallel()
	azure := startWithout(t, engine.Pace{RetryAfter: time.Millisecond})
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	id, principal := azure.Identity("id1")
	vault.Grant(principal)
	azure.Want(azure.Call("PUT", account, accountVersion, `{"location":"westus2","identity":{"type":"UserAssigned",
		"userAssignedIdentities":{"`+id+`":{}}},"properties":{"storageAccounts":[{"id":"`+store1+`","type":"Primary"}],
		"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"`+vault.Key("k")+`"},
		"identity":{"userAssignedIdentity":"`+id+`","useSystemAssignedIdentity":false}}}}`), http.StatusCreated)
	azure.Want(azure.Call("PUT", account+"/assets/film", streamingVersion, `{"properties":{}}`), http.StatusCreated)
	vault.Disable(version)
	for _, request := range [][2]string{
		{"GET", "assets/film"},
		{"GET", "assets"},
		{"DELETE", "assets/film"},
		{"POST", "assets/film/listStreamingLocators"},
		{"GET", "streamingEndpoints/default"},
		{"POST", "streamingEndpoints/default/start"},
	} {
		azure.Refused(azure.Call(request[0], account+"/"+request[1], streamingVersion, ""), http.StatusForbidden,
			"CustomerKeyInaccessible", "Customer Key Inaccessible")
	}
	azure.Want(azure.Call("GET", account, accountVersion, ""), http.StatusOK)
	azure.Want(azure.Call("DELETE", account, accountVersion, ""), http.StatusOK)
}

func TestEndpoint_oneOperationAtATime(t *testing.T) {
	t.Parallel()
	azure := startWithout(t, engine.Pace{Operation: time.Minute, RetryAfter: time.Second})
	azure.Advance(time.Minute) // the storage accounts are there
	begun := azure.Want(azure.Call("PUT", account, "2023-01-01", `{"location":"westus2","properties":{"storageAccounts":[
		{"id":"`+store1+`","type":"Primary"}]}}`), http.StatusCreated)
	const endpoint = account + "/streamingEndpoints/default"
	azure.Refused(azure.Call("POST", endpoint+"/start", streamingVersion, ""), http.StatusConflict, "OperationInProgress", "on the account")
	azure.Advance(time.Minute)
	azure.Want(azure.Send("GET", begun.Header.Get("Location"), ""), http.StatusOK)

	started := azure.Want(azure.Call("POST", endpoint+"/start", streamingVersion, ""), http.StatusAccepted)
	if state := azure.Call("GET", endpoint, streamingVersion, "").Text("properties.resourceState"); state != "Starting" {
		t.Errorf("state %s", state)
	}
	azure.Refused(azure.Call("POST", endpoint+"/stop", streamingVersion, ""), http.StatusConflict, "OperationInProgress",
		"There is another operation already in progress on the Origin.")
	if status := azure.Send("GET", started.Header.Get("Azure-Asyncoperation"), "").Text("status"); status != "InProgress" {
		t.Errorf("status %s", status)
	}
	azure.Advance(time.Minute)
	if status := azure.Send("GET", started.Header.Get("Azure-Asyncoperation"), "").Text("status"); status != "Succeeded" {
		t.Errorf("status %s", status)
	}
	azure.Want(azure.Call("POST", endpoint+"/start", streamingVersion, ""), http.StatusOK) // it runs
}
