// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	resourceType = "azuremedia_key_vault_key"
	address      = resourceType + ".test"
	tested       = check.Resource(address)
	identifier   = "https://keys.vault.azure.net/keys/media"
)

func key(vaultID, name, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_key_vault_key" "test" {
  name         = %q
  key_vault_id = %q
  %s
}
`, name, vaultID, more)
}

// does checks what is planned, and that no new version is.
func does(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return tested.Does(action, tested.Plans("version", knownvalue.NotNull()))
}

// makesVersion checks that a new version is planned in place.
func makesVersion() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
		tested.PlansUnknown("version"),
		tested.PlansUnknown("versioned_id"),
		tested.Plans("id", knownvalue.StringExact(identifier)),
	}}
}

func creates() resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
	}}
}

func texts(values ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, value := range values {
		checks = append(checks, knownvalue.StringExact(value))
	}
	return knownvalue.SetExact(checks)
}

// A test of plugin-testing plans a second time after every step, and fails if that plan is not
// empty.
func TestAccKeyVaultKey_lifecycle(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	vault := w.Vault("keys")
	version := regexp.MustCompile(`^[0-9a-f]{32}$`)
	const everything = `
  key_opts        = ["wrapKey", "unwrapKey", "sign"]
  enabled         = false
  not_before_date = "2026-01-01T00:00:00Z"
  expiration_date = "2199-12-31T22:00:00Z"
  tags            = { b = "2" }
`
	const policy = `
  rotation_policy = {
    expire_after         = "P90D"
    notify_before_expiry = "P20D"
    automatic            = { time_before_expiry = "P30D" }
  }
