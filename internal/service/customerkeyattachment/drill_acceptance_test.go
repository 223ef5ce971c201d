// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment_test

import (
	"context"
	"regexp"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

// TestAccDrill_heals loses access in a configuration that has all of it: vault, key, grant and account.
// `terraform apply` is the remedy then, because what was lost is created again, which recovers it.
func TestAccDrill_heals(t *testing.T) {
	t.Parallel()
	azure, somebody := opened(t)
	config := azure.Config(procedure(false, following, ""))
	heals := func(lose func(world)) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { lose(somebody()) },
			Config:    config, ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
		}
	}
	deleteKey := func(w world) { w.DeleteKey("keys", "media") }
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			heals(deleteKey),
			{
				// A vault is recovered before anything is applied: with it, state and configuration still fit.
				PreConfig: func() { somebody().DeleteVault("keys") },
				Config:    config, PlanOnly: true, ExpectNonEmptyPlan: true,
			},
			{PreConfig: func() { somebody().RecoverVault("keys") }, Config: config, ConfigPlanChecks: check.Unchanged()},
			heals(func(w world) { w.Revoke("keys", w.Principal("contoso")) }),
			{
				// The old version is disabled before the account has moved to the new one.
				PreConfig: func() {
					w := somebody()
					old := version(w.newest())
					w.Rotate("keys", "media")
					w.UpdateKey("keys", "media", old, azkeys.KeyAttributes{Enabled: to.Ptr(false)})
				},
				Config:      config,
				ExpectError: regexp.MustCompile(`(?s)\(CMK012\).*which\s+the\s+account\s+runs\s+on,\s+is\s+disabled`),
			},
			{
				PreConfig: func() {
					w := somebody()
					w.UpdateKey("keys", "media", w.current(), azkeys.KeyAttributes{Enabled: to.Ptr(true)})
				},
				Config: config, ConfigPlanChecks: check.Unchanged(),
			},
			{PreConfig: func() { deleteKey(somebody()) }, Config: config, Destroy: true},
		},
	})
}

// TestAccDrill loses access to a key that somebody else manages, and lets the command line tell of it:
// the apply fails with the cause, what it told to do is done, and the next plan is empty.
func TestAccDrill(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lose, restore func(world)
		cause         string
	}{
		"purged, with a backup": {
			func(w world) {
				w.DeleteKey("keys", "media")
				w.Advance(retention)
			},
			nil, `gone\s+for\s+good`,
		},
		"firewall": {
			func(w world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{PublicNetworkAccess: to.Ptr("Disabled")})
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
					Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
					DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny),
				}})
			},
			func(w world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{
					PublicNetworkAccess: to.Ptr("Enabled"),
					NetworkACLs: &armkeyvault.NetworkRuleSet{
						Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsAzureServices),
						DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionAllow),
					},
				})
			},
			`blocks\s+everyone`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			backup := w.BackupKey("keys", "media")
			if test.restore == nil {
				test.restore = func(w world) { w.RestoreKey("keys", backup) }
			}
			config := w.Config(`
resource "azuremedia_customer_key_attachment" "test" {
  account_id       = "` + w.account + `"
  key_vault_key_id = "` + versionless(w.key) + `"
}
`)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: w.Factories(),
				Steps: []resource.TestStep{
					{Config: config},
					{
						PreConfig: func() { test.lose(w) }, Config: config,
						ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
						ExpectError:      regexp.MustCompile(`(?s)Customer Key Inaccessible \(CMK012\).*` + test.cause),
					},
					{PreConfig: func() { test.restore(w) }, Config: config, ConfigPlanChecks: check.Unchanged()},
					{PreConfig: func() { test.lose(w) }, Config: config, Destroy: true},
				},
			})
		})
	}
}

// newest is the identifier of the key's newest version.
func (w world) newest() string {
	got, err := w.Keys("keys").GetKey(context.Background(), "media", "", nil)
	if err != nil {
		panic(err)
	}
	return string(*got.Key.KID)
}
