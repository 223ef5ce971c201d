// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

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
	examples, err := openapi.Examples("batch", version)
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) < 26 {
		t.Errorf("only %d examples", len(examples))
	}
	for _, example := range examples {
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			replay(t, example)
		})
	}
}

func replay(t *testing.T, example openapi.Example) {
	t.Helper()
	const (
		name  = "default-azurebatch-japaneast"
		group = subscription + "/resourceGroups/" + name
	)
	azure := start(t)
	azure.AddGroups(name)
	azure.store(group + "/providers/Microsoft.Storage/storageAccounts/samplestorage")
	azure.Want(azure.Call("PUT", group+"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1",
		"2023-01-31", `{"location":"westus2"}`), http.StatusCreated)
	inAccount := strings.HasPrefix(example.Operation, "Application")
	if named, ok := example.Parameters["accountName"].(string); ok && (inAccount || example.Method != http.MethodPut) {
		account := group + "/providers/Microsoft.Batch/batchAccounts/" + named
		azure.create(account, withStorage(group+"/providers/Microsoft.Storage/storageAccounts/samplestorage"))
		if inAccount && example.Operation != "Application_Delete" {
			azure.addPackage(account+"/applications/app1", "1")
		}
	}
	if example.File == "LocationCheckNameAvailability_AlreadyExists.json" {
		azure.create(group+"/providers/Microsoft.Batch/batchAccounts/existingaccountname",
			`{"location":"japaneast"}`)
	}
	azure.Replay(example.Rewrite(strings.NewReplacer("subid", azuretest.Subscription)))
}
