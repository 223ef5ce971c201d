// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// DataSource reads one account, by its name and resource group or by its ID. A kind's data source
// embeds it and fills in what differs: Shown is its attributes.
type DataSource[Shown, Properties any] struct {
	base.DataSource
	Kind Kind[Properties]

	// Attributes returns the attributes that both kinds have.
	Attributes func(*Shown) *Attributes
	// Observe takes over what Azure says about the account. The ID stays as it is.
	Observe func(*Shown, armmedia.Resource[Properties])
}

func (d *DataSource[Shown, Properties]) ConfigValidators(context.Context,
) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		attribute.ExactlyOneOf("id", "name"),
	}
}

func (d *DataSource[Shown, Properties]) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, d.read)
}

// read finds the account that the model names, and fills the model in.
func (d *DataSource[Shown, Properties]) read(ctx context.Context, model *Shown) diag.Diagnostics {
	asked := *d.Attributes(model)
	id := asked.ID.ValueString()
	if asked.ID.IsNull() {
		id = azure.ID(d.Client.SubscriptionID(), asked.ResourceGroupName.ValueString(),
			d.Kind.ResourceType, asked.Name.ValueString())
	}
	found, err := Calls[Properties]{Kind: d.Kind, Client: d.Client}.Get(ctx, id)
	if azure.IsNotFound(err) {
		return diag.Diagnostics{d.notFound(id)}
	}
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(id), err)}
	}
	var shown Shown
	d.Attributes(&shown).ID = asked.ID
	if asked.ID.IsNull() {
		d.Attributes(&shown).ID = ObservedID(found, d.Kind.ResourceType)
	}
	d.Observe(&shown, found)
	*model = shown
	return nil
}

func (d *DataSource[Shown, Properties]) notFound(id string) diag.Diagnostic {
	return diagnostic.Refusal{
		Title:    d.Kind.Title + " Not Found",
		Found:    "no account " + id,
		Required: "an account that exists, and that the caller may read",
		Remedy: "Correct the name and the resource group; `az resource list --resource-type " +
			d.Kind.ResourceType + "` lists the accounts there are",
	}.Diagnostic()
}

// ObservedID returns the ID of an account in the casing that Azure documents.
func ObservedID[Properties any](found armmedia.Resource[Properties], resourceType string,
) attribute.ResourceIDValue {
	id := azure.Deref(found.ID)
	if canonical, err := azure.CanonicalID(id, resourceType); err == nil {
		id = canonical
	}
	return attribute.NewResourceID(id)
}

// ShownAttributes returns the schema of [Attributes] in a data source, but for the identity, with
// the attributes of a kind.
func ShownAttributes(kind map[string]schema.Attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{
		"id": ShownID("The resource ID."),
		"name": schema.StringAttribute{
			MarkdownDescription: "The name of the account.",
			CustomType:          attribute.NameType{},
			Computed:            true,
		},
		"resource_group_name": schema.StringAttribute{
			MarkdownDescription: "The name of the account's resource group.",
			CustomType:          attribute.NameType{},
			Computed:            true,
		},
		"location": schema.StringAttribute{
			MarkdownDescription: "The account's Azure region, as Azure spells it.",
			CustomType:          attribute.LocationType{},
			Computed:            true,
		},
		"public_network_access_enabled": schema.BoolAttribute{
			MarkdownDescription: publicNetworkAccess,
			Computed:            true,
		},
		"encryption": EncryptionDataSourceAttribute(),
		"tags": schema.MapAttribute{
			MarkdownDescription: "All tags of the account.",
			ElementType:         types.StringType,
			Computed:            true,
		},
		"provisioning_state": attribute.ShownText(provisioningState),
	}
	maps.Copy(all, kind)
	return all
}

// FindingAttributes returns the attributes of an account with those that find it as arguments: its
// ID, or its name and resource group.
func FindingAttributes(resourceType string, shown map[string]schema.Attribute) map[string]schema.Attribute {
	id := ShownID("The resource ID, to find the account by.")
	id.Optional = true
	id.Validators = []validator.String{attribute.IDOf(resourceType)}
	shown["id"] = id
	shown["name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the account, to find it by together with its resource group.",
		CustomType:          attribute.NameType{},
		Optional:            true,
		Computed:            true,
		Validators: []validator.String{
			attribute.Needs("resource_group_name", path.MatchRoot("resource_group_name")),
		},
	}
	shown["resource_group_name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the account's resource group.",
		CustomType:          attribute.NameType{},
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{attribute.Needs("name", path.MatchRoot("name"))},
	}
	return shown
}

// ShownID returns a resource ID that a data source shows.
func ShownID(description string) schema.StringAttribute {
	shown := attribute.ShownText(description)
	shown.CustomType = attribute.ResourceIDType{}
	return shown
}
