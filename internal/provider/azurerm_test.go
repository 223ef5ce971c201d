// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	_ "embed"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// azurermTypes are the arguments that azurerm 4.42 and 5.2 both have, of the types that the examples use.
//
//go:embed testdata/azurerm.json
var azurermTypes []byte

// azurermType is a resource or data source of azurerm. A block's arguments are named "identity.type".
type azurermType struct {
	Required  []string `json:"required"`
	Arguments []string `json:"arguments"`
}

// TestExamples_besideAzurerm holds what the examples and guides write of azurerm to the names that both of its
// major versions have.
func TestExamples_besideAzurerm(t *testing.T) {
	t.Parallel()
	var types map[string]azurermType
	if err := json.Unmarshal(azurermTypes, &types); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, config := range configurationsToPaste(t) {
		for _, block := range parsed(t, name, config).Body().Blocks() {
			if len(block.Labels()) == 0 || !strings.HasPrefix(block.Labels()[0], "azurerm_") {
				continue
			}
			checked++
			kind := block.Labels()[0]
			if block.Type() == "data" {
				kind = "data." + kind
			}
			if _, ok := types[kind]; !ok {
				t.Errorf("%s: nothing is known of %s: add it to testdata/azurerm.json", name, kind)
				continue
			}
			for _, wrong := range types[kind].wrong(block.Body()) {
				t.Errorf("%s: %s %s", name, kind, wrong)
			}
		}
	}
	if checked == 0 {
		t.Error("no example has anything of azurerm")
	}
}

// wrong returns what a block has that azurerm doesn't know, and what it lacks.
func (a azurermType) wrong(body *hclwrite.Body) (found []string) {
	var given []string
	given = append(given, slices.Sorted(maps.Keys(body.Attributes()))...)
	for _, block := range body.Blocks() {
		given = append(given, block.Type())
		for inner := range block.Body().Attributes() {
			given = append(given, block.Type()+"."+inner)
		}
	}
	for _, name := range given {
		meta := slices.Contains([]string{"lifecycle", "timeouts", "for_each", "count", "provider", "depends_on"}, strings.Split(name, ".")[0])
		if !meta && !slices.Contains(a.Required, name) && !slices.Contains(a.Arguments, name) {
			found = append(found, "has no "+name)
		}
	}
	for _, name := range a.Required {
		parent, _, inner := strings.Cut(name, ".")
		if !slices.Contains(given, name) && (!inner || slices.Contains(given, parent)) {
			found = append(found, "needs "+name)
		}
	}
	return found
}

// configurationsToPaste returns every configuration of the examples, by file.
func configurationsToPaste(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	if err := filepath.WalkDir(examples, func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".tf" {
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// parsed returns a configuration to read or to change.
func parsed(t *testing.T, name, config string) *hclwrite.File {
	t.Helper()
	file, diags := hclwrite.ParseConfig([]byte(config), name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return file
}

// withoutAzurerm returns a configuration with this provider's resources in place of azurerm's, so that a test can
// apply it without azurerm: all the rest of it is as people paste it. What this provider has no resource for is
// left out.
func withoutAzurerm(t *testing.T, config string) string {
	t.Helper()
	file := parsed(t, "main.tf", config)
	schemas := acctest.New(t).Proto().Schemas().ResourceSchemas
	var gone []string
	for _, block := range file.Body().Blocks() {
		if len(block.Labels()) == 0 || !strings.HasPrefix(block.Labels()[0], "azurerm_") {
			continue
		}
		ours := strings.Replace(block.Labels()[0], "azurerm", "azuremedia", 1)
		schema, ok := schemas[ours]
		if !ok || block.Type() == "data" {
			gone = append(gone, strings.Join(block.Labels(), "."))
			file.Body().RemoveBlock(block)
			continue
		}
		block.SetLabels([]string{ours, block.Labels()[1]})
		for name := range block.Body().Attributes() {
			if !slices.ContainsFunc(arguments(schema.Block.Attributes), func(a argument) bool { return a.String() == name }) {
				block.Body().RemoveAttribute(name)
			}
		}
		for _, inner := range block.Body().Blocks() {
			if inner.Type() == "identity" {
				tokens := hclwrite.TokensForIdentifier("{" + string(inner.Body().BuildTokens(nil).Bytes()) + "}")
				block.Body().SetAttributeRaw("identity", tokens)
			}
			block.Body().RemoveBlock(inner)
		}
	}
	for _, block := range file.Body().Blocks() {
		if needs := block.Body().GetAttribute("depends_on"); needs != nil && slices.ContainsFunc(gone, func(address string) bool {
			return strings.Contains(string(needs.Expr().BuildTokens(nil).Bytes()), address)
		}) {
			block.Body().RemoveAttribute("depends_on")
		}
	}
	return strings.NewReplacer("azurerm_", "azuremedia_", ".identity[0]", ".identity").Replace(string(file.Bytes()))
}
