// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/tokentest"
)

// hosts are where requests go.
var hosts = []string{
	"management.azure.com", "keys.vault.azure.net", "login.microsoftonline.com", "graph.microsoft.com",
	"first.blob.core.windows.net", "localhost:8443", "media.westus2.streaming.media.azure.net", "nowhere.example.com",
}

const (
	fuzzedGroup = "/subscriptions/{subscriptionId}/resourceGroups/rg"
	fuzzedKind  = fuzzedGroup + "/providers/"
)

// FuzzSurface sends any request to any host of a rehearsal with a vault, a key and accounts. Whatever it is, the
// answer is no defect, and the next one works.
func FuzzSurface(f *testing.F) {
	for _, seed := range []struct {
		method            string
		host              uint8
		path, query, body string
	}{
		{"GET", 0, fuzzedGroup, "api-version=2021-04-01", ""},
		{"PUT", 0, fuzzedKind + "Microsoft.Storage/storageAccounts/first", "api-version=2023-01-01", `{"properties":{"encryption":{"keySource":"Microsoft.Keyvault","keyvaultproperties":{"keyname":"k","keyvaulturi":"https://keys.vault.azure.net"}}}}`},
		{"PATCH", 0, fuzzedKind + "Microsoft.Storage/storageAccounts/first", "api-version=2023-01-01", `{"identity":{"type":"SystemAssigned"},"tags":{"a":null}}`},
		{"POST", 0, fuzzedKind + "Microsoft.Storage/storageAccounts/first/regenerateKey", "api-version=2023-01-01", `{"keyName":"key1"}`},
		{"PUT", 0, fuzzedKind + "Microsoft.KeyVault/vaults/keys/accessPolicies/add", "api-version=2023-07-01", `{"properties":{"accessPolicies":[{"tenantId":"","objectId":"x","permissions":{"keys":["get"]}}]}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.KeyVault/vaults/keys/keys/more", "api-version=2023-07-01", `{"properties":{"kty":"EC","curveName":"P-256","rotationPolicy":{"lifetimeActions":[{"trigger":{"timeAfterCreate":"P7D"},"action":{"type":"rotate"}}]}}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.Media/mediaservices/media", "api-version=2023-01-01", `{"location":"westus2","properties":{"storageAccounts":[{"id":"x","type":"Primary"}],"encryption":{"type":"SystemKey"}}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.Media/videoAnalyzers/v", "api-version=2021-11-01-preview", `{"location":"westus2","properties":{"storageAccounts":[{"id":"x"}]}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.Batch/batchAccounts/b", "api-version=2024-07-01", `{"location":"westus2","properties":{"autoStorage":{"storageAccountId":"x"}}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.MachineLearningServices/workspaces/w", "api-version=2024-04-01", `{"location":"westus2","properties":{"storageAccount":"x"}}`},
		{"PUT", 0, fuzzedKind + "Microsoft.ManagedIdentity/userAssignedIdentities/i", "api-version=2023-01-31", `{"location":"westus2"}`},
		{"PUT", 0, fuzzedGroup + "/providers/Microsoft.Authorization/roleAssignments/11111111-2222-3333-4444-555555555555", "api-version=2022-04-01", `{"properties":{"roleDefinitionId":"x","principalId":"11111111-2222-3333-4444-555555555555"}}`},
		{"GET", 0, "/subscriptions/{subscriptionId}/resources", "api-version=2021-04-01&$filter=resourceType eq 'x' and name ne 'y'&$skiptoken=2f", ""},
		{"DELETE", 0, fuzzedGroup, "api-version=2021-04-01", ""},
		{"POST", 1, "/keys/k/wrapkey", "api-version=7.4", `{"alg":"RSA-OAEP-256","value":"AAAA"}`},
		{"PUT", 1, "/keys/k/rotationpolicy", "api-version=7.4", `{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P30D"}}`},
		{"POST", 1, "/keys/new/create", "api-version=7.4", `{"kty":"EC","crv":"P-256","attributes":{"exp":1}}`},
		{"GET", 1, "/deletedkeys", "api-version=7.4&$skiptoken=*&maxresults=1", ""},
		{"PUT", 1, "/secrets/s", "api-version=7.4", `{"value":"v","contentType":"text/plain","tags":{"a":"b"},"attributes":{"enabled":false,"nbf":1,"exp":2}}`},
		{"PATCH", 1, "/secrets/s/", "api-version=7.6", `{"contentType":null,"tags":{},"attributes":{"exp":9999999999999999999}}`},
		{"GET", 1, "/secrets/s/versions", "api-version=2025-07-01&maxresults=1", ""},
		{"POST", 1, "/secrets/restore", "api-version=7.4", `{"value":"AAAA"}`},
		{"DELETE", 1, "/deletedsecrets/s", "api-version=7.4", ""},
		{"POST", 2, "/tenant/oauth2/v2.0/token", "", "grant_type=client_credentials&client_id=x&client_secret=y&scope=z"},
		{"GET", 3, "/v1.0/servicePrincipals", "$filter=appId eq 'x'", ""},
		{"PUT", 4, "/container/blob", "comp=block&blockid=AA", "content"},
		{"GET", 4, "/", "comp=list&prefix=x&maxresults=1", ""},
		{"GET", 5, "/metadata/endpoints", "api-version=2022-09-01", ""},
		{"GET", 6, "/11111111-2222-3333-4444-555555555555/film.txt", "origin=1", ""},
		{"GET", 7, "/", "", ""},
	} {
		f.Add(seed.method, seed.host, seed.path, seed.query, seed.body)
	}
	f.Fuzz(func(t *testing.T, method string, host uint8, path, query, body string) {
		azure := furnished(t)
		address := url.URL{Scheme: "https", Host: hosts[int(host)%len(hosts)], Path: path, RawQuery: query}
		answer, err := azure.Ask(t.Context(), rehearsal.Question{Method: method, URL: address.String(), Body: []byte(body)})
		if err != nil {
			return // No request, or no connection.
		}
		// Recorded: Media Services fails so where a space follows the comma in an identity's type.
		if answer.Status == http.StatusInternalServerError && !strings.Contains(string(answer.Body), "An internal server error occurred.") {
			t.Errorf("%s %s %s: %s", method, address.String(), body, answer.Body)
		}
		ask(t, azure, http.MethodGet, "/subscriptions/{subscriptionId}/resources?api-version=2021-04-01", "", http.StatusOK)
	})
}

// furnished returns a rehearsal with something in it.
func furnished(t *testing.T) *rehearsal.Azure {
	t.Helper()
	azure := open(t, "")
	if err := azure.Transact(func(tx *engine.Tx) error {
		tokentest.UseSharedKey(t, tx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	access := azure.Access()
	for _, made := range [][2]string{
		{fuzzedGroup + "?api-version=2021-04-01", `{"location":"westus2"}`},
		{fuzzedKind + "Microsoft.Storage/storageAccounts/first?api-version=2023-01-01", `{"location":"westus2","kind":"StorageV2","sku":{"name":"Standard_LRS"},"properties":{}}`},
		{fuzzedKind + "Microsoft.KeyVault/vaults/keys?api-version=2023-07-01", `{"location":"westus2","properties":{"tenantId":"` + access.TenantID + `","sku":{"family":"A","name":"standard"},"accessPolicies":[{"tenantId":"` + access.TenantID + `","objectId":"` + access.ObjectID + `","permissions":{"keys":["all"],"secrets":["all"]}}]}}`},
		{"https://keys.vault.azure.net/secrets/s?api-version=7.4", `{"value":"v"}`},
		{fuzzedKind + "Microsoft.KeyVault/vaults/keys/keys/k?api-version=2023-07-01", `{"properties":{"kty":"EC","curveName":"P-256"}}`},
		{fuzzedKind + "Microsoft.Media/mediaservices/media?api-version=2023-01-01", `{"location":"westus2","properties":{"storageAccounts":[{"id":"` + strings.ReplaceAll(fuzzedKind, "{subscriptionId}", access.SubscriptionID) + `Microsoft.Storage/storageAccounts/first","type":"Primary"}]}}`},
	} {
		answer, err := azure.Ask(t.Context(), rehearsal.Question{Method: http.MethodPut, URL: made[0], Body: []byte(made[1])})
		if err != nil || answer.Status >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s %v", made[0], answer.Status, answer.Body, err)
		}
	}
	return azure
}
