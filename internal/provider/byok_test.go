// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestAccExamples_byokStepByStep walks through the documented procedure as its README says: a file at
// a time, a new version of the key and its detection, and the deletions in their order.
func TestAccExamples_byokStepByStep(t *testing.T) {
	t.Parallel()
	const folder = "byok-step-by-step"
	azure := acctest.New(t)
	files, err := filepath.Glob(filepath.Join(examples, folder, "*.tf"))
	if err != nil || len(files) != 9 {
		t.Fatalf("found %v, %v", files, err)
	}
	generation := func(number int64) config.Variables {
		return config.Variables{"key_generation": config.IntegerVariable(number)}
	}
	says := func(sentence string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("key_in_use", knownvalue.StringFunc(func(diags string) error {
			if !strings.Contains(diags, sentence) {
				t.Errorf("said %q, want %q", diags, sentence)
			}
			return nil
		}))}
	}

	var steps []resource.TestStep
	var walked strings.Builder
	for i, file := range files {
		walked.WriteString(example(t, folder, filepath.Base(file)))
		if i > 0 { // The first has nothing but the provider and the resource group.
			steps = append(steps, resource.TestStep{Config: azure.Config(walked.String())})
		}
	}
	all := azure.Config(walked.String())
	steps[len(steps)-1].ConfigStateChecks = says("which is the newest.")
	steps = append(steps,
		resource.TestStep{
			Config: all, ConfigVariables: generation(2), ConfigStateChecks: says("by itself, within about 5 minutes."),
		},
		resource.TestStep{
			PreConfig: func() { azure.Advance(5 * time.Minute) },
			Config:    all, ConfigVariables: generation(2), ConfigStateChecks: says("which is the newest."),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("azuremedia_customer_key_attachment.media", plancheck.ResourceActionNoop),
			}},
		})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(), Steps: steps, CheckDestroy: azure.Empty,
	})

	var deleted []int
	for _, path := range []string{"/mediaservices/contosobyok", "/storageaccounts/contosobyokstorage"} {
		for _, request := range azure.Requests("DELETE", path) {
			deleted = append(deleted, request.Number)
		}
	}
	if len(deleted) != 2 || !slices.IsSorted(deleted) {
		t.Errorf("the account and its storage account were deleted as the requests %v", deleted)
	}
}

// TestExamples_byokStepByStepTellsOfEveryFile holds the README against the files.
func TestExamples_byokStepByStepTellsOfEveryFile(t *testing.T) {
	t.Parallel()
	const folder = examples + "/byok-step-by-step"
	told, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".tf") && !strings.Contains(string(told), "]("+name+")") {
			t.Errorf("README.md does not tell of %s", name)
		}
	}
}
