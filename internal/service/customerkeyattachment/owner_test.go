// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// The files of a configuration in which the encryption of an account may have several owners.
const (
	ownedGround = `
terraform {
  required_providers {
    azuremedia = { source = "azuremedia/azuremedia" }
  }
}

provider "azuremedia" {
  environment = "rehearsal"
  rehearsal   = { data_file = "${path.module}/../azure.db" }
}
`
	owned = `
resource "azuremedia_resource_group" "rg" {
  name     = "owned"
  location = "westeurope"
}

resource "azuremedia_storage_account" "sa" {
  name                = "ownedone"
  resource_group_name = azuremedia_resource_group.rg.name
  location            = "westeurope"
}

resource "azuremedia_user_assigned_identity" "u" {
  name                = "reader"
  resource_group_name = azuremedia_resource_group.rg.name
  location            = "westeurope"
}

resource "azuremedia_key_vault" "kv" {
  name                = "owned-keys"
  resource_group_name = azuremedia_resource_group.rg.name
  location            = "westeurope"
}

resource "azuremedia_key_vault_key" "a" {
  name         = "a"
  key_vault_id = azuremedia_key_vault.kv.id
}

resource "azuremedia_key_vault_key" "b" {
  name         = "b"
  key_vault_id = azuremedia_key_vault.kv.id
}

resource "azuremedia_customer_key_grant" "g" {
  key_vault_id = azuremedia_key_vault.kv.id
  principal_id = azuremedia_user_assigned_identity.u.principal_id
}

resource "azuremedia_account" "ma" {
  name                = "ownedmedia"
  resource_group_name = azuremedia_resource_group.rg.name
  location            = "westeurope"
  identity            = { type = "UserAssigned", identity_ids = [azuremedia_user_assigned_identity.u.id] }
  storage_accounts    = [{ id = azuremedia_storage_account.sa.id, is_primary = true }]
  # ENCRYPTION
  depends_on = [azuremedia_customer_key_grant.g]
}

output "id" {
  value = azuremedia_account.ma.id
}
`
	argument = `encryption = {
    type                      = "CustomerKey"
    key_vault_key_id          = azuremedia_key_vault_key.KEY.versionless_id
    user_assigned_identity_id = azuremedia_user_assigned_identity.u.id
  }`
	attached1 = `
resource "azuremedia_customer_key_attachment" "NAME" {
  account_id                = azuremedia_account.ma.id
  key_vault_key_id          = azuremedia_key_vault_key.KEY.versionless_id
  user_assigned_identity_id = azuremedia_user_assigned_identity.u.id
}
`
	importing = `
import {
  to = azuremedia_customer_key_attachment.NAME
  id = azuremedia_account.ma.id
}
`
)

// owners runs configurations with several owners of one encryption.
type owners struct {
	t   *testing.T
	run func(script string) ([]byte, error)
}

func newOwners(t *testing.T) owners {
	t.Helper()
	return owners{t, acctest.Shell(t, fstest.MapFS{
		"one/provider.tf": {Data: []byte(ownedGround)}, "two/provider.tf": {Data: []byte(ownedGround)},
	})}
}

// terraform runs a command in the folder of a configuration, which it writes first.
func (o owners) terraform(folder, config, command string) (output string, ok bool) {
	o.t.Helper()
	script := "cat > " + folder + "/main.tf <<'END'\n" + config + "\nEND\nterraform -chdir=" + folder + " " + command
	said, err := o.run(script)
	return string(said), err == nil
}

// fine applies a configuration, and finds nothing more to do.
func (o owners) fine(folder, config, says string) {
	o.t.Helper()
	if output, ok := o.terraform(folder, config, "apply -auto-approve"); !ok || !strings.Contains(output, says) {
		o.t.Fatalf("want %q:\n%s", says, output)
	}
	if output, ok := o.terraform(folder, config, "plan -detailed-exitcode"); !ok {
		o.t.Fatalf("the plan is not empty:\n%s", output)
	}
}

// refused has a command say that there are two owners.
func (o owners) refused(folder, config, command string, texts ...string) {
	o.t.Helper()
	output, ok := o.terraform(folder, config, command)
	plain := strings.Join(strings.Fields(output), " ")
	for _, want := range append(texts, "Error: Two Owners In One Configuration", "Nothing was changed.") {
		if ok || !strings.Contains(plain, want) {
			o.t.Errorf("terraform %s does not say %q:\n%s", command, want, output)
		}
	}
}

// patches counts the changes of the account.
func (o owners) patches() int {
	o.t.Helper()
	said, err := o.run("terraform-provider-azuremedia rehearsal journal --data azure.db")
	if err != nil {
		o.t.Fatalf("%v\n%s", err, said)
	}
	count := 0
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "PATCH") && strings.Contains(strings.ToLower(line), "mediaservices/ownedmedia") {
			count++
		}
	}
	return count
}

