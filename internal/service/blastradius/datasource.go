// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package blastradius is the Terraform noun azuremedia_blast_radius, which reads who would lose what
// without a key, a vault, a grant, an identity or a storage account. Packages protection and keyholder
// find the accounts, customerkey and mediaaccount say what they lose.
package blastradius

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

func noun() base.Noun {
	return base.Noun{Type: "azuremedia_blast_radius", Title: "Blast Radius"}
}

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(noun(), dataSourceSchema)}
}

// DataSource is azuremedia_blast_radius.
type DataSource struct{ base.DataSource }

// Read fails only where there is no such subject, or Azure does not answer. Accounts that depend on the
// subject are data: a check block or a postcondition judges them.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, func(ctx context.Context, shown *model) diag.Diagnostics {
		id := shown.ResourceID.ValueString()
		var subscriptions []string
		diags := shown.SubscriptionIDs.ElementsAs(ctx, &subscriptions, false)
		if diags.HasError() {
			return diags
		}
		found, err := kindOf(id).read(ctx, survey{d.Client, id, subscriptions})
		if azure.IsNotFound(err) {
			return append(diags, missing(id))
		}
		if err != nil {
			return append(diags, diagnostic.FromError(diagnostic.Read, d.Subject(id), err))
		}
		shown.observe(found)
		return diags
	})
}

// missing refuses a subject that is not there. That nobody depends on it would be no answer: the ID may be
// wrong.
func missing(id string) diag.Diagnostic {
	return diagnostic.Refuse(path.Root("resource_id"), diagnostic.Refusal{
		Title:    "Nothing To Look For",
		Found:    "no " + kindOf(id).name + " with the ID " + id,
		Required: "one that exists",
		Remedy:   "Correct the ID, or refer to the id attribute of the resource",
	})
}
