// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var (
	_ datasource.DataSourceWithConfigure        = (*DataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*DataSource)(nil)
)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{base.NewDataSource(base.Noun{Type: typeName}, nil)} }

// DataSource is the data source azuremedia_video_analyzer: one account, by its name or by its ID.
type DataSource struct{ base.DataSource }

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a Video Analyzer account, by its name and resource group or by " +
			"its ID.",
		Attributes: dataSourceAttributes(),
	}
}

func (d *DataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name")),
	}
}

func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	var config analyzer
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, allowed().Read)
	defer cancel()

	shown := analyzer{ID: config.ID}
	if config.ID.IsNull() {
		shown.ID = attribute.NewResourceID(azure.ID(d.Client.SubscriptionID(),
			config.ResourceGroupName.ValueString(), azure.VideoAnalyzerType, config.Name.ValueString()))
	}
	id := shown.ID.ValueString()
	found, err := callsOf(d.Client, nil).Get(ctx, id)
	switch {
	case azure.IsNotFound(err):
		resp.Diagnostics.Append(notFound(id))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(id), err))
		return
	}
	shown.observe(found)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
}

func notFound(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Video Analyzer Account Not Found", fmt.Sprintf(
		"Found: no account %s.\nRequired: an account that exists, and that the caller may read.\n"+
			"Remedy: correct the name and the resource group; `az resource list --resource-type %s` "+
			"lists what there is.", id, azure.VideoAnalyzerType))
}

func dataSourceAttributes() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	id := func(description string) schema.StringAttribute {
		shown := text(description)
		shown.CustomType = attribute.ResourceIDType{}
		return shown
	}
	byID := id("The resource ID, to find the account by.")
	byID.Optional = true
	return map[string]schema.Attribute{
		"id": byID,
		"name": schema.StringAttribute{
			MarkdownDescription: "The name of the account, to find it by together with its resource group.",
			CustomType:          attribute.NameType{},
			Optional:            true,
			Computed:            true,
			Validators: []validator.String{
				stringvalidator.AlsoRequires(path.MatchRoot("resource_group_name")),
			},
		},
		"resource_group_name": schema.StringAttribute{
			MarkdownDescription: "The name of the resource group that it lies in.",
			CustomType:          attribute.NameType{},
			Optional:            true,
			Computed:            true,
			Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("name"))},
		},
		"location": schema.StringAttribute{
			MarkdownDescription: "The Azure region that it lies in, as Azure spells it.",
			CustomType:          attribute.LocationType{},
			Computed:            true,
		},
		"storage_account": schema.SingleNestedAttribute{
			MarkdownDescription: "The storage account of the account, the first one if it has several.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"id": id("The ID of the storage account."),
				"user_assigned_identity_id": id("The ID of the user-assigned identity that reaches " +
					"it. It is null where the account holds a copy of the storage keys."),
			},
		},
		"identity": schema.SingleNestedAttribute{
			MarkdownDescription: "The user-assigned identities of the account.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type": text("`UserAssigned`."),
				"identity_ids": schema.SetAttribute{
					MarkdownDescription: "The IDs of the user-assigned identities.",
					ElementType:         attribute.ResourceIDType{},
					Computed:            true,
				},
			},
		},
		"public_network_access_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the account can be reached from the internet.",
			Computed:            true,
		},
		"encryption": media.EncryptionDataSourceAttribute(),
		"tags": schema.MapAttribute{
			MarkdownDescription: "All tags of the account.",
			ElementType:         types.StringType,
			Computed:            true,
		},
		"endpoints": schema.ListNestedAttribute{
			MarkdownDescription: "Where clients of the account go.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"type": text("What the endpoint is for, such as `ClientApi`."),
				"url":  text("The address of the endpoint."),
			}},
		},
		"provisioning_state": text("Where the last change of the account stands: `InProgress`, " +
			"`Succeeded` or `Failed`."),
	}
}
