// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestInit_overwritesNothing(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"main.tf", "other.tf", "other.tf.json", "tests/rehearsal.tftest.hcl"} {
		folder := t.TempDir()
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, "init", folder); err == nil || !strings.Contains(err.Error(), name+": name a new folder") {
			t.Errorf("beside %s: %v", name, err)
		}
		if content, err := os.ReadFile(file); err != nil || string(content) != "mine" {
			t.Errorf("%s: %s, %v", name, content, err)
		}
		if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
			t.Errorf("beside %s: %v, %v", name, entries, err)
		}
	}
	if _, err := run(t, "init", "a", "b"); err == nil || !strings.Contains(err.Error(), "has no place for") {
		t.Error(err)
	}
}

// testInit tests what `init` writes as it says itself, with the program in a folder in the hands of Terraform.
func testInit(t *testing.T, bin string) {
	t.Helper()
	terraform := acctest.CommandLine(t)
	settings := filepath.Join(t.TempDir(), "cli.tfrc")
	if err := os.WriteFile(settings, fmt.Appendf(nil,
		"provider_installation {\n  dev_overrides {\n    \"azuremedia/azuremedia\" = %q\n  }\n  direct {}\n}\n", bin), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TF_CLI_CONFIG_FILE", settings)
	folder := filepath.Join(t.TempDir(), "module")
	if output := must(t, "init", folder); !strings.Contains(output, "cd "+folder+" && rehearsal exec -- sh -c") {
		t.Errorf("init: %s", output)
	}
	if output, err := run(t, "exec", "--", terraform, "-chdir="+folder, "fmt", "-check", "-recursive"); err != nil {
		t.Errorf("fmt: %v, %s", err, output)
	}
	output, err := run(t, "exec", "--", terraform, "-chdir="+folder, "test", "-no-color")
	if err != nil || !strings.Contains(output, "Success! 2 passed, 0 failed.") {
		t.Errorf("test: %v\n%s", err, output)
	}
}
