// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestPlan_twice plans two rotations of one storage account in one run (ROT007). Terraform plans a
// replacement twice, which is no second rotation.
func TestPlan_twice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := with(w.rotation(), acctest.Value{"rotation_interval": "P90D"})
	object := w.apply(acctest.Object{}, config)
	w.proto = w.Proto()
	change := w.proto.Plan(resourceType, object, config)
	wantSilence(t, change.Diagnostics)
	wantSilence(t, w.proto.Plan(resourceType, object, nil).Diagnostics)
	wantSilence(t, w.proto.Plan(resourceType, acctest.Object{Private: change.Private}, config).Diagnostics)

	other := acctest.Value{"storage_account_id": strings.ToUpper(w.storage("contoso")[:20]) + w.storage("contoso")[20:]}
	diags := w.proto.Plan(resourceType, acctest.Object{}, other).Diagnostics
	wantSaid(t, diags.Errors(), "Storage Account Rotated Twice (ROT007)", "for contoso in this configuration",
		"this one with no dependent", `the other one with 1 dependent: Media Services account contoso and rotation_interval = "P90D"`,
		"remove the other, which changes no key", "Nothing was changed.")
	wantSilence(t, w.proto.Plan(resourceType, acctest.Object{}, acctest.Value{
		"storage_account_id": w.newStorage("another"),
	}).Diagnostics)
}

// TestAccRotation_twice has the command line plan two rotations of one storage account, and everything
// that looks like it: a forced replacement, two rotations that swap their storage accounts, a rotation
// with another name, and the end of two that are in the state already.
func TestAccRotation_twice(t *testing.T) {
	t.Parallel()
	p := open(t, t.TempDir(), &calls{t: t, terraform: acctest.CommandLine(t), provider: buildProvider(t)})
	stores := strings.ReplaceAll(ground, `"contoso"`, `"contosoone"`) + `
resource "azuremedia_storage_account" "two" {
  name                = "contosotwo"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}
`
	p.configure(stores)
	p.must()
	rotation := func(name, account string) string {
		return fmt.Sprintf(`
resource "azuremedia_storage_key_rotation" %q {
  storage_account_id = azuremedia_storage_account.%s.id
  lifecycle { create_before_destroy = true }
}
`, name, account)
	}
	p.configure(stores + rotation("a", "test") + rotation("b", "test"))
	for _, arguments := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
		output, code := p.run(nil, append(arguments, "-input=false", "-no-color")...)
		if code != 1 || strings.Count(output, "Error: Storage Account Rotated Twice (ROT007)") != 1 {
			t.Errorf("terraform %v ends with %d:\n%s", arguments, code, output)
		}
	}
	fine := func(resources string, arguments ...string) {
		t.Helper()
		p.configure(stores + resources)
		output, code := p.run(nil, append([]string{"apply", "-auto-approve", "-input=false", "-no-color"}, arguments...)...)
		if code != 0 {
			t.Fatalf("terraform apply %v ends with %d:\n%s", arguments, code, output)
		}
		if !p.empty() {
			t.Error("the plan is not empty")
		}
	}
	fine(rotation("a", "test") + rotation("b", "two"))
	fine(rotation("a", "test")+rotation("b", "two"), "-replace=azuremedia_storage_key_rotation.a")
	fine(rotation("a", "two") + rotation("b", "test"))
	fine(rotation("c", "two") + rotation("b", "test") +
		"moved {\n  from = azuremedia_storage_key_rotation.a\n  to   = azuremedia_storage_key_rotation.c\n}\n")
	fine(rotation("d", "two") + rotation("b", "test")) // One is removed, and one takes its place.

	p.edit(func(resource map[string]any) {
		if resource["name"] == "d" {
			attributes := resource["instances"].([]any)[0].(map[string]any)["attributes"].(map[string]any)
			for _, name := range []string{"id", "storage_account_id"} {
				attributes[name] = strings.Replace(attributes[name].(string), "contosotwo", "contosoone", 1)
			}
		}
	})
	p.configure(stores + rotation("d", "test") + rotation("b", "test"))
	if output, code := p.run(nil, "plan", "-refresh-only", "-input=false", "-no-color"); code != 0 {
		t.Errorf("refreshing two rotations ends with %d:\n%s", code, output)
	}
	if output, code := p.run(nil, "destroy", "-auto-approve", "-input=false", "-no-color"); code != 0 {
		t.Errorf("destroying two rotations ends with %d:\n%s", code, output)
	}
}
