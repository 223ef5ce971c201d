// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// configuration returns a configuration of what accounts stand on.
func configuration(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "access", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stepOf(w *fixture.World, text string, variables config.Variables) resource.TestStep {
	return resource.TestStep{Config: w.Config(text), ConfigVariables: variables}
}

// apply runs the steps, and destroys everything then.
func apply(t *testing.T, w *fixture.World, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: w.Factories(), Steps: steps})
}

// TestAccNobodyLosesAccess makes ordinary changes of what accounts stand on, there and back, each in one
// apply. After every request that changes something, Azure itself is asked whether each account can access
// its key. The plan after has nothing to do, and everything is destroyed at once.
func TestAccNobodyLosesAccess(t *testing.T) {
	t.Parallel()
	policies, roles := config.Variables{"roles": config.BoolVariable(false)}, config.Variables{"roles": config.BoolVariable(true)}
	for name, test := range map[string]struct {
		file string
		with config.Variables
	}{
		"identity renamed":                   {"identity_renamed_media.tf", nil},
		"identity renamed, encryption block": {"identity_renamed_inline.tf", nil},
		"system to user identity, policies":  {"system_to_user.tf", policies},
		"system to user identity, roles":     {"system_to_user.tf", roles},
		"another vault":                      {"another_vault.tf", nil},
		"vault renamed":                      {"vault_renamed.tf", nil},
		"another key":                        {"another_key.tf", nil},
		"shared identity":                    {"shared_identity.tf", nil},
		"secondary storage account":          {"secondary_storage.tf", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			access := w.WatchAccess(w.ID(azure.MediaAccountType, "contosomedia"), w.ID(azure.VideoAnalyzerType, "contosovideo"),
				w.ID(azure.StorageAccountType, "contosostore"), w.ID(azure.StorageAccountType, "fabrikamstore"))
			text := configuration(t, test.file)
			step := func(after bool) resource.TestStep {
				variables := config.Variables{"after": config.BoolVariable(after)}
				maps.Copy(variables, test.with)
				return stepOf(w, text, variables)
			}
			apply(t, w, step(false), step(true), step(false))
			access.Check(t)
		})
	}
}

// TestAccNobodyLosesAccess_withoutLifecycle: where only Terraform's order stands in the way, the change is
// refused before anything is lost, and the error prints the lines that are missing.
func TestAccNobodyLosesAccess_withoutLifecycle(t *testing.T) {
	t.Parallel()
	const lines = "lifecycle { create_before_destroy = true }"
	for file, test := range map[string]struct {
		phrases []string
		// moved says that the grant had moved by then, which takes nothing away.
		moved bool
	}{
		"identity_renamed_media.tf":  {[]string{"(CMK017)", lines, "azuremedia_user_assigned_identity"}, false},
		"identity_renamed_inline.tf": {[]string{"(CMK017)", lines, "azuremedia_user_assigned_identity"}, false},
		"another_vault.tf":           {[]string{"(CMK014)", lines}, true},
		"vault_renamed.tf":           {[]string{"(CMK014)", lines}, false},
		"secondary_storage.tf":       {[]string{"(ACC006)", lines}, false},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			access := w.WatchAccess(w.ID(azure.MediaAccountType, "contosomedia"), w.ID(azure.VideoAnalyzerType, "contosovideo"),
				w.ID(azure.StorageAccountType, "contosostore"))
			text := configuration(t, file)
			plain := strings.ReplaceAll(text, "create_before_destroy = true", "")
			step := func(after bool) resource.TestStep {
				return stepOf(w, plain, config.Variables{"after": config.BoolVariable(after)})
			}
			refused, back := step(true), step(false)
			refused.ExpectError = check.Says(test.phrases...)
			if !test.moved {
				back.ConfigPlanChecks = check.Unchanged()
			}
			apply(t, w, step(false), refused, back)
			access.Check(t)
		})
	}
}

// TestAccNobodyLosesAccess_primaryStorage: Azure gives an account no other primary storage account, so the
// plan is refused, and names the steps by hand.
func TestAccNobodyLosesAccess_primaryStorage(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	text := configuration(t, "secondary_storage.tf")
	named := strings.NewReplacer(`"contosoprimary"`, `var.after ? "contosonew" : "contosoprimary"`,
		`var.after ? "contosothird" : "contososecond"`, `"contososecond"`).Replace(text)
	step := func(after bool) resource.TestStep {
		return stepOf(w, named, config.Variables{"after": config.BoolVariable(after)})
	}
	refused, back := step(true), step(false)
	refused.PlanOnly = true
	refused.ExpectError = check.Says("Primary Storage Account Cannot Be Changed (ACC001)", "replaced by this plan", "by hand")
	back.ConfigPlanChecks = check.Unchanged()
	apply(t, w, step(false), refused, back)
}

// TestAccNobodyLosesAccess_grantRemoved: a grant in use is not removed in one step with the change that ends its
// use, since Terraform removes it first. The error names the steps, which work.
func TestAccNobodyLosesAccess_grantRemoved(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	access := w.WatchAccess(w.ID(azure.MediaAccountType, "contosomedia"))
	text := configuration(t, "grant_removed.tf")
	step := func(number int) resource.TestStep {
		return stepOf(w, text, config.Variables{"step": config.IntegerVariable(number)})
	}
	refused := step(2)
	refused.ExpectError = check.Says("(CMK016)", "First give each account another key or identity", "Nothing was changed")
	apply(t, w, step(0), refused, step(1), step(2))
	access.Check(t)
}

// TestAccDestroy destroys everything in one command, whatever was lost before.
func TestAccDestroy(t *testing.T) {
	t.Parallel()
	text := configuration(t, "identity_renamed_media.tf")
	for name, lose := range map[string]func(w *fixture.World){
		"key disabled": func(w *fixture.World) {
			w.UpdateKey("contoso-keys", "media", "", azkeys.KeyAttributes{Enabled: to.Ptr(false)})
		},
		"key deleted":   func(w *fixture.World) { w.DeleteKey("contoso-keys", "media") },
		"key purged":    func(w *fixture.World) { w.DeleteKey("contoso-keys", "media"); w.Advance(100 * 24 * time.Hour) },
		"vault deleted": func(w *fixture.World) { w.DeleteVault("contoso-keys") },
		"grant revoked": func(w *fixture.World) {
			_, principal := w.Identity("reader")
			w.Revoke("contoso-keys", principal)
		},
		"identity deleted": func(w *fixture.World) { w.DeleteIdentity("reader") },
		"account deleted":  func(w *fixture.World) { w.DeleteAccount("contosomedia") },
		"detached":         func(w *fixture.World) { w.Detach("contosomedia") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			step := stepOf(w, text, config.Variables{"after": config.BoolVariable(false)})
			broken := step
			broken.PreConfig, broken.Destroy = func() { lose(w) }, true
			apply(t, w, step, broken)
		})
	}
}
