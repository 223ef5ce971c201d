// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// opening reads the keys in every plan and apply, and signs with one.
const opening = `
ephemeral "azuremedia_storage_account_keys" "test" {
  storage_account_id = azuremedia_storage_key_rotation.test.storage_account_id
  sas = {
    services       = ["blob"]
    resource_types = ["object"]
    permissions    = ["read"]
    valid_for      = "PT1H"
  }
}
`

// TestAccRotation_keepsSecrets looks for every value that the storage keys have had in all that
// Terraform writes: the state and its backup, plans as they are stored and shown, what is said, and
// the log at its most talkative, while a rotation goes on, fails and ends (ROT008), and the keys are read as an
// ephemeral resource.
func TestAccRotation_keepsSecrets(t *testing.T) {
	t.Parallel()
	made := &calls{t: t, terraform: acctest.CommandLine(t), provider: buildProvider(t)}
	p := open(t, t.TempDir(), made)
	p.configure(ground)
	p.must()
	p.makeVault()
	if err := os.Remove(filepath.Join(p.folder, stateFile)); err != nil {
		t.Fatal(err)
	}
	watch := watched(t, p.server.Azure())
	made.probe = watch.look

	var diags strings.Builder
	run := func(ends int, args ...string) {
		t.Helper()
		output, code := p.run([]string{"TF_LOG=TRACE", "TF_LOG_PATH=" + filepath.Join(p.folder, "trace.log")},
			append(args, "-no-color")...)
		if code != ends {
			t.Fatalf("terraform %v ends with %d, want %d:\n%s", args, code, ends, output)
		}
		diags.WriteString(output)
	}
	apply := func(trigger, more string, ends int) {
		t.Helper()
		p.configure(rotating(p.server.Ready().SubscriptionID, trigger, more) + opening)
		run(0, "plan", "-input=false", "-out=planned")
		run(0, "show", "-json", "planned")
		run(ends, "apply", "-input=false", "planned")
		run(0, "show", "-json")
	}
	secret := strings.Replace(withSecret(p.server.Ready().SubscriptionID), "name =", `holds = "connection_string", name =`, 1) + "\n"
	apply("1", secret, 0)
	p.advance(7)
	apply("2", secret, 0)
	p.advance(7)
	apply("2", secret+`verify = [{ url = "`+watch.url+`", expected_status = 418, attempts = 1 }, { signed = true }]`, 1)
	if _, err := p.server.Azure().AddFault(t.Context(), fault.Fault{
		Kind: fault.ErrorAfter, Method: "POST", Path: "*/regenerateKey",
	}); err != nil {
		t.Fatal(err)
	}
	apply("2", secret+`verify = [{ url = "`+watch.url+`" }, { signed = true }]`, 0)
	if phase := p.phase(); phase != "complete" {
		t.Errorf("the rotation ends %s", phase)
	}

	issued := watch.issued()
	if len(issued) != 4 {
		t.Fatalf("the keys have had %d values, want two each", len(issued))
	}
	texts := map[string]string{"what is said": diags.String()}
	for _, name := range []string{stateFile, stateFile + ".backup", "planned", "trace.log"} {
		content, err := os.ReadFile(filepath.Join(p.folder, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(content)
	}
	for _, call := range []string{"regenerateKey", "listKeys", "secrets/" + secretName} {
		if !strings.Contains(texts["trace.log"], call) {
			t.Errorf("the log does not know of %s", call)
		}
	}
	for name, text := range texts {
		if strings.Contains(text, "sig=") {
			t.Errorf("%s has a signature", name)
		}
		for _, value := range issued {
			raw, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				t.Fatal(err)
			}
			for _, spelling := range []string{
				value, strings.TrimRight(value, "="), base64.URLEncoding.EncodeToString(raw),
				hex.EncodeToString(raw), string(raw),
			} {
				if strings.Contains(text, spelling) {
					t.Errorf("%s has the value of a key", name)
				}
			}
		}
	}
}
