// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
)

func TestShowKeys(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := func(args ...string) string { return must(t, append(slices.Clone(at), args...)...) }
			on("seed", "byok")
			on("seed", "estate", "1")
			on("seed", "storage-batch-ml")
			on("advance", "40d")
			const group = "/subscriptions/{subscriptionId}/resourceGroups/"
			// The accounts take up a new version later; the copies of a regenerated key stay behind.
			on("request", "POST", "https://contoso-byok.vault.azure.net/keys/media/rotate?api-version=7.4")
			on("request", "POST", group+"app/providers/Microsoft.Storage/storageAccounts/contosoapp/regenerateKey?api-version=2023-01-01",
				"--body", `{"keyName": "key1"}`)
			on("request", "DELETE", "https://contoso-estate-0.vault.azure.net/keys/storage?api-version=7.4")

			said := on("show", "keys")
			for _, line := range []string{
				`(?m)^contosobyok +Microsoft.Storage/storageAccounts +contoso-byok +media +[0-9a-f]{8} +40d +contosobyok +behind [0-9a-f]{8}$`,
				`(?m)^contosobyok +Microsoft.Media/mediaservices +contoso-byok +media +[0-9a-f]{8} +40d +contosobyok +behind [0-9a-f]{8}$`,
				`(?m)^contosoestate0000 +Microsoft.Storage/storageAccounts +contoso-estate-0 .* lost: The key vault key is not found`,
				`(?m)^contosoapp +key1 +[0-9]s +contosobatch \(behind\), contoso-ml \(behind\)$`,
				`(?m)^contosoapp +key2 +40d +contosobatch$`,
				`(?m)^contosobyok +key1 +40d +contosobyok$`,
			} {
				if !regexp.MustCompile(line).MatchString(said) {
					t.Errorf("%s is missing from\n%s", line, said)
				}
			}
			var keys rehearsal.Keys
			if err := json.Unmarshal([]byte(on("show", "keys", "-o", "json")), &keys); err != nil {
				t.Fatal(err)
			}
			if got := keys.Accounts[0]; !got.Behind || got.Pinned || got.Newest == got.Version || got.PrincipalID == "" || got.Created == nil {
				t.Errorf("-o json: %+v", got)
			}

			// The copies are read again, and the service looks for new versions.
			on("request", "POST", group+"app/providers/Microsoft.Batch/batchAccounts/contosobatch/syncAutoStorageKeys?api-version=2024-02-01")
			on("advance", "2d")
			said = on("show", "keys")
			for _, line := range []string{
				`(?m)^contosobyok +Microsoft.Media/mediaservices +contoso-byok +media +[0-9a-f]{8} +2d +contosobyok +current$`,
				`(?m)^contosoapp +key1 +2d +contosobatch, contoso-ml \(behind\)$`,
			} {
				if !regexp.MustCompile(line).MatchString(said) {
					t.Errorf("later, %s is missing from\n%s", line, said)
				}
			}
		})
	}
}

// A pinned account names its version, and stays behind.
func TestShowKeys_ofAPinnedAccount(t *testing.T) {
	t.Parallel()
	at := []string{"--data", file(t)}
	on := func(args ...string) string { return must(t, append(slices.Clone(at), args...)...) }
	on("seed", "byok")
	const media = "/subscriptions/{subscriptionId}/resourceGroups/byok/providers/Microsoft.Media/mediaservices/contosobyok?api-version=2021-06-01"
	var keys rehearsal.Keys
	if err := json.Unmarshal([]byte(on("show", "keys", "-o", "json")), &keys); err != nil {
		t.Fatal(err)
	}
	on("request", "PATCH", media, "--wait", "--body", fmt.Sprintf(
		`{"properties":{"encryption":{"type":"CustomerKey","keyVaultProperties":{"keyIdentifier":"https://contoso-byok.vault.azure.net/keys/media/%s"}}}}`,
		keys.Accounts[0].Version))
	on("request", "POST", "https://contoso-byok.vault.azure.net/keys/media/rotate?api-version=7.4")
	on("advance", "3h")
	if said := on("show", "keys"); !regexp.MustCompile(`(?m)mediaservices .* 3h +contosobyok +pinned, behind [0-9a-f]{8}$`).MatchString(said) {
		t.Error(said)
	}
}

func TestJournal_saysWhatItHasDropped(t *testing.T) {
	t.Parallel()
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"number": 121, "method": "GET"}, {"number": 122, "method": "PUT"}]`)
	}))
	defer control.Close()
	if said := must(t, "journal", "--control", control.URL); !strings.HasPrefix(said,
		"The first 120 requests are dropped: the journal keeps the last 2.\n\nTIME") {
		t.Error(said)
	}
	if said := must(t, "journal", "--data", file(t)); strings.Contains(said, "dropped") {
		t.Error(said)
	}
}

func TestAdvance_saysThatTimeOnlyMovesForward(t *testing.T) {
	t.Parallel()
	at := []string{"--data", file(t)}
	for _, back := range [][]string{{"advance", "-6h"}, {"advance", "-1.5h"}, {"advance", "--", "-6h"}, {"advance", "--", "-3d"}} {
		_, err := run(t, append(slices.Clone(at), back...)...)
		if err == nil || !strings.HasPrefix(err.Error(), "time only moves forward, and -") || !strings.Contains(err.Error(), "write a duration such as 6h") {
			t.Errorf("%v: %v", back, err)
		}
	}
	if _, err := run(t, append(at, "advance", "-x")...); err == nil || !strings.Contains(err.Error(), "unknown shorthand flag: 'x'") {
		t.Error(err)
	}
}
