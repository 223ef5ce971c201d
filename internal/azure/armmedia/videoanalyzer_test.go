// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmedia_test

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

const analyzer = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Media/videoAnalyzers/va"

func analyzers(t *testing.T, version string, steps ...step) (*armmedia.VideoAnalyzersClient, *script) {
	t.Helper()
	played := &script{t: t, steps: steps, version: version}
	c, err := armmedia.NewVideoAnalyzersClient("s", token{}, &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Transport: played,
			Retry:     policy.RetryOptions{MaxRetries: -1},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if len(played.steps) > 0 && !t.Failed() {
			t.Errorf("requests that were not sent: %+v", played.steps)
		}
	})
	return c, played
}

// A creation is answered when it is done, whatever the document says, and an update later.
func TestVideoAnalyzers(t *testing.T) {
	t.Parallel()
	const (
		done = `{"name":"va","properties":{"provisioningState":"Succeeded",
			"endpoints":[{"type":"ClientApi","endpointUrl":"https://va"}]}}`
		operation = "/subscriptions/s/providers/Microsoft.Media/locations/westus2/" +
			"videoAnalyzerOperationStatuses/op"
	)
	c, played := analyzers(t, armmedia.VideoAnalyzerAPIVersion,
		step{"PUT " + analyzer, 201, done, nil},
		step{"PATCH " + analyzer, 202, `{"properties":{"provisioningState":"InProgress"}}`, map[string]string{
			"Azure-AsyncOperation": "https://management.azure.com" + operation +
				"?api-version=2021-11-01-preview",
			"x-ms-retry-after-ms": "1",
		}},
		step{"GET " + operation, 200, `{"name":"op","status":"Succeeded"}`, nil},
		step{"GET " + analyzer, 200, done, nil},
	)
	creation, err := c.BeginCreate(t.Context(), "rg", "va", armmedia.VideoAnalyzer{
		Location: to.Ptr("westus2"),
		Properties: &armmedia.VideoAnalyzerProperties{StorageAccounts: []*armmedia.StorageAccount{{
			ID: to.Ptr("st"), Identity: &armmedia.ResourceIdentity{UserAssignedIdentity: to.Ptr("id")},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := *created.Properties.Endpoints[0].EndpointURL; got != "https://va" {
		t.Errorf("the endpoint %s", got)
	}
	update, err := c.BeginUpdate(t.Context(), "rg", "va", armmedia.VideoAnalyzerUpdate{
		Properties: &armmedia.VideoAnalyzerProperties{PublicNetworkAccess: to.Ptr(armmedia.Disabled)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = update.PollUntilDone(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"location":"westus2","properties":{"storageAccounts":[
			{"id":"st","identity":{"userAssignedIdentity":"id"}}]}}`,
		`{"properties":{"publicNetworkAccess":"Disabled"}}`,
	} {
		if diff := cmp.Diff(canonical(t, want), canonical(t, played.sent[i])); diff != "" {
			t.Error(diff)
		}
	}
}

func TestVideoAnalyzers_names(t *testing.T) {
	t.Parallel()
	c, played := analyzers(t, armmedia.VideoAnalyzerAPIVersion, step{
		"POST /subscriptions/s/providers/Microsoft.Media/locations/westus2/checkNameAvailability",
		200, `{"nameAvailable":true}`, nil,
	})
	if got, err := c.CheckNameAvailability(t.Context(), "westus2", "va"); err != nil || !got.NameAvailable {
		t.Errorf("got %+v, %v", got, err)
	}
	if want := `{"name":"va","type":"Microsoft.Media/videoAnalyzers"}`; played.sent[0] != want {
		t.Errorf("sent %s, want %s", played.sent[0], want)
	}
}

// Only the version before the current one can sync keys.
func TestVideoAnalyzers_syncStorageKeys(t *testing.T) {
	t.Parallel()
	c, played := analyzers(t, armmedia.VideoAnalyzerSyncAPIVersion,
		step{"POST " + analyzer + "/syncStorageKeys", 200, "", nil})
	if err := c.SyncStorageKeys(t.Context(), "rg", "va", "/subscriptions/s/x"); err != nil {
		t.Fatal(err)
	}
	if want := `{"id":"/subscriptions/s/x"}`; played.sent[0] != want {
		t.Errorf("sent %s, want %s", played.sent[0], want)
	}
}

func TestNewVideoAnalyzersClient_needsASubscription(t *testing.T) {
	t.Parallel()
	if _, err := armmedia.NewVideoAnalyzersClient("", token{}, nil); err == nil {
		t.Error("no error")
	}
}
