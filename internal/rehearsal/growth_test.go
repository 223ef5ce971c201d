// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rehearsal_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// TestRequests_costTheSameInALargeEstate holds the work of a request, counted by its allocations, against that
// in a small estate: storage accounts that use a key, their identities, and grants to these.
func TestRequests_costTheSameInALargeEstate(t *testing.T) { //nolint:paralleltest // others would be counted
	azure := open(t, "")
	group := "/subscriptions/" + azure.Access().SubscriptionID + "/resourceGroups/rg"
	ask(t, azure, http.MethodPut, group+"?api-version=2021-04-01", `{"location":"westus2"}`, http.StatusCreated)
	account := group + "/providers/Microsoft.Storage/storageAccounts/"
	const body = `{"location":"westus2","kind":"StorageV2","sku":{"name":"Standard_LRS"},"properties":{}}`
	ask(t, azure, http.MethodPut, account+"first?api-version=2023-01-01", body, http.StatusAccepted)
	number := 0
	costs := func() map[string]float64 {
		measured := map[string]float64{}
		for name, do := range map[string]func(){
			"GET": func() { ask(t, azure, http.MethodGet, account+"first?api-version=2023-01-01", "", http.StatusOK) },
			"PUT": func() {
				number++
				ask(t, azure, http.MethodPut, fmt.Sprintf("%snew%d?api-version=2023-01-01", account, number), body, http.StatusAccepted)
			},
			"name": func() {
				ask(t, azure, http.MethodPost, "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/"+
					"checkNameAvailability?api-version=2023-01-01", `{"name":"first","type":"Microsoft.Storage/storageAccounts"}`, http.StatusOK)
			},
			"LIST of none": func() {
				ask(t, azure, http.MethodGet, "/subscriptions/{subscriptionId}/providers/Microsoft.Media/mediaservices?api-version=2023-01-01", "", http.StatusOK)
			},
			"LIST of some": func() {
				ask(t, azure, http.MethodGet, "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/storageAccounts?api-version=2023-01-01&$top=5", "", http.StatusOK)
			},
			"last page": func() {
				ask(t, azure, http.MethodGet, fmt.Sprintf("/subscriptions/{subscriptionId}/providers/Microsoft.Storage/storageAccounts"+
					"?api-version=2023-01-01&$skiptoken=%x", "/subscriptions/"+azure.Access().SubscriptionID+"/resourcegroups/rg/providers/microsoft.storage/storageaccounts/seed99"), "", http.StatusOK)
			},
		} {
			measured[name] = testing.AllocsPerRun(5, do)
		}
		return measured
	}
	costs() // The first time is dearer.
	before := costs()
	err := azure.Transact(func(tx *engine.Tx) error {
		like := tx.Resource(engine.ID(account + "first"))
		for i := range 2000 {
			next := like.Clone()
			next.Name = fmt.Sprintf("seed%04d", i%1000)
			next.ID = engine.ID(account + next.Name)
			next.Set("encryption.keySource", "Microsoft.Keyvault")
			next.Set("encryption.keyvaultproperties", map[string]any{"keyvaulturi": "https://elsewhere.vault.azure.net"})
			if i >= 1000 {
				next.Type = "Microsoft.ManagedIdentity/userAssignedIdentities"
				next.ID = engine.ID(group + "/providers/" + next.Type + "/" + next.Name)
			}
			tx.Save(next)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, after := range costs() {
		// A tree that is deeper, and a page that is full.
		if limit := 1.1*before[name] + 100; after > limit && name != "last page" {
			t.Errorf("%s: %.0f allocations, %.0f in a small estate", name, after, before[name])
		}
		if name == "last page" && after > 100*before["GET"] {
			t.Errorf("%s: %.0f allocations, a GET %.0f", name, after, before["GET"])
		}
	}
}

func ask(t *testing.T, azure *rehearsal.Azure, method, url, body string, want int) {
	t.Helper()
	answer, err := azure.Ask(t.Context(), rehearsal.Question{Method: method, URL: url, Body: []byte(body)})
	if err != nil || answer.Status != want {
		t.Fatalf("%s %s: %d %s %v", method, url, answer.Status, answer.Body, err)
	}
}
