// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
)

var guid = knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`))

// TestAccAccount_emptyIdentityIDs takes an empty set, or one of nulls, for none. No plan after an apply has
// anything to do.
func TestAccAccount_emptyIdentityIDs(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	identified := func(kind, ids string) string {
		return azure.Config(account(one, fmt.Sprintf("identity = {\n type = %q\n identity_ids = %s\n }\n", kind, ids)))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: identified("SystemAssigned", "[]"),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("identity.identity_ids", knownvalue.SetSizeExact(0)),
					tested.Has("identity.principal_id", guid),
				},
			},
			{Config: identified("SystemAssigned", "[]"), ConfigPlanChecks: check.Unchanged()},
			{Config: identified("SystemAssigned, UserAssigned", "[null, azuremedia_user_assigned_identity.one.id]")},
			{
				Config:      identified("UserAssigned", "[]"),
				ExpectError: check.Says("Missing Identity IDs", "Set identity_ids, or use the type SystemAssigned"),
			},
			{Config: identified("SystemAssigned", "[null]")},
		},
	})
}

func TestAccAccount_lifecycle(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: azure.Config(accountAt("West US 2", one, `tags = { a = "1" }`)),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact("/subscriptions/"+azure.SubscriptionID()+
						"/resourceGroups/media/providers/Microsoft.Media/mediaservices/contosomedia")),
					tested.Has("location", knownvalue.StringExact("West US 2")),
					tested.Has("media_service_id", guid),
					tested.Has("provisioning_state", knownvalue.StringExact("Succeeded")),
					tested.Has("identity", knownvalue.Null()),
					tested.Has("storage_authentication_type", knownvalue.StringExact("System")),
					tested.Has("public_network_access_enabled", knownvalue.Bool(true)),
					tested.Has("minimum_tls_version", knownvalue.StringExact("Tls12")),
					tested.Has("key_delivery_access_control", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"default_action": knownvalue.StringExact("Allow"), "ip_allow_list": knownvalue.Null(),
					})),
					tested.Has("encryption", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"type":             knownvalue.StringExact("SystemKey"),
						"key_vault_key_id": knownvalue.Null(), "user_assigned_identity_id": knownvalue.Null(),
						"current_key_id": knownvalue.Null(), "status": knownvalue.Null(),
					})),
				},
			},
			{
				Config:           azure.Config(accountAt("westus2", one, `tags = { a = "1" }`)),
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				Config: azure.Config(account(secondary+one, `
					tags                          = { b = "2" }
					public_network_access_enabled = false
					minimum_tls_version           = "Tls13"
					identity                      = { type = "SystemAssigned" }
					key_delivery_access_control = {
						default_action = "Deny"
						ip_allow_list  = ["203.0.113.7", "198.51.100.0/24"]
					}`)),
				ConfigPlanChecks: tested.Updates(tested.PlansUnknown("identity.principal_id")),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("identity.principal_id", guid),
					tested.Has("identity.tenant_id", guid),
					tested.Has("public_network_access_enabled", knownvalue.Bool(false)),
					tested.Has("minimum_tls_version", knownvalue.StringExact("Tls13")),
					tested.Has("storage_accounts", knownvalue.SetSizeExact(2)),
					tested.Has("key_delivery_access_control.ip_allow_list", knownvalue.SetExact([]knownvalue.Check{
						knownvalue.StringExact("203.0.113.7"), knownvalue.StringExact("198.51.100.0/24"),
					})),
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location"}, // It is imported as Azure spells it.
			},
			{ // The import of a block plans nothing else.
				ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			},
			{
				Config: azure.Config(account(one, `
					tags     = { b = "2" }
					identity = {
						type         = "SystemAssigned, UserAssigned"
						identity_ids = [azuremedia_user_assigned_identity.one.id, azuremedia_user_assigned_identity.two.id]
					}
					key_delivery_access_control = { default_action = "Deny" }`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("identity.principal_id", guid)),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("storage_accounts", knownvalue.SetSizeExact(1)),
					tested.Has("identity.identity_ids", knownvalue.SetSizeExact(2)),
					tested.Has("public_network_access_enabled", knownvalue.Bool(true)),
					tested.Has("key_delivery_access_control.ip_allow_list", knownvalue.Null()),
				},
			},
			{
				Config: azure.Config(account(one, `
					identity = {
						type         = "UserAssigned"
						identity_ids = [upper(azuremedia_user_assigned_identity.two.id)]
					}`)),
				ConfigPlanChecks: tested.Updates(
					tested.Plans("identity.principal_id", knownvalue.Null())),
				PostApplyFunc: func() {
					identity := get(t, azure).Identity
					if *identity.Type != "UserAssigned" || len(identity.UserAssignedIdentities) != 1 {
						t.Errorf("the identity is %v", identity)
					}
				},
			},
			{ // What is left out is not managed any more, and stays.
				Config:           azure.Config(account(one, "")),
				ConfigPlanChecks: tested.Updates(),
				PostApplyFunc: func() {
					found := get(t, azure)
					if *found.Identity.Type != "UserAssigned" ||
						*found.Properties.KeyDelivery.AccessControl.DefaultAction != armmedia.Deny {
						t.Errorf("what was left out has changed: %v", found)
					}
				},
			},
			{
				Config:           azure.Config(accountAt("northeurope", one, "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	if puts := azure.Requests(http.MethodPut, "/mediaservices/contosomedia"); len(puts) != 2 {
		t.Errorf("%d PUTs, want one for each creation: an update must not overwrite", len(puts))
	}
}

func TestAccAccount_leavesAloneWhatOthersSet(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	config := azure.Config(account(one, `tags = { a = "1" }`))
	other := azure.Config(account(one, `tags = { a = "2" }`))
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					patch(t, azure, armmedia.AccountUpdate{
						Tags:     map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("x")},
						Identity: &armmedia.Identity{Type: to.Ptr("SystemAssigned")},
						Properties: &armmedia.AccountProperties{
							KeyDelivery: &armmedia.KeyDelivery{AccessControl: &armmedia.AccessControl{
								DefaultAction: to.Ptr(armmedia.Deny), IPAllowList: []*string{to.Ptr("203.0.113.7")},
							}},
						},
					})
				},
				Config:           config,
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				Config:           other,
				ConfigPlanChecks: tested.Updates(),
				PostApplyFunc: func() {
					found := get(t, azure)
					if diff := cmp.Diff(map[string]*string{"a": to.Ptr("2"), "policy": to.Ptr("x")}, found.Tags); diff != "" {
						t.Errorf("tags: %s", diff)
					}
					control := found.Properties.KeyDelivery.AccessControl
					if *found.Identity.Type != "SystemAssigned" || len(control.IPAllowList) != 1 {
						t.Errorf("identity %v or access control %v is lost", found.Identity, control)
					}
				},
			},
			{ // Storage is managed as a whole: what somebody else attached shows, and goes only as planned.
				PreConfig: func() {
					storage := get(t, azure).Properties.StorageAccounts
					two := regexp.MustCompile("mediaone").ReplaceAllString(*storage[0].ID, "mediatwo")
					patch(t, azure, armmedia.AccountUpdate{Properties: &armmedia.AccountProperties{
						StorageAccounts: append(storage, &armmedia.StorageAccount{ID: &two, Type: to.Ptr(armmedia.Secondary)}),
					}})
				},
				Config: other,
				ConfigPlanChecks: tested.Updates(
					tested.Plans("storage_accounts", knownvalue.SetSizeExact(1))),
				PostApplyFunc: func() {
					if storage := get(t, azure).Properties.StorageAccounts; len(storage) != 1 {
						t.Errorf("%d storage accounts are attached, want the planned one", len(storage))
					}
				},
			},
		},
	})
}

// TestProtoAccount_replacesOnlyWhereItMust changes what an account cannot change in place (ACC004).
func TestProtoAccount_replacesOnlyWhereItMust(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.proto.Create(resourceType, w.config(nil))
	for attribute, change := range map[string]struct{ spelt, other any }{
		"name":                          {"contosomedia", "contoso"},
		"resource_group_name":           {"MEDIA", "other"},
		"location":                      {"West US 2", "northeurope"},
		"public_network_access_enabled": {true, nil},
		"minimum_tls_version":           {"Tls11", nil},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			plan := w.proto.Plan(resourceType, created, w.config(acctest.Value{attribute: change.spelt}))
			if len(plan.Diagnostics)+len(plan.Replace) > 0 {
				t.Errorf("%v replaces %v: %s", change.spelt, plan.Replace, plan.Diagnostics.Text())
			}
			if change.other == nil {
				return
			}
			plan = w.proto.Plan(resourceType, created, w.config(acctest.Value{attribute: change.other}))
			if len(plan.Diagnostics) > 0 || len(plan.Replace) != 1 {
				t.Errorf("%v replaces %v: %s", change.other, plan.Replace, plan.Diagnostics.Text())
			}
		})
	}
}

func TestProtoAccount_timeouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Timeouts(w.proto, resourceType, w.config(nil))
}
