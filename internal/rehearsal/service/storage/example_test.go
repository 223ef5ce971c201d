// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// The examples that Microsoft publishes get the answers that they document.
func TestExamples(t *testing.T) {
	t.Parallel()
	served := map[string]bool{
		"StorageAccounts_CheckNameAvailability": true, "StorageAccounts_Create": true,
		"StorageAccounts_Delete": true, "StorageAccounts_GetProperties": true,
		"StorageAccounts_Update": true, "StorageAccounts_List": true,
		"StorageAccounts_ListByResourceGroup": true, "StorageAccounts_ListKeys": true,
		"StorageAccounts_RegenerateKey": true,
	}
	examples, err := openapi.Examples("storage", version)
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range examples {
		if served[example.Operation] {
			t.Run(example.File, func(t *testing.T) {
				t.Parallel()
				replay(t, example)
			})
		}
	}
}

func replay(t *testing.T, example openapi.Example) {
	t.Helper()
	azure := start(t)
	group, _ := example.Parameters["resourceGroupName"].(string)
	azure.AddGroups(group, "res9101")
	name, named := example.Parameters["accountName"].(string)
	id := "/subscriptions/" + azuretest.Subscription + "/resourceGroups/" + group +
		"/providers/Microsoft.Storage/storageAccounts/" + name
	if named && example.Method != http.MethodPut {
		// As the examples take it to be: of the first kind, with what is settled at creation.
		kind := "StorageV2"
		if body, _ := example.Body().(map[string]any); body["kind"] != nil {
			kind, _ = body["kind"].(string)
		}
		create(t, azure, id, `{"sku":{"name":"Standard_LRS"},"kind":"`+kind+`","location":"eastus",`+
			`"identity":{"type":"SystemAssigned"},"properties":{"immutableStorageWithVersioning":{"enabled":true},`+
			`"azureFilesIdentityBasedAuthentication":{"directoryServiceOptions":"AD"}}}`)
	}
	if strings.Contains(example.File, "CMK") || strings.Contains(example.File, "Federated") {
		vault := azure.Vault("myvault8569", azuretest.VaultOptions{})
		vault.NewKey("wrappingKey", azuretest.KeyOptions{})
		made := azure.Want(azure.Call("PUT", "/subscriptions/"+azuretest.Subscription+"/resourceGroups/res9101"+
			"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1", "2023-01-31",
			`{"location":"eastus"}`), http.StatusCreated)
		vault.Grant(made.Text("properties.principalId"))
		if example.Method != http.MethodPut {
			vault.Grant(azure.Call("GET", id, version, "").Text("identity.principalId"))
		}
	}
	azure.Replay(example)
}
