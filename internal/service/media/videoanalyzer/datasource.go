// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var _ datasource.DataSourceWithConfigValidators = (*DataSource)(nil)

// DataSource is the data source azuremedia_video_analyzer: one account, by its name or by its ID.
type DataSource struct {
	media.DataSource[analyzer, armmedia.VideoAnalyzerProperties]
}

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{media.DataSource[analyzer, armmedia.VideoAnalyzerProperties]{
		DataSource: base.NewDataSource(kind().Noun(), dataSourceSchema),
		Kind:       kind(),
		Attributes: func(a *analyzer) *media.Attributes { return &a.Attributes },
		Observe:    (*analyzer).observe,
	}}
}

func dataSourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Reads a Video Analyzer account, by its name and resource group or by " +
			"its ID. " + retired,
		Attributes: media.FindingAttributes(azure.VideoAnalyzerType, shown()),
	}
}

// shown returns the attributes of an account as the data source shows them.
func shown() map[string]schema.Attribute {
	text, id := attribute.ShownText, media.ShownID
	return media.ShownAttributes(map[string]schema.Attribute{
		"storage_account": schema.SingleNestedAttribute{
			MarkdownDescription: "The storage account of the account; the first one if it has several.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"id": id("The ID of the storage account."),
				"user_assigned_identity_id": id("The ID of the user-assigned identity that accesses " +
					"the storage account; null where the account holds a copy of the storage keys."),
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
		"endpoints": schema.ListNestedAttribute{
			MarkdownDescription: endpoints,
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"type": text("The purpose of the endpoint, such as `ClientApi`."),
				"url":  text("The address of the endpoint."),
			}},
		},
	})
}
