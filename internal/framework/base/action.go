// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	resourceschema "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// Action is what every action embeds: something that Terraform has done once, and keeps no state of.
type Action struct {
	// Client is nil until the provider is configured, as during validation.
	Client *azure.Client
	noun   Noun
	schema func() schema.Schema
}

// NewAction returns what an action of the noun embeds.
func NewAction(noun Noun, actionSchema func() schema.Schema) Action {
	return Action{noun: noun, schema: actionSchema}
}

// Subject returns what the action is about as diagnostics name it.
func (a *Action) Subject(id string) diagnostic.Subject { return a.noun.Subject(id) }

func (a *Action) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = a.noun.Type
}

func (a *Action) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.schema()
}

// ConfigValidators refuses what no list and no set can have.
func (a *Action) ConfigValidators(context.Context) []action.ConfigValidator {
	return []action.ConfigValidator{attribute.NoNullElements{}}
}

func (a *Action) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.Client = client(req.ProviderData, &resp.Diagnostics)
}

// Invoke runs an action on its configuration. What was begun is carried to its end when Terraform is stopped:
// see [azure.CarryOut]. The action tells of its progress from its own goroutine alone. It runs in one that is
// nobody's to guard, so that a panic becomes an error here.
func Invoke[M any](ctx context.Context, config tfsdk.Config, resp *action.InvokeResponse,
	invoke func(ctx context.Context, config *M, progress func(string)) diag.Diagnostics,
) {
	defer func() {
		if cause := recover(); cause != nil {
			resp.Diagnostics.Append(diagnostic.Crashed("running an action", cause, debug.Stack()))
		}
	}()
	var given M
	resp.Diagnostics.Append(config.Get(ctx, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(invoke(azure.CarryOut(ctx), &given, func(message string) {
		resp.SendProgress(action.InvokeProgressEvent{Message: message})
	})...)
}

// Arguments returns arguments of a resource as an action has them: without defaults, which an action has not.
func Arguments(of map[string]resourceschema.Attribute, names ...string) map[string]schema.Attribute {
	arguments := map[string]schema.Attribute{}
	for _, name := range names {
		arguments[name] = argument(of[name])
	}
	return arguments
}

func argument(of resourceschema.Attribute) schema.Attribute {
	switch a := of.(type) {
	case resourceschema.StringAttribute:
		return schema.StringAttribute{
			CustomType: a.CustomType, MarkdownDescription: a.MarkdownDescription, Required: a.Required,
			Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.BoolAttribute:
		return schema.BoolAttribute{
			CustomType: a.CustomType, MarkdownDescription: a.MarkdownDescription, Required: a.Required,
			Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.Int64Attribute:
		return schema.Int64Attribute{
			CustomType: a.CustomType, MarkdownDescription: a.MarkdownDescription, Required: a.Required,
			Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.SetAttribute:
		return schema.SetAttribute{
			CustomType: a.CustomType, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription,
			Required: a.Required, Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.MapAttribute:
		return schema.MapAttribute{
			CustomType: a.CustomType, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription,
			Required: a.Required, Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.SetNestedAttribute:
		return schema.SetNestedAttribute{
			NestedObject: nestedArguments(a.NestedObject), MarkdownDescription: a.MarkdownDescription,
			Required: a.Required, Optional: a.Optional, Validators: a.Validators,
		}
	case resourceschema.ListNestedAttribute:
		return schema.ListNestedAttribute{
			NestedObject: nestedArguments(a.NestedObject), MarkdownDescription: a.MarkdownDescription,
			Required: a.Required, Optional: a.Optional, Validators: a.Validators,
		}
	default:
		panic(fmt.Sprintf("no action has an argument of %T", of))
	}
}

func nestedArguments(of resourceschema.NestedAttributeObject) schema.NestedAttributeObject {
	nested := map[string]schema.Attribute{}
	for name, one := range of.Attributes {
		nested[name] = argument(one)
	}
	return schema.NestedAttributeObject{Attributes: nested, Validators: of.Validators}
}
