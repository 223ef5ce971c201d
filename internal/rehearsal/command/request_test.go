// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/command"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func(args ...string) (string, error) {
				return run(t, append(append([]string{}, at...), append([]string{"request"}, args...)...)...)
			}
			const group = "/subscriptions/{subscriptionId}/resourceGroups/g?api-version=2021-04-01"
			output, err := request("PUT", group, "--body", `{"location": "westus2"}`)
			if err != nil || !strings.Contains(output, `"location": "westus2"`) {
				t.Fatalf("%s, %v", output, err)
			}
			if output, err = request("get", "https://management.azure.com"+group); err != nil || !strings.Contains(output, `"name": "g"`) {
				t.Errorf("%s, %v", output, err)
			}
			output, err = request("GET", "https://none.vault.azure.net/keys/media?api-version=7.4")
			if err == nil || !strings.Contains(err.Error(), "the answer is 404") || !strings.Contains(output, "VaultNotFound") {
				t.Errorf("a refusal: %s, %v", output, err)
			}
			output, err = request("GET", "https://none.blob.core.windows.net/?comp=list")
			if err == nil || output == "" {
				t.Errorf("a blob endpoint: %s, %v", output, err)
			}
			for words, args := range map[string][]string{
				"needs a URL":         {"GET"},
				"--body is not JSON":  {"PUT", group, "--body", "x"},
				"reading the URL":     {"GET", "https://a b/"},
				"writing the request": {"G ET", group},
			} {
				if output, err := request(args...); err == nil || !strings.Contains(err.Error(), words) {
					t.Errorf("%v: %s, %v", args, output, err)
				}
			}
		})
	}
}

func TestRequest_readsItsBodyFromAFile(t *testing.T) {
	t.Parallel()
	at := []string{"--data", file(t)}
	body := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(body, []byte(`{"location": "westus2", "tags": {"owner": "{objectId} {clientId} {tenantId} {subscriptionId}"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const group = "/subscriptions/{subscriptionId}/resourceGroups/g?api-version=2021-04-01"
	var access rehearsal.State
	if err := json.Unmarshal([]byte(must(t, append(at, "show", "-o", "json")...)), &access); err != nil {
		t.Fatal(err)
	}
	a := access.Access
	want := strings.Join([]string{a.ObjectID, a.ClientID, a.TenantID, a.SubscriptionID}, " ")
	if output := must(t, append(at, "request", "PUT", group, "--body", "@"+body)...); !strings.Contains(output, want) {
		t.Errorf("from a file: %s", output)
	}
	var output bytes.Buffer
	root := command.New()
	root.SetArgs(append(at, "request", "PATCH", group, "--body", "@-"))
	root.SetIn(strings.NewReader(`{"tags": {"from": "standard input"}}`))
	root.SetOut(&output)
	if err := root.ExecuteContext(t.Context()); err != nil || !strings.Contains(output.String(), "standard input") {
		t.Errorf("from standard input: %s, %v", &output, err)
	}
}

// Each kind of operation is followed to its end, and a failure is one.
func TestRequest_waits(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			request := func(method, path, body string) (string, error) {
				args := []string{"request", method, "/subscriptions/{subscriptionId}/resourceGroups/" + path, "--wait"}
				if body != "" {
					args = append(args, "--body", body)
				}
				return run(t, append(slices.Clone(at), args...)...)
			}
			const (
				store = "g/providers/Microsoft.Storage/storageAccounts/contosowaits?api-version=2023-01-01"
				media = "g/providers/Microsoft.Media/mediaservices/contosowaits?api-version=2023-01-01"
			)
			if output, err := request("PUT", "g?api-version=2021-04-01", `{"location":"westus2"}`); err != nil {
				t.Fatalf("%s, %v", output, err)
			}
			output, err := request("PUT", store, `{"location":"westus2","kind":"StorageV2","sku":{"name":"Standard_LRS"}}`)
			if err != nil || !strings.Contains(output, `"provisioningState": "Succeeded"`) || !strings.Contains(output, `"name": "contosowaits"`) {
				t.Errorf("a storage account: %s, %v", output, err)
			}
			output, err = request("PUT", media, `{"location":"westus2","properties":{"storageAccounts":[{"type":"Primary",
				"id":"/subscriptions/{subscriptionId}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/contosowaits"}]}}`)
			if err != nil || !strings.Contains(output, `"provisioningState": "Succeeded"`) {
				t.Errorf("a media account: %s, %v", output, err)
			}
			must(t, append(slices.Clone(at), "faults", "add", "fail-operation", "--path", "*/mediaservices/*")...)
			output, err = request("PATCH", media, `{"tags":{"a":"b"}, "properties":{"encryption":{"type":"SystemKey"}}}`)
			if err == nil || !strings.Contains(err.Error(), "the operation ended with Failed: ") {
				t.Errorf("a failure: %s, %v", output, err)
			}
			if output, err = request("DELETE", "g?api-version=2021-04-01", ""); err != nil {
				t.Errorf("a deletion: %s, %v", output, err)
			}
			if output, err = request("GET", "g?api-version=2021-04-01", ""); err == nil {
				t.Errorf("the group is there after it was deleted: %s", output)
			}
		})
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			output := must(t, append(slices.Clone(at), "seed", "estate", "1")...)
			if !strings.Contains(output, "/storageAccounts/contosoestate0000\n") {
				t.Errorf("%s", output)
			}
			output = must(t, append(slices.Clone(at), "seed", "estate", "1", "-o", "json")...)
			if !strings.Contains(output, `"seed": "estate 1"`) {
				t.Errorf("%s", output)
			}
		})
	}
	for _, args := range [][]string{{"seed"}, {"seed", "bayok"}, {"exec", "--seed", "bayok", "--", "true"}} {
		if _, err := run(t, args...); err == nil || !strings.Contains(err.Error(), "write storage-batch-ml, byok, estate N") {
			t.Errorf("%v: %v", args, err)
		}
	}
	output, err := run(t, "exec", "--seed", "estate 1", "--seed", "byok", "--", "sh", "-c",
		`curl --silent "$AZUREMEDIA_REHEARSAL_CONTROL/show"`)
	if err != nil || !strings.Contains(output, "contosoestate0000") || !strings.Contains(output, "contoso-byok") {
		t.Errorf("exec --seed: %s, %v", output, err)
	}
}
