// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package attribute

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// NoNullElements refuses null as an element of any list or set of a configuration: Azure has no such element.
// An element of a map can be null, as if the map did not have it; so can an ID of an [Identity].
type NoNullElements struct{}

func (NoNullElements) Description(context.Context) string {
	return "lists and sets have no null elements"
}

func (v NoNullElements) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateResource refuses null elements in the configuration of a resource.
func (NoNullElements) ValidateResource(_ context.Context, req resource.ValidateConfigRequest,
	resp *resource.ValidateConfigResponse,
) {
	resp.Diagnostics.Append(nullElements(req.Config.Raw)...)
}

// ValidateDataSource refuses null elements in the configuration of a data source.
func (NoNullElements) ValidateDataSource(_ context.Context, req datasource.ValidateConfigRequest,
	resp *datasource.ValidateConfigResponse,
) {
	resp.Diagnostics.Append(nullElements(req.Config.Raw)...)
}

// ValidateEphemeralResource refuses null elements in the configuration of an ephemeral resource.
func (NoNullElements) ValidateEphemeralResource(_ context.Context, req ephemeral.ValidateConfigRequest,
	resp *ephemeral.ValidateConfigResponse,
) {
	resp.Diagnostics.Append(nullElements(req.Config.Raw)...)
}

// ValidateAction refuses null elements in the configuration of an action.
func (NoNullElements) ValidateAction(_ context.Context, req action.ValidateConfigRequest,
	resp *action.ValidateConfigResponse,
) {
	resp.Diagnostics.Append(nullElements(req.Config.Raw)...)
}

func nullElements(config tftypes.Value) (diags diag.Diagnostics) {
	_ = tftypes.Walk(config, func(steps *tftypes.AttributePath, value tftypes.Value) (bool, error) { // Never fails.
		switch steps.LastStep().(type) {
		case tftypes.ElementKeyInt, tftypes.ElementKeyValue:
			at := collectionAt(steps)
			if name, _ := steps.WithoutLastStep().LastStep().(tftypes.AttributeName); value.IsNull() && name != identityIDsName {
				diags.Append(diagnostic.Refuse(at, diagnostic.Refusal{
					Title:    "Null Element",
					Found:    fmt.Sprintf("null as an element of %s", at),
					Required: "elements that have a value",
					Remedy:   "Leave the element out: compact([...]) does so in a list of texts, [for e in LIST : e if e != null] in any",
				}))
			}
		}
		return true, nil
	})
	return diags
}

// collectionAt returns the path of the collection that the steps lead into.
func collectionAt(steps *tftypes.AttributePath) (at path.Path) {
	at = path.Empty()
	for _, step := range steps.WithoutLastStep().Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			at = at.AtName(string(step))
		case tftypes.ElementKeyInt:
			at = at.AtListIndex(int(step))
		case tftypes.ElementKeyString:
			at = at.AtMapKey(string(step))
		case tftypes.ElementKeyValue:
			return at // Terraform shows the whole set.
		}
	}
	return at
}

// ElementsHave requires an attribute of every element of a list or a set of objects. Such an attribute is optional in
// the schema, because the framework misses a required one in an element that is not known yet, as the outputs of a
// module are to "terraform validate".
func ElementsHave(name, remedy string) interface {
	validator.List
	validator.Set
} {
	return elementsHave{name, remedy}
}

type elementsHave struct{ name, remedy string }

func (v elementsHave) Description(context.Context) string { return "every element has " + v.name }

func (v elementsHave) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v elementsHave) ValidateList(_ context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	resp.Diagnostics.Append(v.check(req.Path, req.ConfigValue.Elements())...)
}

func (v elementsHave) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	resp.Diagnostics.Append(v.check(req.Path, req.ConfigValue.Elements())...)
}

func (v elementsHave) check(at path.Path, elements []attr.Value) (diags diag.Diagnostics) {
	for _, element := range elements {
		if object, ok := element.(types.Object); ok && isKnown(object) && object.Attributes()[v.name].IsNull() {
			diags.Append(diagnostic.Refuse(at, diagnostic.Refusal{
				Title:    "Missing Attribute",
				Found:    fmt.Sprintf("an element of %s without %s", at, v.name),
				Required: v.name + " in every element",
				Remedy:   v.remedy,
			}))
		}
	}
	return diags
}
