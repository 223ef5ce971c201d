// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
)

// accounts is a media account with three storage accounts, whose keys are all rolled.
func accounts(address, trigger, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
}

resource "azuremedia_storage_account" "test" {
  for_each            = toset(["one", "two", "three"])
  name                = "contoso${each.key}"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
}

resource "azuremedia_account" "test" {
  name                = "contoso"
  resource_group_name = azuremedia_resource_group.test.name
  location            = azuremedia_resource_group.test.location
  storage_accounts = [for name, storage in azuremedia_storage_account.test : {
    id         = storage.id
    is_primary = name == "one"
  }]
}

resource "azuremedia_storage_key_rotation" %q {
  for_each            = azuremedia_storage_account.test
  storage_account_id  = each.value.id
  dependent_ids       = [azuremedia_account.test.id]
  rotate_when_changed = { n = %q }
}
%s
`, address, trigger, more)
}

// TestAccRotation_manyAccounts rolls the keys of all storage accounts of one media account in one
// apply, from an empty subscription. The media account is busy at first, and is asked again.
func TestAccRotation_manyAccounts(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	names := []string{"one", "two", "three"}
	phases := func(phase string) (checks []statecheck.StateCheck) {
		for _, name := range names {
			checks = append(checks, statecheck.ExpectKnownValue(
				fmt.Sprintf("azuremedia_storage_key_rotation.test[%q]", name),
				tfjsonpath.New("phase"), knownvalue.StringExact(phase)))
		}
		return checks
	}
	updates := func(action plancheck.ResourceActionType) (checks []plancheck.PlanCheck) {
		for _, name := range names {
			checks = append(checks, plancheck.ExpectResourceAction(
				fmt.Sprintf("azuremedia_storage_key_rotation.test[%q]", name), action))
		}
		return checks
	}
	count := func(call string, want int) func() {
		return func() {
			if got := len(azure.Requests("POST", "/"+call)); got != want {
				t.Errorf("%s was called %d times, want %d", call, got, want)
			}
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		Steps: []resource.TestStep{
			{Config: azure.Config(accounts("test", "1", "")), ConfigStateChecks: phases("complete")},
			{
				PreConfig: func() {
					count("regenerateKey", 0)()
					if _, err := azure.Rehearsal().AddFault(t.Context(), fault.Fault{
						Kind: fault.Error, Status: http.StatusConflict, Code: "Conflict", Times: 4,
						Method: http.MethodPost, Path: "*/syncStorageKeys",
					}); err != nil {
						t.Error(err)
					}
				},
				Config: azure.Config(accounts("test", "2", "")),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: updates(plancheck.ResourceActionUpdate),
				},
				ConfigStateChecks: phases("settling"),
			},
			{ // Before the settling time there is nothing to apply.
				PreConfig:        count("regenerateKey", 3),
				Config:           azure.Config(accounts("test", "2", "")),
				ConfigPlanChecks: check.Unchanged(),
			},
			{ // Half-way, the rotations get another name. The record goes with them.
				PreConfig: func() { azure.Advance(7 * time.Hour) },
				Config: azure.Config(accounts("rolled", "2",
					"moved {\n  from = azuremedia_storage_key_rotation.test\n"+
						"  to   = azuremedia_storage_key_rotation.rolled\n}\n")),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(`azuremedia_storage_key_rotation.rolled["two"]`,
						tfjsonpath.New("phase"), knownvalue.StringExact("complete")),
				},
			},
			{
				PreConfig:        count("regenerateKey", 6),
				Config:           azure.Config(accounts("rolled", "2", "")),
				ConfigPlanChecks: check.Unchanged(),
			},
			{PreConfig: count("syncStorageKeys", 13), Config: azure.Config("")}, // It is all removed.
		},
	})
	if err := azure.Empty(nil); err != nil { // CheckDestroy does not know for_each.
		t.Error(err)
	}
}

// TestAccRotation_imports imports a rotation; its plan is empty.
func TestAccRotation_imports(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	config := azure.Config(ground + `
resource "azuremedia_storage_key_rotation" "test" {
  storage_account_id = azuremedia_storage_account.test.id
}
`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{
				ResourceName:      "azuremedia_storage_key_rotation.test",
				ImportState:       true,
				ImportStateVerify: true,
				// Nobody can tell when the dependents were last told.
				ImportStateVerifyIgnore: []string{"last_synced_at", "rotated_for"},
			},
			{
				ResourceName:    "azuremedia_storage_key_rotation.test",
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithID,
			},
		},
	})
}
