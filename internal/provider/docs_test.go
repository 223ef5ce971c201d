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
)

// docs is the folder of the registry documentation, seen from here.
const docs = "../../docs"

// pages returns every page of the registry documentation, by its path below docs.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	if err := filepath.WalkDir(docs, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(docs, path)
		found[filepath.ToSlash(name)] = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

var subcategory = regexp.MustCompile(`(?m)^subcategory: "(.*)"$`)

// TestDocs_haveTheirPlace has every page stand in a group of the sidebar, and those of retired services say that they
// are.
func TestDocs_haveTheirPlace(t *testing.T) {
	t.Parallel()
	groups := []string{
		"Storage", "Key Vault", "Customer-Managed Keys", "Base", "Media Services (retired)", "Video Analyzer (retired)",
	}
	for name, text := range pages(t) {
		folder, page, _ := strings.Cut(name, "/")
		if page == "" || folder == "guides" || folder == "functions" {
			continue
		}
		group := subcategory.FindStringSubmatch(text)
		if group == nil || !slices.Contains(groups, group[1]) {
			t.Errorf("%s is in the group %q: templates/subcategory gives each page its group", name, group)
			continue
		}
		retired := slices.Contains([]string{"account.md", "accounts.md", "video_analyzer.md"}, page)
		if retired != strings.HasSuffix(group[1], "(retired)") || retired != strings.Contains(text, ")\n\n~> **Retired.** ") {
			t.Errorf("%s, in the group %q, does not say at its top whether the service is retired", name, group[1])
		}
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	anchor  = regexp.MustCompile(`<a id="([^"]+)">`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	noSlug  = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors returns what a link can lead to within a page.
func anchors(text string) (found []string) {
	for _, match := range anchor.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		slug := noSlug.ReplaceAllString(strings.ToLower(match[1]), "")
		found = append(found, strings.ReplaceAll(slug, " ", "-"))
	}
	return found
}

// TestDocs_linksLeadSomewhere follows every link between the pages of the documentation, and those of the README.
func TestDocs_linksLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	follow := func(from, base, text string) {
		for _, match := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			path, fragment, _ := strings.Cut(match[1], "#")
			target := from
			if path != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(from), path))
			}
			page, ok := all[strings.TrimPrefix(target, base)]
			if _, err := os.Stat(filepath.Join("../..", target)); !ok && (base == "" || err != nil) {
				t.Errorf("%s leads to %s, which is nowhere", from, match[1])
			}
			if fragment != "" && !slices.Contains(anchors(page), fragment) {
				t.Errorf("%s leads to %s, and there is no such heading", from, match[1])
			}
		}
	}
	for name, text := range all {
		follow(name, "", text)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	follow("README.md", "docs/", string(readme))
}
