// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

const (
	version = "0123456789abcdef0123456789abcdef"
	key     = "https://example.vault.azure.net/keys/media"

	subscription = "00000000-0000-0000-0000-000000000000"
	storage      = "/subscriptions/" + subscription + "/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contoso"
)

func TestProtoFunctions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		function  string
		arguments []any
		want      any
	}{
		{"normalize_location", []any{"West US 2"}, "westus2"},
		{"normalize_location", []any{"westus2"}, "westus2"},
		{"versionless_key_id", []any{key + "/" + version}, key},
		{"versionless_key_id", []any{key}, key},
		{"parse_key_id", []any{key + "/" + version}, acctest.Value{
			"vault_uri": "https://example.vault.azure.net/", "vault_name": "example",
			"name": "media", "version": version, "versionless_id": key,
		}},
		{"parse_key_id", []any{key}, acctest.Value{
			"vault_uri": "https://example.vault.azure.net/", "vault_name": "example",
			"name": "media", "version": nil, "versionless_id": key,
		}},
		{"parse_key_id", []any{"https://localhost:8443/keys/media"}, acctest.Value{
			"vault_uri": "https://localhost:8443/", "vault_name": nil,
			"name": "media", "version": nil, "versionless_id": "https://localhost:8443/keys/media",
		}},
		{"key_id", []any{"https://example.vault.azure.net/", "media", nil}, key},
		{"key_id", []any{"https://example.vault.azure.net", "media", version}, key + "/" + version},
		{"resource_id", []any{"microsoft.storage/STORAGEACCOUNTS", subscription, "media", "contoso"}, storage},
		{"resource_id", []any{"Microsoft.Resources/resourceGroups", subscription, "media", "media"}, "/subscriptions/" + subscription + "/resourceGroups/media"},
		{"parse_resource_id", []any{strings.ToUpper(storage[:20]) + storage[20:]}, acctest.Value{
			"id": storage, "type": "Microsoft.Storage/storageAccounts", "subscription_id": subscription,
			"resource_group_name": "media", "name": "contoso",
		}},
		{"rotation_due", []any{"2026-12-01T13:00:00+01:00", "P90DT6H"}, "2027-03-01T18:00:00Z"},
	} {
		t.Run(fmt.Sprint(test.function, test.arguments), func(t *testing.T) {
			t.Parallel()
			got, problem := acctest.New(t).Proto().Call(test.function, test.arguments...)
			if problem != nil {
				t.Fatal(problem.Text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProtoFunctions_refuseWhatIsNoKey(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, function := range []string{"parse_key_id", "versionless_key_id"} {
		_, problem := proto.Call(function, "https://example.vault.azure.net/secrets/media")
		if problem == nil || problem.FunctionArgument == nil || *problem.FunctionArgument != 0 {
			t.Fatalf("%s: got %v, want an error of the argument", function, problem)
		}
		for _, want := range []string{"(CMK010)", "Found: ", "Required: ", "Remedy: "} {
			if !strings.Contains(problem.Text, want) {
				t.Errorf("%s lacks %q: %s", function, want, problem.Text)
			}
		}
	}
}

func TestProtoFunctions_sayWhichArgumentIsWrong(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, test := range []struct {
		function  string
		arguments []any
		at        int64
		text      string
	}{
		{"key_id", []any{"https://example.vault.azure.net", "a/b/c", nil}, 0, "(CMK010)"},
		{"resource_id", []any{"Microsoft.Web/sites", subscription, "media", "contoso"}, 0, "Microsoft.Batch/batchAccounts"},
		{"resource_id", []any{"Microsoft.Storage/storageAccounts", subscription, "", "contoso"}, 2, "Invalid Part"},
		{"resource_id", []any{"Microsoft.Storage/storageAccounts", subscription, "media", storage}, 3, "parse_resource_id"},
		{"parse_resource_id", []any{storage + "/blobServices/default"}, 0, "/providers/Microsoft.Storage/storageAccounts/<name>"},
		{"rotation_due", []any{"yesterday", "P90D"}, 0, "2026-12-01T12:00:00Z"},
		{"rotation_due", []any{"2026-12-01T12:00:00Z", "90d"}, 1, "P90D"},
	} {
		_, problem := proto.Call(test.function, test.arguments...)
		if problem == nil || problem.FunctionArgument == nil || *problem.FunctionArgument != test.at ||
			!strings.Contains(problem.Text, test.text) {
			t.Errorf("%s%v: %+v, want an error of argument %d with %q", test.function, test.arguments, problem, test.at, test.text)
		}
	}
}

func TestAccFunctions(t *testing.T) {
	t.Parallel()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.New(t).Factories(),
		Steps: []resource.TestStep{{
			// Where no other is named, plugin-testing serves providers under HashiCorp's name.
			Config: `
terraform {
  required_providers {
    azuremedia = { source = "hashicorp/azuremedia" }
  }
}

output "version" {
  value = provider::azuremedia::parse_key_id("` + key + "/" + version + `").version
}`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("version", knownvalue.StringExact(version)),
			},
		}},
	})
}
