// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package acctest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/check"
)

// A test by the protocol creates a resource, plans a change of it, and looks at what Azure was sent.
func TestExample(t *testing.T) {
	t.Parallel()
	azure := acctest.New(t)
	proto := azure.Proto()
	config := acctest.Value{"name": "media", "location": "westus2"}
	var group acctest.Object
	calls := azure.Calls(func() { group = proto.Create("azuremedia_resource_group", config) })
	if len(calls) == 0 || len(azure.Requests("PUT", "/resourceGroups/media")) != 1 {
		t.Errorf("to create the group, Azure was sent %q", calls)
	}

	config["location"] = "eastus"
	plan := proto.Plan("azuremedia_resource_group", group, config)
	if len(plan.Diagnostics) > 0 {
		t.Errorf("the plan says: %s", plan.Diagnostics.Text())
	}
	if len(plan.Replace) != 1 {
		t.Errorf("a change of the location replaces because of %q", plan.Replace)
	}

	group, diags := proto.Read(group)
	if len(diags) > 0 {
		t.Errorf("reading says: %s", diags.Text())
	}
	if diff := cmp.Diff("media", group.State["name"]); diff != "" {
		t.Errorf("name (-want +got):\n%s", diff)
	}
}

// An acceptance test runs the CLI: after each step the next plan has to be empty, and in the end
// nothing may be left in Azure.
func TestAccExample(t *testing.T) {
	t.Parallel()
	const group = check.Resource("azuremedia_resource_group.test")
	azure := acctest.New(t)
	config := func(tags string) string {
		return azure.Config(`
resource "azuremedia_resource_group" "test" {
  name     = "media"
  location = "westus2"
  tags     = ` + tags + `
}
`)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: azure.Factories(),
		CheckDestroy:             azure.Empty,
		Steps: []resource.TestStep{
			{
				Config:           config(`{ a = "1" }`),
				ConfigPlanChecks: group.Does(plancheck.ResourceActionCreate),
			},
			{
				Config:            config(`{ a = "2" }`),
				ConfigPlanChecks:  group.Updates(),
				ConfigStateChecks: []statecheck.StateCheck{group.Has("tags.a", knownvalue.StringExact("2"))},
			},
		},
	})
}
