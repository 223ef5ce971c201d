// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestAccUpgrade has this version go on where an earlier one stopped. Each folder of testdata/upgrade has a
// configuration of every resource, the state that the version of that name left behind, and its rehearsal:
// the plan is empty, and everything can be changed and destroyed.
func TestAccUpgrade(t *testing.T) {
	t.Parallel()
	versions, err := filepath.Glob(filepath.Join("testdata", "upgrade", "*"))
	if err != nil || len(versions) == 0 {
		t.Fatalf("there is nothing to upgrade from: %v", err)
	}
	for _, version := range versions {
		t.Run(filepath.Base(version), func(t *testing.T) {
			t.Parallel()
			run := acctest.Shell(t, os.DirFS(version))
			for _, step := range []struct{ script, says string }{
				{"gunzip azure.db.gz && mv state.json terraform.tfstate && terraform plan -detailed-exitcode", "No changes."},
				{"sed -i.before 's/team = \"video\"/team = \"media\"/' main.tf && terraform apply -auto-approve", "0 added, 1 changed, 0 destroyed"},
				{"terraform plan -detailed-exitcode", "No changes."},
				{"terraform apply -destroy -auto-approve", "0 added, 0 changed, 16 destroyed"},
			} {
				if output, err := run(step.script); err != nil || !strings.Contains(string(output), step.says) {
					t.Fatalf("%s: %v\n%s", step.script, err, output)
				}
			}
		})
	}
}
