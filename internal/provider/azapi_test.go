// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// azapi makes the azapi_resource blocks of a configuration in Azure as azapi does: it sends the body to the type's
// api-version.
type azapi struct {
	t      *testing.T
	azure  *acctest.Azure
	values map[string]cty.Value // Of the resources, by their names.
}

func (a *azapi) context() *hcl.EvalContext {
	access := a.azure.Rehearsal().Access()
	me := cty.ObjectVal(map[string]cty.Value{
		"tenant_id": cty.StringVal(access.TenantID), "object_id": cty.StringVal(access.ObjectID),
		"subscription_resource_id": cty.StringVal("/subscriptions/" + access.SubscriptionID),
	})
	return &hcl.EvalContext{Variables: map[string]cty.Value{
		"azapi_resource": cty.ObjectVal(a.values),
		"data": cty.ObjectVal(map[string]cty.Value{
			"azapi_client_config": cty.ObjectVal(map[string]cty.Value{"me": me}),
		}),
	}}
}

// make makes a resource, and keeps what others refer to.
func (a *azapi) make(block *hclsyntax.Block) {
	a.t.Helper()
	var sent map[string]any
	value := func(name string) string {
		argument, ok := block.Body.Attributes[name]
		if !ok {
			return ""
		}
		evaluated, diags := argument.Expr.Value(a.context())
		if diags.HasErrors() {
			a.t.Fatal(diags)
		}
		if name != "body" {
			return evaluated.AsString()
		}
		encoded, err := ctyjson.Marshal(evaluated, evaluated.Type())
		if err == nil {
			err = json.Unmarshal(encoded, &sent)
		}
		if err != nil {
			a.t.Fatal(err)
		}
		return ""
	}
	kind, version, _ := strings.Cut(value("type"), "@")
	parent, name, location := value("parent_id"), value("name"), value("location")
	value("body")
	id := parent + "/providers/" + kind + "/" + name
	if parent == "" {
		id = "/subscriptions/" + a.azure.SubscriptionID() + "/resourceGroups/" + name
	}
	body := armresources.GenericResource{Properties: sent["properties"]}
	if location != "" {
		body.Location = &location
	}
	if kind, ok := sent["kind"].(string); ok {
		body.Kind = &kind
	}
	if sku, ok := sent["sku"].(map[string]any); ok {
		body.SKU = &armresources.SKU{Name: to.Ptr(sku["name"].(string))}
	}
	for _, inner := range block.Body.Blocks {
		if inner.Type == "identity" {
			body.Identity = &armresources.Identity{Type: to.Ptr(armresources.ResourceIdentityTypeSystemAssigned)}
		}
	}
	resources, err := a.azure.Client().Resources(a.azure.SubscriptionID())
	if err != nil {
		a.t.Fatal(err)
	}
	creation, err := resources.BeginCreateOrUpdateByID(a.t.Context(), id, version, body, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	made, err := azure.Await(a.t.Context(), creation)
	if err != nil {
		a.t.Fatal(err)
	}
	principal := ""
	if made.Identity != nil {
		principal = azure.Deref(made.Identity.PrincipalID)
	}
	a.values[block.Labels[1]] = cty.ObjectVal(map[string]cty.Value{
		"id": cty.StringVal(id), "name": cty.StringVal(name), "location": cty.StringVal(location),
		"identity": cty.ListVal([]cty.Value{cty.ObjectVal(map[string]cty.Value{"principal_id": cty.StringVal(principal)})}),
	})
}

// TestAccExamples_besideAzapi makes azapi's resources of the example as azapi does, and applies the others.
func TestAccExamples_besideAzapi(t *testing.T) {
	t.Parallel()
	a := &azapi{t, acctest.New(t), map[string]cty.Value{}}
	config := example(t, "storage-with-azapi", "main.tf")
	file, diags := hclsyntax.ParseConfig([]byte(config), "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, _ := file.Body.(*hclsyntax.Body)
	rest := parsed(t, "main.tf", config)
	replace := []string{"\n  depends_on = [azapi_resource.me]\n", "\n"}
	for _, block := range body.Blocks {
		if !strings.HasPrefix(strings.Join(block.Labels, "."), "azapi_") {
			continue
		}
		if block.Type == "resource" {
			a.make(block)
			made := a.values[block.Labels[1]]
			address, identity := "azapi_resource."+block.Labels[1], made.GetAttr("identity").AsValueSlice()[0]
			replace = append(replace,
				address+".identity[0].principal_id", `"`+identity.GetAttr("principal_id").AsString()+`"`,
				address+".id", `"`+made.GetAttr("id").AsString()+`"`)
		}
		rest.Body().RemoveBlock(rest.Body().FirstMatchingBlock(block.Type, block.Labels))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: a.azure.Factories(),
		Steps: []resource.TestStep{{
			Config: a.azure.Config(strings.NewReplacer(replace...).Replace(string(rest.Bytes()))),
		}},
	})
}
