// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package encryptionposture is the Terraform noun azuremedia_encryption_posture, which reads whose key
// protects an account and each of its storage accounts. Package posture judges what it reads.
package encryptionposture

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
)

func noun() base.Noun {
	return base.Noun{Type: "azuremedia_encryption_posture", Title: "Encryption Posture"}
}

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(noun(), dataSourceSchema)}
}

// DataSource is azuremedia_encryption_posture.
type DataSource struct{ base.DataSource }

// Read fails only where it cannot read the account. Its findings are data: a check block or a
// postcondition judges them.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, func(ctx context.Context, shown *model) diag.Diagnostics {
		id := shown.AccountID.ValueString()
		found, err := read(ctx, d.Client, id)
		if err != nil {
			return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(id), err)}
		}
		now := d.Client.TimeOf("/providers/" + azure.StorageAccountType)
		facts := found.facts(now)
		if shown.CheckSecrets.ValueBool() {
			if err := lookForSecrets(ctx, d.Client, &facts); err != nil {
				return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(id), err)}
			}
		}
		shown.observe(found, facts, posture.Assess(facts, shown.requirements(), now), now)
		return nil
	})
}
