// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

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
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
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

// DataSource is the data source azuremedia_account: one account, by its name or by its ID.
type DataSource struct{ base.DataSource }

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	attributes := shown()
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: "The resource ID, to find the account by.",
		CustomType:          attribute.ResourceIDType{},
		Optional:            true,
		Computed:            true,
	}
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the account, to find it by together with its resource group.",
		CustomType:          attribute.NameType{},
		Optional:            true,
		Computed:            true,
		Validators: []validator.String{
			stringvalidator.AlsoRequires(path.MatchRoot("resource_group_name")),
		},
	}
	attributes["resource_group_name"] = schema.StringAttribute{
		MarkdownDescription: "The name of the resource group that it lies in.",
		CustomType:          attribute.NameType{},
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{stringvalidator.AlsoRequires(path.MatchRoot("name"))},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads a Media Services account, by its name and resource group or by " +
			"its ID.",
		Attributes: attributes,
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
	var config account
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, allowed().Read)
	defer cancel()

	id := config.ID.ValueString()
	if config.ID.IsNull() {
		id = azure.ID(d.Client.SubscriptionID(), config.ResourceGroupName.ValueString(),
			azure.MediaAccountType, config.Name.ValueString())
	}
	found, err := callsOf(d.Client, nil).Get(ctx, id)
	switch {
	case azure.IsNotFound(err):
		resp.Diagnostics.Append(notFound(id))
		return
	case err != nil:
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(id), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, show(found, config.ID))...)
}

// show is an account with everything that Azure says about it.
func show(found armmedia.Account, as attribute.ResourceIDValue) account {
	shown := account{ID: as}
	if as.IsNull() {
		shown.ID = attribute.NewResourceID(azure.Deref(found.ID))
		if canonical, err := azure.CanonicalID(azure.Deref(found.ID), azure.MediaAccountType); err == nil {
			shown.ID = attribute.NewResourceID(canonical)
		}
	}
	shown.observe(found)
	return shown
}

func notFound(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Media Services Account Not Found", fmt.Sprintf(
		"Found: no account %s.\nRequired: an account that exists, and that the caller may read.\n"+
			"Remedy: correct the name and the resource group; `az resource list --resource-type %s` "+
			"lists what there is.", id, azure.MediaAccountType))
}

// shown are the attributes of an account as a data source shows them.
func shown() map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	id := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Computed: true, CustomType: attribute.ResourceIDType{},
		}
	}
	return map[string]schema.Attribute{
		"id": id("The resource ID."),
		"name": schema.StringAttribute{
			MarkdownDescription: "The name of the account.",
			CustomType:          attribute.NameType{},
			Computed:            true,
		},
		"resource_group_name": schema.StringAttribute{
			MarkdownDescription: "The name of the resource group that it lies in.",
			CustomType:          attribute.NameType{},
			Computed:            true,
		},
		"location": schema.StringAttribute{
			MarkdownDescription: "The Azure region that it lies in, as Azure spells it.",
			CustomType:          attribute.LocationType{},
			Computed:            true,
		},
		"storage_accounts": schema.SetNestedAttribute{
			MarkdownDescription: "The storage accounts of the account.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": id("The ID of the storage account."),
				"is_primary": schema.BoolAttribute{
					MarkdownDescription: "Whether it is the primary storage account.",
					Computed:            true,
				},
				"user_assigned_identity_id": id("The ID of the user-assigned identity that " +
					"reaches it, if one does."),
			}},
		},
		"identity": schema.SingleNestedAttribute{
			MarkdownDescription: "The managed identities of the account.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type": text("`SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`."),
				"identity_ids": schema.SetAttribute{
					MarkdownDescription: "The IDs of the user-assigned identities.",
					ElementType:         attribute.ResourceIDType{},
					Computed:            true,
				},
				"principal_id": text("The object ID of the system-assigned identity."),
				"tenant_id":    text("The tenant of the system-assigned identity."),
			},
		},
		"storage_authentication_type": text(
			"How the account reaches its storage: `System` or `ManagedIdentity`."),
		"public_network_access_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the account can be reached from the internet.",
			Computed:            true,
		},
		"minimum_tls_version": text("The oldest version of TLS that the account accepts."),
		"key_delivery_access_control": schema.SingleNestedAttribute{
			MarkdownDescription: "Who may ask the account for content keys.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"default_action": text("What happens to requests from addresses that are not on the list."),
				"ip_allow_list": schema.SetAttribute{
					MarkdownDescription: "The addresses and address blocks that are let in.",
					ElementType:         types.StringType,
					Computed:            true,
				},
			},
		},
		"encryption": media.EncryptionDataSourceAttribute(),
		"tags": schema.MapAttribute{
			MarkdownDescription: "All tags of the account.",
			ElementType:         types.StringType,
			Computed:            true,
		},
		"media_service_id": text("The GUID by which the service itself knows the account."),
		"provisioning_state": text("Where the last change of the account stands: `InProgress`, " +
			"`Succeeded` or `Failed`."),
	}
}
