// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"go.yaml.in/yaml/v4"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

var documentedVariable = regexp.MustCompile("`([A-Z][A-Z_]+)`")

// settingVariables returns the environment variables that the schema of the provider block documents.
func settingVariables(t *testing.T) (found []string) {
	t.Helper()
	var look func(attributes []*tfprotov6.SchemaAttribute)
	look = func(attributes []*tfprotov6.SchemaAttribute) {
		for _, attribute := range attributes {
			for _, match := range documentedVariable.FindAllStringSubmatch(attribute.Description, -1) {
				found = append(found, match[1])
			}
			if attribute.NestedType != nil {
				look(attribute.NestedType.Attributes)
			}
		}
	}
	look(acctest.New(t).Proto().Schemas().Provider.Block.Attributes)
	return found
}

var environmentVariable = regexp.MustCompile(`\b(ARM|AZUREMEDIA|SYSTEM)_[A-Z_]+\b`)

// TestPipelines_areWhatTheProviderReads reads every pipeline of the examples as YAML, and holds its variables, and those
// of the guide to signing in, to those that the provider reads.
func TestPipelines_areWhatTheProviderReads(t *testing.T) {
	t.Parallel()
	known := settingVariables(t)
	files, err := filepath.Glob(filepath.Join(examples, "pipelines", "*.yml"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, filepath.Join(docs, "guides/signing-in.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".yml") {
			var pipeline map[string]any
			if err := yaml.Unmarshal(text, &pipeline); err != nil || len(pipeline) == 0 {
				t.Errorf("%s: %v", file, err)
			}
			for _, line := range []string{"terraform init -input=false", "terraform apply -input=false -auto-approve", "17 */4 * * *"} {
				if !strings.Contains(string(text), line) {
					t.Errorf("%s has no %s", file, line)
				}
			}
		}
		for _, name := range environmentVariable.FindAllString(string(text), -1) {
			if !slices.Contains(known, name) {
				t.Errorf("%s sets %s, which the provider does not read", file, name)
			}
		}
	}
}

// TestAccPipelines applies the configuration of the pipelines.
func TestAccPipelines(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	account := w.Account("contoso")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: w.Config(example(t, "pipelines", "main.tf")),
			ConfigVariables: config.Variables{
				"storage_account_id": config.StringVariable(w.ID(azure.StorageAccountType, "contoso")),
				"dependent_ids":      config.SetVariable(config.StringVariable(account)),
			},
		}},
	})
}

// TestAccPipelines_posture checks a storage account on the system key, which fails as the guide shows, and then on a
// customer-managed key.
func TestAccPipelines_posture(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(docs, "guides/pipelines.md"))
	if err != nil {
		t.Fatal(err)
	}
	const shown = "POS001 System Key In Use: a storage account on the system's key."
	if !strings.Contains(string(guide), shown) {
		t.Errorf("the guide does not show %q", shown)
	}
	opened := acctest.New(t)
	made := opened.Config(example(t, "byok-storage", "main.tf"))
	checked := strings.ReplaceAll(without(t, filepath.Join(examples, "pipelines", "posture", "main.tf"),
		"terraform", "provider", "variable"), "var.storage_account_id", "azuremedia_storage_account.app.id")
	unattached := withoutBlock(t, made, "azuremedia_customer_key_attachment")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: opened.Factories(),
		Steps: []resource.TestStep{
			{Config: unattached},
			{Config: unattached + checked, ExpectError: check.Says(shown)},
			{Config: made},
			{Config: made + checked},
		},
	})
}

// withoutBlock returns a configuration without the resources of a type.
func withoutBlock(t *testing.T, text, kind string) string {
	t.Helper()
	file := parsed(t, "main.tf", text)
	for _, block := range file.Body().Blocks() {
		if block.Type() == "resource" && block.Labels()[0] == kind {
			file.Body().RemoveBlock(block)
		}
	}
	return string(file.Bytes())
}
