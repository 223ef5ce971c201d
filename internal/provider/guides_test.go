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

// TestAccGuides does what a reader of a guide does: pastes its configuration, and runs its commands.
func TestAccGuides(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"storage-accounts", "storage-keys-in-key-vault"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			guide, err := os.ReadFile(filepath.Join(docs, "guides", name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			configuration := pasted.FindSubmatch(guide)
			if configuration == nil {
				t.Fatal("the guide has no configuration")
			}
			acctest.Commands(t, fstest.MapFS{"main.tf": &fstest.MapFile{Data: configuration[1], Mode: 0o600}}, string(guide))
		})
	}
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

var (
	titled = regexp.MustCompile(`Title *[:=]+ *"([A-Z][^"]+)"`)
	warned = regexp.MustCompile(`(?:New(?:Attribute)?(?:Error|Warning)Diagnostic|Add(?:Attribute)?(?:Error|Warning))\((?:[^"\n]*, )?"([A-Z][^"]+)"`)
)

// titles returns the titles of the messages in a file of the provider, less those of nouns and of the rules' list.
func titles(text string) (found []string) {
	for _, at := range titled.FindAllStringSubmatchIndex(text, -1) {
		before := text[:at[0]]
		if max(strings.LastIndex(before, "Refusal{"), strings.LastIndex(before, "Violation{")) > max(strings.LastIndex(before, "Noun{"),
			strings.LastIndex(before, "rule.List{")) {
			found = append(found, text[at[2]:at[3]])
		}
	}
	for _, match := range warned.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	return found
}

// TestGuide_troubleshooting has the guide name every title that a message can have.
func TestGuide_troubleshooting(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(docs, "guides/troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	page, seen := strings.ReplaceAll(string(guide), "\n", " "), 0
	for _, folder := range []string{
		"customerkey", "framework", "keyholder", "keyrotation", "mediaaccount", "naming", "protection", "provider", "service", "vaultaccess",
	} {
		if err := filepath.WalkDir(filepath.Join("..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, title := range titles(string(text)) {
				seen++
				if !strings.Contains(page, title) {
					t.Errorf("the guide does not have %q (%s)", title, path)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if seen < 80 {
		t.Errorf("only %d titles were found", seen)
	}
}
