// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

func TestAccAccount_storageInAnyOrderAndSpelling(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: azure.Config(account(one+two, ""))},
			{Config: azure.Config(account(two+one, "")), ConfigPlanChecks: check.Unchanged()},
			{Config: azure.Config(account(secondary+one, "")), ConfigPlanChecks: check.Unchanged()},
			{
				Config: azure.Config(account(
					"{ id = upper(azuremedia_storage_account.one.id), is_primary = true },"+two, "")),
				ConfigPlanChecks: check.Unchanged(),
			},
			{ // One goes; the other, spelt in another way, stays as it is.
				Config: azure.Config(account(
					"{ id = upper(azuremedia_storage_account.one.id), is_primary = true },", "")),
				ConfigPlanChecks: tested.Updates(),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("storage_accounts", knownvalue.SetExact([]knownvalue.Check{
						knownvalue.ObjectPartial(map[string]knownvalue.Check{
							"id": knownvalue.StringExact("/subscriptions/" + azure.SubscriptionID() +
								"/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/mediaone"),
						}),
					})),
				},
			},
		},
	})
}

func TestAccAccount_storageByManagedIdentity(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const identity = `
		storage_authentication_type = "ManagedIdentity"
		identity = {
			type         = "UserAssigned"
			identity_ids = [azuremedia_user_assigned_identity.one.id]
		}`
	reached := "{ id = azuremedia_storage_account.one.id, is_primary = true, " +
		"user_assigned_identity_id = azuremedia_user_assigned_identity.one.id },"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: azure.Config(ground)},
			{
				PreConfig: func() { contribute(t, azure, "mediaone", "readerone") },
				Config:    azure.Config(account(reached, identity)),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("storage_authentication_type", knownvalue.StringExact("ManagedIdentity")),
				},
			},
			{
				Config:           azure.Config(account(strings.ReplaceAll(reached, "azuremedia_user_assigned_identity.one.id", "upper(azuremedia_user_assigned_identity.one.id)"), identity)),
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location"},
			},
			{
				Config:           azure.Config(account(one, "")),
				ConfigPlanChecks: tested.Updates(),
				PostApplyFunc: func() {
					properties := get(t, azure).Properties
					if *properties.StorageAuthentication != armmedia.StorageBySystem ||
						properties.StorageAccounts[0].Identity != nil {
						t.Errorf("storage is not reached by its keys: %v", properties)
					}
				},
			},
		},
	})
}

func TestProtoAccount_keepsStorageThatNobodyPlannedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second, third := w.store("mediatwo", nil), w.store("mediathree", nil)
	created := w.proto.Create(resourceType, w.config(nil))
	plan := w.proto.Plan(resourceType, created, w.config(acctest.Value{
		"storage_accounts": []any{
			acctest.Value{"id": w.one, "is_primary": true}, acctest.Value{"id": second},
		},
	}))
	patch(t, w.azure, armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
		StorageAccounts: []*armmedia.StorageAccount{
			{ID: &w.one, Type: to.Ptr(armmedia.Primary)}, {ID: &third, Type: to.Ptr(armmedia.Secondary)},
		},
	}})
	updated, diags := w.proto.Apply(plan)
	if len(diags.Errors()) > 0 || !strings.Contains(diags.Text(), "Storage Account Left Attached") ||
		!strings.Contains(diags.Text(), third) {
		t.Errorf("does not say what was left attached: %s", diags.Text())
	}
	if attached := get(t, w.azure).Properties.StorageAccounts; len(attached) != 3 {
		t.Errorf("%d storage accounts are attached, want 3", len(attached))
	}
	if list, _ := updated.State["storage_accounts"].([]any); len(list) != 2 {
		t.Errorf("the state has %v, want what was planned", list)
	}
	shown, _ := w.proto.Read(updated)
	if list, _ := shown.State["storage_accounts"].([]any); len(list) != 3 {
		t.Errorf("the next refresh shows %v, want all three", list)
	}
}

func TestAccAccount_reportsStorageThatCannotBeReached(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	// The system-assigned identity of an account that does not exist yet has no access to anything.
	unreachable := azure.Config(account(one, `
		storage_authentication_type = "ManagedIdentity"
		identity                    = { type = "SystemAssigned" }`))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: unreachable,
				ExpectError: check.Says("Media Services Account Not Created", "Azure accepted it and failed later",
					"Storage account cannot be accessed.", "Correct what Azure reports above, and apply again",
					"deletes it and creates it anew"),
			},
			{ // The account is there and is replaced, not refused as somebody else's.
				Config:           azure.Config(account(one, "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	if puts := azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) != 2 {
		t.Errorf("%d PUTs, want 2", len(puts))
	}
}
