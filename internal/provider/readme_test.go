// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// readmeExample is the configuration that the README and the registry's front page show.
const readmeExample = "storage-with-azurerm"

// TestReadme_showsTheExample checks that the README shows the example word for word.
func TestReadme_showsTheExample(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := os.ReadFile(filepath.Join(examples, readmeExample, "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```terraform\n"+string(configuration)+"```\n") {
		t.Errorf("README.md does not show examples/%s/main.tf as it is", readmeExample)
	}
}

// TestAccReadme_storageAccount applies the README's example, with this provider's storage account and vault in place of
// azurerm's, and that of this provider alone, and rotates both keys as their comments say.
func TestAccReadme_storageAccount(t *testing.T) {
	t.Parallel()
	for _, name := range []string{readmeExample, "byok-storage"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rotateBothKeys(t, withoutAzurerm(t, example(t, name, "main.tf")))
		})
	}
}

// rotateBothKeys applies a configuration with azuremedia_storage_key_rotation.app when its keys are new, when they are
// 90 days old, and six hours later.
func rotateBothKeys(t *testing.T, configuration string) {
	t.Helper()
	azure := acctest.New(t)
	config := azure.Config(configuration)
	phase := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(
			"azuremedia_storage_key_rotation.app", tfjsonpath.New("phase"), knownvalue.StringExact(want))}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: phase("complete")},
			{
				PreConfig: func() { azure.Advance(91 * 24 * time.Hour) },
				Config:    config, ConfigStateChecks: phase("settling"),
			},
			{
				PreConfig: func() { azure.Advance(6*time.Hour + time.Minute) },
				Config:    config, ConfigStateChecks: phase("complete"),
			},
		},
		CheckDestroy: azure.Empty,
	})
	if keys := len(azure.Requests(http.MethodPost, "/regenerateKey")); keys != 2 {
		t.Errorf("%d keys were regenerated, want both", keys)
	}
}
