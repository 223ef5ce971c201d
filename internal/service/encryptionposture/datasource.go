// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package encryptionposture is the data source azuremedia_encryption_posture: who wraps what, of an
// account and of every storage account beneath it, and whether that is as it should be.
package encryptionposture

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
)

const typeName = "azuremedia_encryption_posture"

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(base.Noun{Type: typeName}, nil)}
}

// DataSource is azuremedia_encryption_posture.
type DataSource struct{ base.DataSource }

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	resp.Schema = dataSourceSchema()
}

// Read fails over nothing that it finds: to judge that is the business of a check block or of a
// postcondition. Only an account that cannot be read has no posture.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	var shown model
	resp.Diagnostics.Append(req.Config.Get(ctx, &shown)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := shown.AccountID.ValueString()
	found, err := read(ctx, d.Client, id)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, diagnostic.Subject{
			Noun: "Encryption Posture", Type: typeName, ID: id,
		}, err))
		return
	}
	now := d.Client.ServerTime()
	facts := found.facts(now)
	shown.observe(found, facts, posture.Assess(facts, shown.requirements(), now), now)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
}
