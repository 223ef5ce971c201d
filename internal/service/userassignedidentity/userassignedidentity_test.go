// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

const (
	resourceType = "azuremedia_user_assigned_identity"
	address      = resourceType + ".test"
)

func identity(group, location, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = "rg"
  location = "westus2"
}

resource "azuremedia_user_assigned_identity" "test" {
  name                = "reader"
  resource_group_name = %s
  location            = %q
  %s
}
`, group, location, more)
}

func TestAccUserAssignedIdentity_lifecycle(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	const reference = "azuremedia_resource_group.test.name"
	guid := knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`))
	has := func(attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
	}
	does := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(address, action),
		}}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: azure.Config(identity(reference, "West US 2", `tags = { a = "1" }`)),
				ConfigStateChecks: []statecheck.StateCheck{
					has("principal_id", guid), has("client_id", guid), has("tenant_id", guid),
					has("location", knownvalue.StringExact("West US 2")),
				},
			},
			{
				Config:           azure.Config(identity(`"RG"`, "westus2", `tags = { a = "1" }`)),
				ConfigPlanChecks: does(plancheck.ResourceActionNoop),
			},
			{
				PreConfig:        func() { tag(t, azure, map[string]*string{"a": to.Ptr("1"), "policy": to.Ptr("x")}) },
				Config:           azure.Config(identity(reference, "westus2", `tags = { b = "2" }`)),
				ConfigPlanChecks: does(plancheck.ResourceActionUpdate),
				PostApplyFunc: func() {
					want := map[string]*string{"b": to.Ptr("2"), "policy": to.Ptr("x")}
					if diff := cmp.Diff(want, get(t, azure).Tags); diff != "" {
						t.Errorf("tags in Azure: %s", diff)
					}
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				// An import takes the location as Azure spells it, and every tag.
				ImportStateVerifyIgnore: []string{"location", "tags"},
			},
			{
				PreConfig:        func() { remove(t, azure) },
				Config:           azure.Config(identity(reference, "westus2", `tags = { b = "2" }`)),
				ConfigPlanChecks: does(plancheck.ResourceActionCreate),
			},
			{
				Config:           azure.Config(identity(reference, "northeurope", "")),
				ConfigPlanChecks: does(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	if puts := azure.Requests(http.MethodPut, "/userAssignedIdentities/reader"); len(puts) != 3 {
		t.Errorf("%d PUTs, want one for each creation: an update must not overwrite", len(puts))
	}
}

func TestProtoUserAssignedIdentity_refusesToTakeOver(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	proto.Create("azuremedia_resource_group", acctest.Value{"name": "rg", "location": "westus2"})
	config := acctest.Value{"name": "reader", "resource_group_name": "rg", "location": "westus2"}
	created := proto.Create(resourceType, config)

	_, diags := proto.Apply(proto.Plan(resourceType, acctest.Object{}, config))
	if !strings.Contains(diags.Text(), "User-Assigned Identity Already Exists") ||
		!strings.Contains(diags.Text(), created.Identity["id"]) {
		t.Errorf("does not say how to import: %s", diags.Text())
	}
	imported, diags := proto.ImportByIdentity(resourceType, created.Identity)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	if diff := cmp.Diff(created, imported, cmp.FilterPath(func(p cmp.Path) bool {
		return p.String() == "Private"
	}, cmp.Ignore())); diff != "" {
		t.Errorf("the import differs: %s", diff)
	}
}

func TestProtoUserAssignedIdentity_saysWhatItLacks(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	plan := proto.Plan(resourceType, acctest.Object{}, acctest.Value{
		"name": "reader", "resource_group_name": "nowhere", "location": "westus2",
	})
	_, diags := proto.Apply(plan)
	for _, want := range []string{
		"User-Assigned Identity Not Created", "ResourceGroupNotFound", "Nothing was changed.",
	} {
		if !strings.Contains(diags.Text(), want) {
			t.Errorf("lacks %q:\n%s", want, diags.Text())
		}
	}
}

func identities(t *testing.T, azure *acctest.Azure) *armmsi.UserAssignedIdentitiesClient {
	t.Helper()
	client, err := azure.Client().UserAssignedIdentities(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func get(t *testing.T, azure *acctest.Azure) armmsi.Identity {
	t.Helper()
	got, err := identities(t, azure).Get(t.Context(), "rg", "reader", nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.Identity
}

func tag(t *testing.T, azure *acctest.Azure, tags map[string]*string) {
	t.Helper()
	if _, err := identities(t, azure).Update(t.Context(), "rg", "reader",
		armmsi.IdentityUpdate{Tags: tags}, nil); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, azure *acctest.Azure) {
	t.Helper()
	if _, err := identities(t, azure).Delete(t.Context(), "rg", "reader", nil); err != nil {
		t.Fatal(err)
	}
}

func TestProtoUserAssignedIdentity_changes(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	for _, group := range []string{"rg", "other"} {
		proto.Create("azuremedia_resource_group", acctest.Value{"name": group, "location": "westus2"})
	}
	config := acctest.Value{"name": "reader", "resource_group_name": "rg", "location": "westus2"}
	made := azure.Timeouts(proto, resourceType, config)
	proto.Replaces(made, config, acctest.Value{
		"name": "other", "resource_group_name": "other", "location": "northeurope",
	})
}
