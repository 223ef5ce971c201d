// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestAccSchemas_areWhatTerraformSays holds the schemas that are written here against those that
// the command line prints, as far as its version knows of the kinds.
func TestAccSchemas_areWhatTerraformSays(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests run with TF_ACC=1")
	}
	file := filepath.Join(t.TempDir(), "schemas.json")
	if err := writeSchemas(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ours := onlySchema(t, text)
	theirs := onlySchema(t, printedByTerraform(t))
	for _, kinds := range []string{
		"provider", "resource_schemas", "data_source_schemas", "ephemeral_resource_schemas", "list_resource_schemas",
		"action_schemas", "functions",
	} {
		if _, knows := theirs[kinds]; !knows { // Lists came with Terraform 1.13, actions with 1.14.
			continue
		}
		if diff := gocmp.Diff(theirs[kinds], ours[kinds]); diff != "" {
			t.Errorf("%s (-terraform +written here):\n%s", kinds, diff)
		}
	}
}

func onlySchema(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var document struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Schemas) != 1 {
		t.Fatalf("the document has the schemas of %d providers", len(document.Schemas))
	}
	for _, schema := range document.Schemas {
		return schema
	}
	return nil
}

// printedByTerraform builds the provider and has the command line ask it.
func printedByTerraform(t *testing.T) []byte {
	t.Helper()
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", folder, "../..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the provider: %v\n%s", err, output)
	}
	write := func(name, text string) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	config := write("cli.tfrc", fmt.Sprintf(
		"provider_installation {\n  dev_overrides {\n    \"azuremedia/azuremedia\" = %q\n  }\n}\n", folder))
	write("main.tf", "terraform {\n  required_providers {\n    azuremedia = {\n"+
		"      source = \"azuremedia/azuremedia\"\n    }\n  }\n}\n")

	terraform := cmp.Or(os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform")
	ask := exec.CommandContext(t.Context(), terraform, "providers", "schema", "-json")
	ask.Dir = folder
	ask.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1")
	var stderr strings.Builder
	ask.Stderr = &stderr
	output, err := ask.Output()
	if err != nil {
		t.Fatalf("asking %s for the schemas: %v\n%s", terraform, err, stderr.String())
	}
	return output
}
