// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/openapi"
)

// The examples that Microsoft publishes get the answers that they document.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, version := range []string{former, current} {
		examples, err := openapi.Examples("videoanalyzer", version)
		if err != nil {
			t.Fatal(err)
		}
		replayed := 0
		for _, example := range examples {
			if strings.HasPrefix(example.Operation, "VideoAnalyzers_") ||
				strings.HasPrefix(example.Operation, "Locations_") {
				t.Run(version+" "+example.File, func(t *testing.T) {
					t.Parallel()
					replay(t, example)
				})
				replayed++
			}
		}
		if replayed < 7 {
			t.Errorf("%s has %d examples that were replayed", version, replayed)
		}
	}
}

func replay(t *testing.T, example openapi.Example) {
	t.Helper()
	azure := start(t)
	azure.AddGroups("contoso")
	const contoso = subscription + "/resourceGroups/contoso"
	for _, id := range []engine.ID{stores + "/storage1", contoso + "/providers/Microsoft.Storage/storageAccounts/contosotvstore"} {
		azure.Want(azure.Call("PUT", string(id), "2023-01-01",
			`{"sku":{"name":"Standard_LRS"},"kind":"StorageV2","location":"southcentralus"}`), http.StatusAccepted)
	}
	for _, name := range []string{"id1", "id2", "id3"} {
		_, principal := azure.Identity(name)
		azure.permit(principal, stores+"/storage1")
	}
	if name, named := example.Parameters["accountName"].(string); named && example.Method != http.MethodPut {
		azure.Want(azure.Call("PUT", contoso+"/providers/Microsoft.Media/videoAnalyzers/"+name, former,
			byKeys(contoso+"/providers/Microsoft.Storage/storageAccounts/contosotvstore")), http.StatusCreated)
	}
	azure.Replay(example)
}

// The examples of operations take an operation to be in a state: at work, done, failed.
func TestExamples_operations(t *testing.T) {
	t.Parallel()
	examples, err := openapi.Examples("videoanalyzer", current)
	if err != nil {
		t.Fatal(err)
	}
	replayed := 0
	for _, example := range examples {
		if !strings.HasPrefix(example.Operation, "VideoAnalyzerOperation") {
			continue
		}
		replayed++
		t.Run(example.File, func(t *testing.T) {
			t.Parallel()
			azure := startPaced(t, engine.Pace{Operation: time.Minute, RetryAfter: time.Second})
			azure.store("store2", "Standard_LRS", "StorageV2")
			azure.create(identified())
			changed := `{"tags":{"a":"b"}}`
			want, _ := example.Responses[http.StatusOK].Body.(map[string]any)
			if want["status"] == "Failed" {
				changed = strings.ReplaceAll(change(
					`"storageAccounts":[{"id":"`+store1+`","identity":{"userAssignedIdentity":"`+reader+`"}}]`), store1, store2)
			}
			begun := azure.Want(azure.Call("PATCH", account, current, changed), http.StatusAccepted)
			operation := begun.Header.Get("Azure-AsyncOperation")
			operation = operation[strings.LastIndex(operation, "/")+1 : strings.Index(operation, "?")]
			id, _ := example.Parameters["operationId"].(string)
			place, _ := example.Parameters["locationName"].(string)
			follow := func() *azuretest.Answer {
				return azure.Replay(example.Rewrite(strings.NewReplacer(id, operation, place, "westus2")))
			}
			got := follow() // at work
			if want["status"] != "InProgress" {
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
	if replayed != 4 {
		t.Errorf("%d examples of operations were replayed", replayed)
	}
}
