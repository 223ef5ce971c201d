// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

// TestAccGuide_testing runs the test that the guide shows, of the configuration of the guide to storage accounts.
func TestAccGuide_testing(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(docs, "guides/testing.md"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text), Mode: 0o600} }
	acctest.Commands(t, fstest.MapFS{
		"main.tf": file(without(t, filepath.Join(examples, "byok-storage", "main.tf"), "provider") +
			"output \"key_id\" {\n  value = azuremedia_customer_key_attachment.app.current_key_id\n}\n"),
		"tests":                    &fstest.MapFile{Mode: fs.ModeDir | 0o700},
		"tests/storage.tftest.hcl": file(string(pasted.FindSubmatch(guide)[1])),
	}, string(guide))
}

// TestGuide_movesWhatCanBeMoved has every moved block of the guide to migrating lead from a type that the target takes.
func TestGuide_movesWhatCanBeMoved(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(docs, "guides/migrating.md"))
	if err != nil {
		t.Fatal(err)
	}
	proto, found := acctest.New(t).Proto(), 0
	for _, block := range pasted.FindAllSubmatch(guide, -1) {
		for _, moved := range parsed(t, "migrating.md", string(block[1])).Body().Blocks() {
			if moved.Type() != "moved" {
				continue
			}
			found++
			kind := func(name string) string {
				address := moved.Body().GetAttribute(name).Expr().BuildTokens(nil).Bytes()
				kind, _, _ := strings.Cut(strings.TrimSpace(string(address)), ".")
				return kind
			}
			_, diags := proto.Move(kind("to"), acctest.Source{
				Provider: "registry.terraform.io/hashicorp/azurerm", Type: kind("from"), State: map[string]any{},
			})
			if strings.Contains(diags.Text(), "Unable to Move Resource State") {
				t.Errorf("%s takes nothing from %s: %s", kind("to"), kind("from"), diags.Text())
			}
		}
	}
	if found < 3 {
		t.Errorf("the guide has %d moved blocks", found)
	}
}
