// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

func TestFindVault(t *testing.T) {
	t.Parallel()
	const (
		vaults = "/subscriptions/" + subscription + "/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/"
		list   = "/subscriptions/" + subscription + "/providers/Microsoft.KeyVault/vaults"
	)
	for _, test := range []struct {
		name, vault, uri string
		answers          []string // One for each page.
		asked            string
		want             string
	}{
		{
			"by its name", "keys", "https://keys.vault.azure.net/",
			[]string{`{"value":[{"id":"other","name":"other"},{"id":"` + vaults + `Keys","name":"Keys"}]}`},
			list, vaults + "Keys",
		},
		{
			"on the second page", "keys", "https://keys.vault.azure.net/",
			[]string{`{"value":[],"nextLink":"https://management.azure.com/next"}`, `{"value":[{"id":"` + vaults + `keys","name":"keys"}]}`},
			"", vaults + "keys",
		},
		{"nowhere", "keys", "https://keys.vault.azure.net/", []string{`{"value":[]}`}, "", ""},
		{
			"by its address", "", "https://localhost:9443",
			[]string{
				`{"value":[{"id":"other","properties":{"vaultUri":"https://localhost:9444/"}}],"nextLink":"https://management.azure.com/next"}`,
				`{"value":[{"id":"` + vaults + `keys","properties":{"vaultUri":"https://LOCALHOST:9443/"}}]}`,
			},
			list, vaults + "keys",
		},
		{
			"by its name, where the vaults may not be listed", "keys", "https://keys.vault.azure.net/",
			[]string{"", `{"value":[{"id":"` + vaults + `keys"}]}`},
			list, vaults + "keys",
		},
		{"nowhere by its address", "", "https://localhost:9443/", []string{`{"value":[{"id":"bare"}]}`}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			fake := &fakeAzure{answer: func(req *http.Request) *http.Response {
				asked = append(asked, req.URL.Path+" "+req.URL.Query().Get("$filter"))
				if body := test.answers[len(asked)-1]; body != "" {
					return answer(http.StatusOK, body)
				}
				return answer(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
			}}
			got, err := newClient(t, signedIn(fake)).
				FindVault(t.Context(), subscription, test.vault, test.uri)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
			if len(asked) != len(test.answers) || !strings.Contains(asked[0], test.asked) {
				t.Errorf("asked %q", asked)
			}
		})
	}
}

func TestFindVault_reportsFailure(t *testing.T) {
	t.Parallel()
	refusing := &fakeAzure{answer: func(*http.Request) *http.Response {
		return answer(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
	}}
	client := newClient(t, signedIn(refusing))
	for _, name := range []string{"keys", ""} {
		_, err := client.FindVault(t.Context(), subscription, name, "https://localhost:9443/")
		if !azure.HasCode(err, "AuthorizationFailed") {
			t.Errorf("named %q: %v", name, err)
		}
	}
}