func encryptedBy(key string) string {
	return strings.Replace(owned, "# ENCRYPTION", strings.ReplaceAll(argument, "KEY", key), 1)
}

func attachedBy(name, key string) string {
	return strings.NewReplacer("NAME", name, "KEY", key).Replace(attached1)
}

func imports(name string) string { return strings.ReplaceAll(importing, "NAME", name) }

// TestAccOwners has the encryption of an account owned by the account and by attachments: two owners are
// refused at plan, and it passes from one to the other in one apply that changes nothing of the account.
func TestAccOwners(t *testing.T) {
	t.Parallel()
	o := newOwners(t)
	// Where the account is created by the same apply, the apply finds it.
	o.refused("one", encryptedBy("a")+attachedBy("a", "b"), "apply -auto-approve",
		"azuremedia_customer_key_attachment (https://owned-keys.vault.azure.net/keys/b)",
		"encryption argument of an azuremedia_account (https://owned-keys.vault.azure.net/keys/a)")
	o.fine("one", encryptedBy("a"), "0 destroyed")
	for _, command := range []string{"plan", "apply -auto-approve"} {
		o.refused("one", encryptedBy("a")+imports("a")+attachedBy("a", "b"), command,
			"remove encryption from the azuremedia_account", "remove the azuremedia_customer_key_attachment")
	}

	// From the account to an attachment, which then attaches another key.
	before := o.patches()
	o.fine("one", owned+imports("a")+attachedBy("a", "a"), "Apply complete! Resources: 1 imported, 0 added, 0 changed, 0 destroyed.")
	if after := o.patches(); after != before {
		t.Errorf("the account was changed %d times", after-before)
	}
	o.fine("one", owned+attachedBy("a", "b"), "0 added, 1 changed, 0 destroyed.")
	o.refused("one", owned+attachedBy("a", "b")+attachedBy("b", "b"), "plan")

	// Back, by an attachment that is gone and by one of which no instance is left.
	o.fine("one", encryptedBy("b"), "1 destroyed.")
	o.fine("one", owned+imports("a")+attachedBy("a", "b"), "1 imported, 0 added, 0 changed, 0 destroyed.")
	before = o.patches()
	o.fine("one", encryptedBy("b")+strings.Replace(attachedBy("a", "b"), "{\n", "{\n  count = 0\n", 1),
		"0 added, 0 changed, 1 destroyed.")
	if after := o.patches(); after != before {
		t.Errorf("the account was changed %d times", after-before)
	}
	o.fine("one", encryptedBy("a"), "0 added, 1 changed, 0 destroyed.")

	// What an import generates has one owner. Another configuration then finds its key changed.
	id, err := o.run("terraform -chdir=one output -raw id")
	if err != nil {
		t.Fatalf("%v\n%s", err, id)
	}
	both := "import {\n  to = azuremedia_account.ma\n  id = \"" + string(id) + "\"\n}\n" +
		"import {\n  to = azuremedia_customer_key_attachment.a\n  id = \"" + string(id) + "\"\n}\n"
	output, ok := o.terraform("two", both, "plan -generate-config-out=generated.tf")
	if !ok || !strings.Contains(output, "Plan: 2 to import, 0 to add, 0 to change, 0 to destroy.") {
		t.Fatalf("generating:\n%s", output)
	}
	o.fine("two", both, "2 imported, 0 added, 0 changed, 0 destroyed.")
	if _, err := o.run("sed -i s#/keys/a#/keys/b# two/generated.tf"); err != nil {
		t.Fatal(err)
	}
	o.fine("two", both, "0 added, 1 changed, 0 destroyed.")
	for _, folder := range []string{"one", "two"} {
		config := map[string]string{"one": encryptedBy("a"), "two": both}[folder]
		output, ok := o.terraform(folder, config, "plan")
		if changed := strings.Contains(output, "Warning: Changed By Somebody Else"); !ok || changed != (folder == "one") {
			t.Errorf("%s: changed by somebody else: %t\n%s", folder, changed, output)
		}
	}
	o.fine("one", encryptedBy("a"), "0 added, 1 changed, 0 destroyed.")
	if output, ok := o.terraform("two", both, "plan"); !ok || !strings.Contains(output, "Warning: Changed By Somebody Else") {
		t.Errorf("the attachment is not said to be changed:\n%s", output)
	}

	if output, ok := o.terraform("one", encryptedBy("a"), "destroy -auto-approve"); !ok {
		t.Errorf("destroying:\n%s", output)
	}
}
