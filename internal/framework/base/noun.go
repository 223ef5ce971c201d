// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// Resource is what all resources have alike, and embed: the name of their type, an identity that is
// the resource ID, and the client.
type Resource struct {
	// Client is nil as long as the provider is not configured, as during validation.
	Client   *azure.Client
	typeName string
}

// NewResource returns what a resource of a type embeds.
func NewResource(typeName string) Resource { return Resource{typeName: typeName} }

func (r *Resource) Metadata(_ context.Context, _ resource.MetadataRequest,
	resp *resource.MetadataResponse,
) {
	resp.TypeName = r.typeName
}

func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest,
	resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = attribute.IdentitySchema()
}

func (r *Resource) Configure(_ context.Context, req resource.ConfigureRequest,
	resp *resource.ConfigureResponse,
) {
	r.Client = client(req.ProviderData, &resp.Diagnostics)
}

// DataSource is what all data sources have alike, and embed: the name of their type, and the client.
type DataSource struct {
	// Client is nil as long as the provider is not configured, as during validation.
	Client   *azure.Client
	typeName string
}

// NewDataSource returns what a data source of a type embeds.
func NewDataSource(typeName string) DataSource { return DataSource{typeName: typeName} }

func (d *DataSource) Metadata(_ context.Context, _ datasource.MetadataRequest,
	resp *datasource.MetadataResponse,
) {
	resp.TypeName = d.typeName
}

func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest,
	resp *datasource.ConfigureResponse,
) {
	d.Client = client(req.ProviderData, &resp.Diagnostics)
}
