// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

var pasted = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// TestAccGuide_storageAccounts does what a reader of the guide does: pastes its configuration, and runs its commands.
func TestAccGuide_storageAccounts(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(docs, "guides/storage-accounts.md"))
	if err != nil {
		t.Fatal(err)
	}
	configuration := pasted.FindSubmatch(guide)
	if configuration == nil {
		t.Fatal("the guide has no configuration")
	}
	acctest.Commands(t, fstest.MapFS{"main.tf": &fstest.MapFile{Data: configuration[1], Mode: 0o600}}, string(guide))
}
