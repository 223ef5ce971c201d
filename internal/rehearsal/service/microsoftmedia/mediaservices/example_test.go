// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/authorization"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// The examples that Microsoft publishes get the answers that they document.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2020-05-01", "2021-05-01", "2021-06-01", "2021-11-01", "2023-01-01"} {
		examples, err := openapi.Examples("mediaservices", version)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examples {
			if !strings.HasPrefix(example.Operation, "Mediaservices_") &&
				!strings.HasPrefix(example.Operation, "Locations_") ||
				example.Operation == "Mediaservices_ListEdgePolicies" {
				continue // of what rehearsal does not have, and operations, which have IDs of their own
			}
			t.Run(version+" "+example.File, func(t *testing.T) {
				t.Parallel()
				replay(t, example)
			})
		}
	}
}

func replay(t *testing.T, example openapi.Example) {
	t.Helper()
	azure := start(t)
	azure.AddGroups("contoso", "contosorg")
	group, named := example.Parameters["resourceGroupName"].(string)
	if !named {
		group = "contosorg"
	}
	stores := subscription + "/resourceGroups/" + group + "/providers/Microsoft.Storage/storageAccounts/"
	for _, name := range []string{"contososportsstore", "teststorageaccount"} {
		azure.Want(azure.Call("PUT", stores+name, "2023-01-01",
			`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"southcentralus"}`), http.StatusAccepted)
	}
	if encryption, _ := example.Body().(map[string]any); encryption["identity"] != nil {
		vault := azure.Vault("keyvault", azuretest.VaultOptions{Location: "southcentralus"})
		vault.NewKey("key1", azuretest.KeyOptions{})
		for _, group := range []string{"rg", "contosorg"} {
			for _, name := range []string{"id1", "id2"} {
				made := azure.Want(azure.Call("PUT", subscription+"/resourceGroups/"+group+
					"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"+name, "2023-01-31",
					`{"location":"southcentralus"}`), http.StatusCreated)
				principal := made.Text("properties.principalId")
				vault.Grant(principal)
				azure.Grant(engine.ID(stores+"contososportsstore"), authorization.StorageBlobDataContributor, principal)
			}
		}
	}
	if name, named := example.Parameters["accountName"].(string); named && example.Method != http.MethodPut {
		azure.Want(azure.Call("PUT", subscription+"/resourceGroups/"+group+
			"/providers/Microsoft.Media/mediaservices/"+name, synchronous,
			`{"location":"South Central US","properties":{"storageAccounts":[{"id":"`+stores+
				`contososportsstore","type":"Primary"}]}}`), http.StatusCreated)
	}
	if example.File == "async-accounts-create-managed-identity.json" {
		// The example attaches a customer's key without saying which. What the service does then no
		// source tells; rehearsal refuses.
		example.Responses[http.StatusBadRequest] = openapi.ExampleResponse{}
	}
	azure.Replay(example)
}

// The examples of operations take an operation to be in a state: at work, done, failed.
func TestExamples_operations(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2021-11-01", "2023-01-01"} {
		examples, err := openapi.Examples("mediaservices", version)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examples {
			if !strings.HasPrefix(example.Operation, "MediaServicesOperation") {
				continue
			}
			t.Run(version+" "+example.File, func(t *testing.T) {
				t.Parallel()
				azure := startPaced(t, engine.Pace{Operation: time.Minute, RetryAfter: time.Second})
				azure.store("store1")
				begun := azure.Want(azure.Call("PUT", account, version, body(store1)), http.StatusCreated)
				operation := begun.Header.Get("Azure-AsyncOperation")
				operation = operation[strings.LastIndex(operation, "/")+1 : strings.Index(operation, "?")]
				id, _ := example.Parameters["operationId"].(string)
				place, _ := example.Parameters["locationName"].(string)
				follow := func() *azuretest.Answer {
					return azure.Replay(example.Rewrite(strings.NewReplacer(id, operation, place, "westus2")))
				}
				want, _ := example.Responses[http.StatusOK].Body.(map[string]any)
				got := follow() // at work
				switch want["status"] {
				case "InProgress":
				case "Failed":
					azure.Want(azure.Call("DELETE", store1, "2023-01-01", ""), http.StatusOK)
					fallthrough
				default:
					azure.Advance(time.Minute)
					got = azure.Want(follow(), http.StatusOK)
				}
				for _, member := range []string{"status", "error"} {
					if diff := cmp.Diff(want[member], got.Body[member]); diff != "" {
						t.Errorf("%s (-documented +got):\n%s", member, diff)
					}
				}
			})
		}
	}
}
