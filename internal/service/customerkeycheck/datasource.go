// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeycheck is the data source azuremedia_customer_key: a key and its vault, held against
// every rule before anything depends on them.
package customerkeycheck

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const typeName = "azuremedia_customer_key"

var (
	_ datasource.DataSourceWithConfigure        = (*DataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*DataSource)(nil)
)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(base.Noun{Type: typeName}, nil)}
}

// DataSource is azuremedia_customer_key.
type DataSource struct{ base.DataSource }

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	resp.Schema = dataSourceSchema()
}

func (d *DataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return configValidators()
}

// Read never fails over a rule: a key that is not fit is what this is for.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	var shown model
	resp.Diagnostics.Append(req.Config.Get(ctx, &shown)...)
	if resp.Diagnostics.HasError() {
		return
	}
	question, diags := d.question(ctx, &shown)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	answer, err := facts.New(d.Client).Read(ctx, question)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, diagnostic.Subject{
			Noun: "Customer Key", Type: typeName, ID: shown.KeyID.ValueString(),
		}, err))
		return
	}
	report := customerkey.Check(answer.Facts, d.Client.ServerTime())
	shown.observe(answer, report)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
}

// question asks about the key for the account that is named, for one in the region that is named,
// or for none in particular.
func (d *DataSource) question(ctx context.Context, asked *model) (facts.Question, diag.Diagnostics) {
	question := facts.Question{WithNewest: true}
	key, err := protection.ParseKeyID(d.Client, asked.KeyID.ValueString())
	var wrong *customerkey.KeyIDError
	if errors.As(err, &wrong) {
		return question, diag.Diagnostics{diagnostic.FromViolation(wrong.Violation())}
	}
	question.Key = key

	if id := asked.AccountID.ValueString(); id != "" {
		kind, err := protection.Of(d.Client, id)
		if err != nil {
			return question, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("account_id"),
				"Account Takes No Customer Key", "Found: "+err.Error()+
					".\nRemedy: refer to the id attribute of an account.")}
		}
		account, err := kind.Read(ctx, id)
		if err != nil {
			return question, diag.Diagnostics{diagnostic.FromError(diagnostic.Read,
				diagnostic.Subject{Noun: "Account", ID: id}, err)}
		}
		question.Account = account.Account
		if account.Encryption.Current.SameKey(key) {
			question.InUse = account.Encryption.Current
		}
		question.Identity = customerkey.Identity{Kind: customerkey.SystemAssignedIdentity}
	} else if location := asked.Location.ValueString(); location != "" {
		question.Account.Kind = customerkey.MediaServices()
		question.Account.Location = rule.Known(location)
	}
	if id := asked.IdentityID.ValueString(); id != "" {
		question.Identity = customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: id}
	}
	return question, nil
}
