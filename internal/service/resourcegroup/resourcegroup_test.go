// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
	wire "github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const address = "azuremedia_resource_group.test"

func group(name, location, more string) string {
	return fmt.Sprintf(`
resource "azuremedia_resource_group" "test" {
  name     = %q
  location = %q
  %s
}
`, name, location, more)
}

func TestAccResourceGroup_lifecycle(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	tested := check.Resource(address)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config: azure.Config(group("Media", "West US 2", `tags = { a = "1" }`)),
				ConfigStateChecks: []statecheck.StateCheck{
					tested.Has("id", knownvalue.StringExact("/subscriptions/"+azure.SubscriptionID()+"/resourceGroups/Media")),
					tested.Has("location", knownvalue.StringExact("West US 2")),
				},
			},
			{
				Config:           azure.Config(group("media", "westus2", `tags = { a = "1" }`)),
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				PreConfig:        func() { tag(t, azure, "Media", map[string]string{"a": "1", "policy": "x"}) },
				Config:           azure.Config(group("media", "westus2", `tags = { a = "1" }`)),
				ConfigPlanChecks: check.Unchanged(),
			},
			{
				Config:           azure.Config(group("media", "westus2", `tags = { b = "2" }`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				PostApplyFunc:    func() { tagged(t, azure, "Media", map[string]string{"b": "2", "policy": "x"}) },
			},
			{
				PreConfig:        func() { tag(t, azure, "Media", map[string]string{"b": "drifted"}) },
				Config:           azure.Config(group("media", "westus2", `tags = { b = "2" }`)),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"location"}, // It is imported as Azure spells it.
			},
			{
				Config:           azure.Config(group("media", "westus2", "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionUpdate),
				PostApplyFunc:    func() { tagged(t, azure, "Media", map[string]string{}) },
			},
			{
				PreConfig: func() { remove(t, azure, "Media") },
				Config:    azure.Config(group("media", "westus2", "")),
				ConfigPlanChecks: tested.Does(
					plancheck.ResourceActionCreate),
			},
			{
				Config:           azure.Config(group("media", "northeurope", "")),
				ConfigPlanChecks: tested.Does(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
	if puts := azure.Requests(http.MethodPut, "/resourcegroups/media"); len(puts) != 3 {
		t.Errorf("%d PUTs, want one for each creation: an update must not overwrite", len(puts))
	}
}

func TestAccResourceGroup_refusesToTakeOver(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	groups, err := azure.Client().ResourceGroups(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.CreateOrUpdate(t.Context(), "theirs",
		armresources.ResourceGroup{Location: to.Ptr("westus2")}, nil); err != nil {
		t.Fatal(err)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		Steps: []resource.TestStep{{
			Config:      azure.Config(group("theirs", "westus2", "")),
			ExpectError: regexp.MustCompile(`Resource Group Already Exists(?s:.*)import`),
		}},
	})
	remove(t, azure, "theirs")
}

func TestProtoResourceGroup_deletesOnlyAnEmptyGroup(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	created := proto.Create("azuremedia_resource_group", acctest.Value{"name": "rg", "location": "westus2"})
	identities, err := azure.Client().UserAssignedIdentities(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := identities.CreateOrUpdate(t.Context(), "rg", "theirs",
		armmsi.Identity{Location: to.Ptr("westus2")}, nil); err != nil {
		t.Fatal(err)
	}

	_, diags := proto.Apply(proto.Plan(created.Type, created, nil))
	for _, want := range []string{
		"Resource Group Not Empty", "/userAssignedIdentities/theirs", "Nothing was changed.",
		"Waited 1m50s for the group to be listed as empty",
	} {
		if !strings.Contains(diags.Text(), want) {
			t.Errorf("lacks %q:\n%s", want, diags.Text())
		}
	}
	if sent := azure.Requests(http.MethodDelete, "/resourcegroups/rg"); len(sent) > 0 {
		t.Error("a group that is not empty was deleted")
	}

	if _, err := identities.Delete(t.Context(), "rg", "theirs", nil); err != nil {
		t.Fatal(err)
	}
	if _, diags := proto.Apply(proto.Plan(created.Type, created, nil)); len(diags) > 0 {
		t.Error(diags.Text())
	}
	if gone, _ := proto.Read(created); gone.State != nil {
		t.Errorf("still there: %v", gone.State)
	}
}

func TestProtoResourceGroup_importsByIDAndByIdentity(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	const resourceType = "azuremedia_resource_group"
	created := proto.Create(resourceType, acctest.Value{
		"name": "rg", "location": "westus2", "tags": acctest.Value{"a": "1"},
	})
	if diff := cmp.Diff(map[string]string{"id": created.State["id"].(string)}, created.Identity); diff != "" {
		t.Errorf("the identity differs: %s", diff)
	}
	lower := strings.ToLower(created.Identity["id"])
	byID, diags := proto.ImportByID(resourceType, lower)
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	byIdentity, diags := proto.ImportByIdentity(resourceType, map[string]string{"id": lower})
	if len(diags) > 0 {
		t.Fatal(diags.Text())
	}
	for _, imported := range []acctest.Object{byID, byIdentity} {
		if diff := cmp.Diff(created.State, imported.State); diff != "" {
			t.Errorf("the import differs: %s", diff)
		}
		if diff := cmp.Diff(created.Identity, imported.Identity); diff != "" {
			t.Errorf("the identity of the import differs: %s", diff)
		}
	}
	if _, diags := proto.ImportByID(resourceType, "rg"); !strings.Contains(diags.Text(), "/resourceGroups/<group>") {
		t.Errorf("does not show what an ID looks like: %s", diags.Text())
	}
}

func TestProtoResourceGroup_refusesBadNames(t *testing.T) {
	t.Parallel()
	proto := acctest.New(t).Proto()
	for _, name := range []string{"", "ends.", "sp ace", strings.Repeat("x", 91)} {
		diags := proto.Validate("azuremedia_resource_group",
			acctest.Value{"name": name, "location": "westus2"})
		if len(diags.Errors()) != 1 || !strings.Contains(diags.Text(), `AttributeName("name")`) {
			t.Errorf("%q: %s", name, diags.Text())
		}
	}
}

// tag sets the tags of a group, as somebody else.
func tag(t *testing.T, azure *acctest.Azure, name string, tags map[string]string) {
	t.Helper()
	sent := map[string]*string{}
	for key, value := range tags {
		sent[key] = &value
	}
	groups, err := azure.Client().ResourceGroups(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := groups.Update(t.Context(), name, armresources.ResourceGroupPatchable{Tags: sent}, nil); err != nil {
		t.Fatal(err)
	}
}

// tagged checks the tags that Azure has.
func tagged(t *testing.T, azure *acctest.Azure, name string, want map[string]string) {
	t.Helper()
	groups, err := azure.Client().ResourceGroups(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	got, err := groups.Get(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{}
	for key, value := range got.Tags {
		tags[key] = *value
	}
	if diff := cmp.Diff(want, tags); diff != "" {
		t.Errorf("tags in Azure: %s", diff)
	}
}

// remove deletes a group, as somebody else.
func remove(t *testing.T, opened *acctest.Azure, name string) {
	t.Helper()
	groups, err := opened.Client().ResourceGroups(opened.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	poller, err := groups.BeginDelete(t.Context(), name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wire.Await(t.Context(), poller); err != nil {
		t.Fatal(err)
	}
}

func TestProtoResourceGroup_changes(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	config := acctest.Value{"name": "rg", "location": "westus2"}
	made := azure.Timeouts(proto, "azuremedia_resource_group", config)
	proto.Replaces(made, config, acctest.Value{"name": "other", "location": "northeurope"})
}
