// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pastedModule is what the files of a folder declare and refer to.
type pastedModule struct {
	declared map[string]bool // Such as "var.location" and "azuremedia_account.media".
	required map[string]bool // The names of the providers in required_providers.
	used     map[string]bool // The names of the providers that the types begin with.
	refers   []string
}

// read adds a file to the module.
func (m *pastedModule) read(t *testing.T, name, config string) {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(config), name, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, _ := file.Body.(*hclsyntax.Body)
	for _, block := range body.Blocks {
		switch block.Type {
		case "resource":
			m.declared[strings.Join(block.Labels, ".")] = true
		case "data", "ephemeral", "module":
			m.declared[block.Type+"."+strings.Join(block.Labels, ".")] = true
		case "variable":
			m.declared["var."+block.Labels[0]] = true
		case "locals":
			for local := range block.Body.Attributes {
				m.declared["local."+local] = true
			}
		case "terraform":
			for _, inner := range block.Body.Blocks {
				for provider := range inner.Body.Attributes {
					m.required[provider] = m.required[provider] || inner.Type == "required_providers"
				}
			}
		}
		if slices.Contains([]string{"resource", "data", "ephemeral", "action", "list"}, block.Type) {
			provider, _, _ := strings.Cut(block.Labels[0], "_")
			m.used[provider] = provider != "terraform"
		}
	}
	m.follow(body)
}

// follow adds what a body refers to.
func (m *pastedModule) follow(body *hclsyntax.Body) {
	for name, attribute := range body.Attributes {
		if name == "type" || name == "provider" || name == "ignore_changes" || name == "providers" {
			continue // Names of types, of providers and of attributes.
		}
		for _, at := range hclsyntax.Variables(attribute.Expr) {
			m.refers = append(m.refers, address(at))
		}
	}
	for _, block := range body.Blocks {
		m.follow(block.Body)
	}
}

// address returns what a reference leads to, or "" for what needs no declaration.
func address(at hcl.Traversal) string {
	names := []string{at.RootName()}
	for _, step := range at[1:] {
		name, ok := step.(hcl.TraverseAttr)
		if !ok {
			break
		}
		names = append(names, name.Name)
	}
	length := 2
	switch names[0] {
	case "data", "ephemeral":
		length = 3
	case "each", "count", "self", "path", "terraform":
		return ""
	}
	if len(names) < length {
		return "" // A type, a keyword, or an element of a for expression.
	}
	if length == 2 && !slices.Contains([]string{"var", "local", "module"}, names[0]) && !strings.Contains(names[0], "_") {
		return ""
	}
	return strings.Join(names[:length], ".")
}

// TestExamples_declareWhatTheyUse has every folder of the examples name its providers, and declare all that it refers to.
func TestExamples_declareWhatTheyUse(t *testing.T) {
	t.Parallel()
	modules := map[string]*pastedModule{}
	for name, config := range configurationsToPaste(t) {
		folder := filepath.Dir(name)
		if strings.HasPrefix(filepath.Base(name), "import-") {
			continue
		}
		if strings.Contains(folder, "azuremedia_") { // Each file there is an example of its own.
			folder = name
		}
		if modules[folder] == nil {
			modules[folder] = &pastedModule{map[string]bool{}, map[string]bool{}, map[string]bool{}, nil}
		}
		modules[folder].read(t, name, config)
	}
	for folder, module := range modules {
		for provider, used := range module.used {
			if used && !module.required[provider] {
				t.Errorf("%s does not require %s", folder, provider)
			}
		}
		for _, reference := range module.refers {
			if reference != "" && !module.declared[reference] {
				t.Errorf("%s refers to %s, which it does not declare", folder, reference)
			}
		}
	}
	if len(modules) < 20 {
		t.Errorf("only %d examples were read", len(modules))
	}
}
