// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package seed_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/seed"
)

func open(t *testing.T) *rehearsal.Azure {
	t.Helper()
	azure, err := rehearsal.Open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = azure.Close() })
	return azure
}

func plant(t *testing.T, azure *rehearsal.Azure, words ...string) []string {
	t.Helper()
	found, size, err := seed.Find(words)
	if err != nil {
		t.Fatal(err)
	}
	made, err := found.Plant(t.Context(), azure, size)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestPlant plants every seed, which Azure has to understand in every word, and again, which changes nothing.
func TestPlant(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"storage-batch-ml": "app contosoapp contoso-app contosobatch contoso-ml",
		"byok":             "byok contoso-byok contosobyok contosobyok",
		"estate 2": "estate contoso-estate-0 contoso-estate-1 contosoestate0000 contosoestate0001 " +
			"contosoestate0000 contosoestate0001",
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			azure := open(t)
			var names []string
			for _, id := range plant(t, azure, strings.Fields(words)...) {
				names = append(names, engine.ID(id).Name())
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("made %s", got)
			}
			before := resources(t, azure)
			plant(t, azure, strings.Fields(words)...)
			if after := resources(t, azure); after != before {
				t.Errorf("the second time changes\n%s\nto\n%s", before, after)
			}
			entries, err := azure.Journal(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				for _, note := range entry.Notes {
					if note != engine.NoteOwnWords {
						t.Errorf("%s %s: %s", entry.Method, entry.Path, note)
					}
				}
			}
		})
	}
}

// resources are the resources as they are shown.
func resources(t *testing.T, azure *rehearsal.Azure) string {
	t.Helper()
	state, err := azure.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.MarshalIndent(state.Resources, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(shown)
}

// The accounts of these seeds run on their keys.
func TestPlant_encrypts(t *testing.T) {
	t.Parallel()
	azure := open(t)
	for _, words := range []string{"byok", "estate 1"} {
		for _, id := range plant(t, azure, strings.Fields(words)...) {
			version := ""
			switch {
			case strings.Contains(id, "/storageAccounts/"):
				version = "2023-01-01"
			case strings.Contains(id, "/mediaservices/"):
				version = "2021-06-01"
			default:
				continue
			}
			answer, err := azure.Ask(t.Context(), rehearsal.Question{Method: "GET", URL: id + "?api-version=" + version})
			if err != nil || !strings.Contains(string(answer.Body), `.vault.azure.net/keys/`) {
				t.Errorf("%s: %v, %s", id, err, answer.Body)
			}
		}
	}
}

func TestFind_refuses(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"", "nothing", "byok 3", "estate", "estate x", "estate 0", "estate 1001", "estate 1 2"} {
		if _, _, err := seed.Find(strings.Fields(words)); err == nil || !strings.Contains(err.Error(), "write storage-batch-ml, byok, estate N") {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestPlant_saysWhatIsRefused(t *testing.T) {
	t.Parallel()
	azure := open(t)
	taken := "/subscriptions/{subscriptionId}/resourceGroups/byok?api-version=2021-04-01"
	if _, err := azure.Ask(t.Context(), rehearsal.Question{Method: "PUT", URL: taken, Body: json.RawMessage(`{"location":"westus2"}`)}); err != nil {
		t.Fatal(err)
	}
	vault := "/subscriptions/{subscriptionId}/resourceGroups/byok/providers/Microsoft.KeyVault/vaults/contoso-byok?api-version=2023-07-01"
	if _, err := azure.Ask(t.Context(), rehearsal.Question{Method: "PUT", URL: vault, Body: json.RawMessage(
		`{"location":"westus2","properties":{"tenantId":"{tenantId}","sku":{"family":"A","name":"standard"},"accessPolicies":[]}}`)}); err != nil {
		t.Fatal(err)
	}
	found, size, err := seed.Find([]string{"byok"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = found.Plant(t.Context(), azure, size); err == nil || !strings.Contains(err.Error(), "planting byok: POST https://contoso-byok.vault.azure.net/keys/media/create") ||
		!strings.Contains(err.Error(), "403") {
		t.Error(err)
	}
}