`
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy: func(*terraform.State) error {
			_, err := w.Keys("keys").GetKey(t.Context(), "other", "", nil)
			if !azure.IsNotFound(err) {
				return errors.New("the key is still there")
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config:           w.Config(key(vault, "media", `tags = { a = "1" }`)),
				ConfigPlanChecks: creates(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact(identifier)),
					tested.Has("versionless_id", knownvalue.StringExact(identifier)),
					tested.Has("version", knownvalue.StringRegexp(version)),
					tested.Has("versioned_id", knownvalue.StringRegexp(regexp.MustCompile(`^`+identifier+`/[0-9a-f]{32}$`))),
					tested.Has("resource_versionless_id", knownvalue.StringExact(vault+"/keys/media")),
					tested.Has("vault_uri", knownvalue.StringExact("https://keys.vault.azure.net/")),
					tested.Has("key_type", knownvalue.StringExact("RSA")),
					tested.Has("key_size", knownvalue.Int64Exact(2048)),
					tested.Has("key_opts", texts("wrapKey", "unwrapKey")),
					tested.Has("enabled", knownvalue.Bool(true)),
					tested.Has("not_before_date", knownvalue.Null()),
					tested.Has("expiration_date", knownvalue.Null()),
				},
			},
			{
				Config:           w.Config(key(strings.ToUpper(vault[:1])+strings.ToLower(vault[1:]), "Media", `tags = { a = "1" }`)),
				ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			},
			{
				Config:           w.Config(key(vault, "media", everything)),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("key_opts", texts("wrapKey", "unwrapKey", "sign")),
					tested.Has("enabled", knownvalue.Bool(false)),
					tested.Has("not_before_date", knownvalue.StringExact("2026-01-01T00:00:00Z")),
					tested.Has("expiration_date", knownvalue.StringExact("2199-12-31T22:00:00Z")),
				},
			},
			{
				Config: w.Config(key(vault, "media", strings.ReplaceAll(everything,
					"2199-12-31T22:00:00Z", "2200-01-01T00:00:00+02:00"))),
				ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
			},
			{
				PreConfig: func() {
					w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{
						Enabled: to.Ptr(true), Expires: to.Ptr(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)),
					})
				},
				Config:           w.Config(key(vault, "media", everything)),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			},
			{
				// Dates that are no longer named stay.
				Config:           w.Config(key(vault, "media", "")),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("expiration_date", knownvalue.Null()), tested.Has("enabled", knownvalue.Bool(true)),
				},
				PostApplyFunc: func() {
					if shown := show(t, w); shown.Attributes.Expires == nil || shown.Attributes.NotBefore == nil {
						t.Error("a date was taken away, which Key Vault cannot do")
					}
				},
			},
			{
				Config:           w.Config(key(vault, "media", `key_size = 3072`)),
				ConfigPlanChecks: makesVersion(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("key_size", knownvalue.Int64Exact(3072)), tested.Has("version", knownvalue.StringRegexp(version)),
				},
			},
			{
				Config:           w.Config(key(vault, "media", `key_type = "RSA-HSM"`)),
				ConfigPlanChecks: makesVersion(),
			},
			{
				Config: w.Config(key(vault, "media", `
					key_type            = "RSA-HSM"
					rotate_when_changed = { quarter = "1" }
				`)),
				ConfigPlanChecks: makesVersion(),
				PostApplyFunc:    func() { versions(t, w, 4) },
			},
			{
				Config:           w.Config(key(vault, "media", `key_type = "RSA-HSM"`+policy)),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				PostApplyFunc:    func() { versions(t, w, 4) },
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
			},
			{
				PreConfig: func() {
					if _, err := w.Keys("keys").UpdateKeyRotationPolicy(t.Context(), "media", azkeys.KeyRotationPolicy{
						Attributes: &azkeys.KeyRotationPolicyAttributes{ExpiryTime: to.Ptr("P1Y")},
					}, nil); err != nil {
						t.Fatal(err)
					}
				},
				Config:           w.Config(key(vault, "media", `key_type = "RSA-HSM"`+policy)),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
			},
			{
				PreConfig:        func() { w.DeleteKey("keys", "media") },
				Config:           w.Config(key(vault, "media", `key_type = "RSA-HSM"`+policy)),
				ConfigPlanChecks: creates(),
				PostApplyFunc:    func() { versions(t, w, 4) }, // It was recovered.
			},
			{
				Config: w.Config(key(vault, "other", "")),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate),
				}},
			},
		},
	})
	if purged := w.Requests(http.MethodDelete, "/deletedkeys/media"); len(purged) > 0 {
		t.Error("a key was purged")
	}
}

// TestAccKeyVaultKey_comesBack destroys a vault and a key, and applies again, in both ways of
// granting access.
func TestAccKeyVaultKey_comesBack(t *testing.T) {
	t.Parallel()
	for _, byRoles := range []bool{false, true} {
		t.Run(fmt.Sprintf("roles=%t", byRoles), func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			config := w.Config(fmt.Sprintf(`
resource "azuremedia_key_vault" "test" {
  name                       = "keys"
  resource_group_name        = "media"
  location                   = "westus2"
  rbac_authorization_enabled = %t
}
`, byRoles) + strings.ReplaceAll(key("VAULT", "media", `rotate_when_changed = { year = "2026" }`),
				`"VAULT"`, "azuremedia_key_vault.test.id"))
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: w.Factories(),
				Steps: []resource.TestStep{
					{Config: config, ConfigPlanChecks: creates(), PostApplyFunc: func() { versions(t, w, 1) }},
					{Config: config, Destroy: true},
					{Config: config, ConfigPlanChecks: creates(), PostApplyFunc: func() { versions(t, w, 1) }},
				},
			})
			if recovered := w.Requests(http.MethodPost, "/deletedkeys/media/recover"); len(recovered) != 1 {
				t.Errorf("the key was recovered %d times", len(recovered))
			}
		})
	}
}

// show is the newest version of the key.
func show(t *testing.T, w *fixture.World) azkeys.KeyBundle {
	t.Helper()
	got, err := w.Keys("keys").GetKey(t.Context(), "media", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.KeyBundle
}

// versions checks how many versions the key has.
func versions(t *testing.T, w *fixture.World, want int) {
	t.Helper()
	got := 0
	for pages := w.Keys("keys").NewListKeyPropertiesVersionsPager("media", nil); pages.More(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got += len(page.Value)
	}
	if got != want {
		t.Errorf("the key has %d versions, want %d", got, want)
	}
}
