// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func TestStream(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		_, err := run(t, append([]string{"stream", "/subscriptions/x"}, at...)...)
		if err == nil || !strings.Contains(err.Error(), "there is no Media Services account /subscriptions/x") {
			t.Errorf("on %s: %v", name, err)
		}
	}
	if _, err := run(t, "stream"); err == nil || !strings.Contains(err.Error(), "needs the resource ID of a media account") {
		t.Errorf("without an account: %v", err)
	}
	path := file(t)
	streamed := strings.TrimSpace(must(t, "stream", account(t, path), "--data", path))
	azure, err := rehearsal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = azure.Close() }()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, streamed, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("%s answers %s", streamed, response.Status)
	}
}

// account makes a media account in the rehearsal of a data file, and returns its resource ID.
func account(t *testing.T, path string) string {
	t.Helper()
	azure, err := rehearsal.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = azure.Close() }()
	ask := func(method, address, body, token string) map[string]any {
		request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Set("Content-Type", "application/json")
		}
		response, err := azure.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		var content map[string]any
		if err := json.NewDecoder(response.Body).Decode(&content); err != nil && response.StatusCode != http.StatusAccepted {
			t.Fatal(err)
		}
		if response.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s %s: %v", method, address, content)
		}
		return content
	}
	access := azure.Access()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {access.ClientID}, "client_secret": {access.ClientSecret},
		"scope": {"https://management.azure.com/.default"},
	}
	token, _ := ask("POST", "https://login.microsoftonline.com/"+access.TenantID+"/oauth2/v2.0/token", form.Encode(), "")["access_token"].(string)
	group := "/subscriptions/" + access.SubscriptionID + "/resourceGroups/rg"
	storage := group + "/providers/Microsoft.Storage/storageAccounts/store1"
	media := group + "/providers/Microsoft.Media/mediaservices/media1"
	const arm = "https://management.azure.com"
	ask("PUT", arm+group+"?api-version=2021-04-01", `{"location":"westus2"}`, token)
	ask("PUT", arm+storage+"?api-version=2023-01-01", `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`, token)
	ask("PUT", arm+media+"?api-version=2021-06-01",
		`{"location":"westus2","properties":{"storageAccounts":[{"id":"`+storage+`","type":"Primary"}]}}`, token)
	return media
}
