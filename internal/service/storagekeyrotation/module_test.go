// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestAccModules leads the example modules through a rotation, as a pipeline runs them.
func TestAccModules(t *testing.T) {
	t.Parallel()
	command, provider := terraform(t), buildProvider(t)
	modules, err := filepath.Abs("../../../examples/modules")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ arguments, output, complete, settling string }{
		"key-rotation": {
			`storage_account_id = azuremedia_storage_account.test.id
			account_ids        = [azuremedia_account.test.id]`,
			"phase", `"complete"`, `"settling"`,
		},
		"account-key-rotation": {
			`account_name        = azuremedia_account.test.name
			resource_group_name = azuremedia_account.test.resource_group_name`,
			"phases", `:"complete"}`, `:"settling"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, t.TempDir(), &calls{t: t, terraform: command, provider: provider})
			p.configure(ground)
			p.must() // The module asks Azure which storage accounts there are.
			apply := func(request, want string) {
				t.Helper()
				p.configure(ground + fmt.Sprintf("module \"keys\" {\n  source  = %q\n  request = %q\n  %s\n}\n"+
					"output \"phase\" {\n  value = module.keys.%s\n}\n",
					filepath.Join(modules, name), request, test.arguments, test.output))
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
			apply("june", test.settling)
			p.advance(7)
			apply("june", test.complete)
		})
	}
}
