// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package base

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// DataSource is what every data source embeds.
type DataSource struct {
	// Client is nil until the provider is configured, as during validation.
	Client *azure.Client
	noun   Noun
	schema func() schema.Schema
}

// NewDataSource returns what a data source of the noun embeds. Its schema is its own: that of the
// noun is the resource's.
func NewDataSource(noun Noun, dataSourceSchema func() schema.Schema) DataSource {
	return DataSource{noun: noun, schema: dataSourceSchema}
}

// Subject returns what the data source reads as diagnostics name it.
func (d *DataSource) Subject(id string) diagnostic.Subject { return d.noun.Subject(id) }

func (d *DataSource) Metadata(_ context.Context, _ datasource.MetadataRequest,
	resp *datasource.MetadataResponse,
) {
	resp.TypeName = d.noun.Type
}

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	resp.Schema = d.schema()
}

// ConfigValidators refuses what no list and no set can have.
func (d *DataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{attribute.NoNullElements{}}
}

func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest,
	resp *datasource.ConfigureResponse,
) {
	d.Client = client(req.ProviderData, &resp.Diagnostics)
}

// ReadData reads a data source: read fills in the model, which holds the configuration, within the
// noun's timeout for reading if it has one.
func ReadData[M any](ctx context.Context, d *DataSource, req datasource.ReadRequest,
	resp *datasource.ReadResponse, read func(context.Context, *M) diag.Diagnostics,
) {
	var shown M
	resp.Diagnostics.Append(req.Config.Get(ctx, &shown)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if limit := d.noun.Timeouts.Read; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	resp.Diagnostics.Append(read(azure.Shared(ctx), &shown)...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
	}
}
