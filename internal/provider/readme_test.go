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
const readmeExample = "byok-storage"

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

// TestAccReadme_storageAccount applies the README's example, and rotates both keys as its comments say.
func TestAccReadme_storageAccount(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	config := azure.Config(example(t, readmeExample, "main.tf"))
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
