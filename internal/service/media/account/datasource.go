// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var _ datasource.DataSourceWithConfigValidators = (*DataSource)(nil)

// DataSource is the data source azuremedia_account: one account, by its name or by its ID.
type DataSource struct {
	media.DataSource[account, armmedia.AccountProperties]
}

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{media.DataSource[account, armmedia.AccountProperties]{
		DataSource: base.NewDataSource(kind().Noun(), dataSourceSchema),
		Kind:       kind(),
		Attributes: func(a *account) *media.Attributes { return &a.Attributes },
		Observe:    (*account).observe,
	}}
}

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads a Media Services account, by its name and resource group or by " +
			"its ID. " + retired,
		Attributes: media.FindingAttributes(azure.MediaAccountType, shown()),
	}
}

// shown returns the attributes of an account as the data sources show them.
func shown() map[string]schema.Attribute {
	text, id := attribute.ShownText, media.ShownID
	return media.ShownAttributes(map[string]schema.Attribute{
		"storage_accounts": schema.SetNestedAttribute{
			MarkdownDescription: "The storage accounts of the account.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id": id("The ID of the storage account."),
				"is_primary": schema.BoolAttribute{
					MarkdownDescription: "Whether this is the primary storage account.",
					Computed:            true,
				},
				"user_assigned_identity_id": id("The ID of the user-assigned identity that " +
					"accesses the storage account, if there is one."),
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
			"How the account accesses its storage: `System` or `ManagedIdentity`."),
		"minimum_tls_version": text(minimumTLSVersion),
		"key_delivery_access_control": schema.SingleNestedAttribute{
			MarkdownDescription: keyDeliveryClients,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"default_action": text("What happens to requests from addresses that are not on the list."),
				"ip_allow_list": schema.SetAttribute{
					MarkdownDescription: allowedClients,
					ElementType:         types.StringType,
					Computed:            true,
				},
			},
		},
		"media_service_id": text(mediaServiceID),
	})
}
