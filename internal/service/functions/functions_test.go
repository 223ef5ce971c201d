// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package functions_test

import (
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
)

func TestProtoFunctions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		function, argument string
		want               any
	}{
		{"normalize_location", "West US 2", "westus2"},
		{"normalize_location", "westus2", "westus2"},
		{"versionless_key_id", key + "/" + version, key},
		{"versionless_key_id", key, key},
		{"parse_key_id", key + "/" + version, acctest.Value{
			"vault_uri": "https://example.vault.azure.net/", "vault_name": "example",
			"name": "media", "version": version, "versionless_id": key,
		}},
		{"parse_key_id", key, acctest.Value{
			"vault_uri": "https://example.vault.azure.net/", "vault_name": "example",
			"name": "media", "version": nil, "versionless_id": key,
		}},
		{"parse_key_id", "https://localhost:8443/keys/media", acctest.Value{
			"vault_uri": "https://localhost:8443/", "vault_name": nil,
			"name": "media", "version": nil, "versionless_id": "https://localhost:8443/keys/media",
		}},
	} {
		t.Run(test.function+" "+test.argument, func(t *testing.T) {
			t.Parallel()
			got, problem := acctest.New(t).Proto().Call(test.function, test.argument)
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
