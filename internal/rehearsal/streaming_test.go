// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

// What the tests of rotation watch: an account that streams, without a step by hand, through the
// transport that the provider itself uses.
func TestAzure_Streaming(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	azure, other := open(t, path), open(t, path)
	token := signIn(t, azure)
	group := "/subscriptions/" + azure.Access().SubscriptionID + "/resourceGroups/rg"
	storage := group + "/providers/Microsoft.Storage/storageAccounts/store1"
	account := group + "/providers/Microsoft.Media/mediaservices/media1"
	for _, step := range [][3]string{
		{"PUT", group + "?api-version=2021-04-01", `{"location":"westus2"}`},
		{"PUT", storage + "?api-version=2023-01-01", `{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"westus2"}`},
		{"PUT", account + "?api-version=2021-06-01", `{"location":"westus2","properties":{"storageAccounts":[{"id":"` + storage + `","type":"Primary"}]}}`},
	} {
		if status, body := write(t, azure, step, token); status >= http.StatusBadRequest {
			t.Fatalf("%s %s: %d %v", step[0], step[1], status, body)
		}
	}
	url, err := azure.Streaming(t.Context(), strings.ToUpper(account))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(url, "https://media1-westus2.streaming.media.azure.net/") {
		t.Errorf("the URL is %s", url)
	}
	for range 6 {
		if status, _ := watch(t, other, url); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
	}
	for _, key := range []string{"key1", "key2"} {
		regenerate := [3]string{"POST", storage + "/regenerateKey?api-version=2023-01-01", `{"keyName":"` + key + `"}`}
		if status, body := write(t, azure, regenerate, token); status != http.StatusOK {
			t.Fatalf("%d %v", status, body)
		}
	}
	if status, body := watch(t, other, url); status != http.StatusForbidden || !strings.Contains(body, "0x808900EA") {
		t.Errorf("without a sync: %d %s", status, body)
	}
	if _, err := azure.Streaming(t.Context(), group); err == nil {
		t.Error("a group streams")
	}
}

func write(t *testing.T, azure *rehearsal.Azure, step [3]string, token string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), step[0], "https://management.azure.com"+step[1], strings.NewReader(step[2]))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return send(t, azure, request)
}

func watch(t *testing.T, azure *rehearsal.Azure, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := azure.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
