// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// TestAccModules leads the example modules through a rotation, as a pipeline runs them.
func TestAccModules(t *testing.T) {
	t.Parallel()
	command, provider := acctest.CommandLine(t), buildProvider(t)
	modules, err := filepath.Abs("../../../examples/modules")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		module                                string
		settles                               int // hours
		arguments, output, complete, settling string
	}{
		"key-rotation": {
			"key-rotation", 7,
			`storage_account_id = azuremedia_storage_account.test.id
			account_ids        = [azuremedia_account.test.id]`,
			"phase", `"complete"`, `"settling"`,
		},
		"key-rotation with a secret": { // Its readers have a day.
			"key-rotation", 25,
			`storage_account_id = azuremedia_storage_account.test.id
			secrets = [{ key_vault_id = azuremedia_key_vault.test.id, name = "storage-key" }]`,
			"phase", `"complete"`, `"settling"`,
		},
		"account-key-rotation": {
			"account-key-rotation", 7,
			`account_name        = azuremedia_account.test.name
			resource_group_name = azuremedia_account.test.resource_group_name`,
			"phases", `:"complete"}`, `:"settling"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, t.TempDir(), &calls{t: t, terraform: command, provider: provider})
			ground := ground + vault
			p.configure(ground)
			p.must() // The module asks Azure which storage accounts there are.
			apply := func(request, want string) {
				t.Helper()
				p.configure(ground + fmt.Sprintf("module \"keys\" {\n  source  = %q\n  request = %q\n  %s\n}\n"+
					"output \"phase\" {\n  value = module.keys.%s\n}\n",
					filepath.Join(modules, test.module), request, test.arguments, test.output))
				if output, code := p.run(nil, "get"); code != 0 {
					t.Fatalf("getting the module: %s", output)
				}
				p.must()
				shown, code := p.run(nil, "output", "-json", "phase")
				if code != 0 || !strings.HasSuffix(strings.TrimSpace(shown), want) {
					t.Errorf("the phase is %s, want %s", shown, want)
				}
				if !p.empty() {
					t.Error("the plan is not empty")
				}
			}
			apply("none", test.complete)
			p.advance(test.settles)
			apply("june", test.settling)
			p.advance(test.settles)
			apply("june", test.complete)
		})
	}
}

// TestAccPipeline applies the configuration for a pipeline to keys that have reached their age, as its
// schedule does: the first run says that they are overdue, the next two rotate them. Its backend keeps
// the state for that.
func TestAccPipeline(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), &calls{t: t, terraform: acctest.CommandLine(t), provider: buildProvider(t)})
	p.configure(ground)
	p.must()
	if err := os.Remove(filepath.Join(p.folder, stateFile)); err != nil {
		t.Fatal(err)
	}
	module, err := filepath.Abs("../../../examples/modules/key-rotation")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(module, "pipeline", "main.tf")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, diags := hclwrite.ParseConfig(content, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range root.Body().Blocks() {
		switch block.Type() {
		case "terraform":
			if block.Body().FirstMatchingBlock("backend", []string{"azurerm"}) == nil {
				t.Error("there is no backend")
			}
			root.Body().RemoveBlock(block)
		case "provider": // The test has its own.
			root.Body().RemoveBlock(block)
		}
	}
	p.configure(strings.Replace(string(root.Bytes()), `"../"`, fmt.Sprintf("%q", module), 1))
	group := "/subscriptions/" + p.server.Ready().SubscriptionID + "/resourceGroups/" + fixture.Group
	write(t, filepath.Join(p.folder, "terraform.tfvars"), fmt.Sprintf("storage_account_id = %q\naccount_ids = [%q]\n",
		group+"/providers/Microsoft.Storage/storageAccounts/contoso",
		group+"/providers/Microsoft.Media/mediaservices/contoso"), 0o600)
	if output, code := p.run(nil, "get"); code != 0 {
		t.Fatalf("getting the module: %s", output)
	}
	if err := p.server.Azure().Advance(t.Context(), 101*day); err != nil {
		t.Fatal(err)
	}
	for _, run := range []struct{ phase, says string }{
		{"complete", "Storage Key Rotation Overdue"},
		{"settling", "Storage Key Rotation Settling"},
		{"complete", "Storage Key Rotation Planned"},
	} {
		output, ok := p.apply()
		if !ok || p.phase() != run.phase || !strings.Contains(output, run.says) {
			t.Errorf("the phase is %s, want %s with %s:\n%s", p.phase(), run.phase, run.says, output)
		}
		p.advance(7)
	}
	if !p.empty() {
		t.Error("the plan is not empty")
	}
}
