// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package customerkeycheck is the Terraform noun azuremedia_customer_key, which checks a key and its
// vault against every rule of customer-managed keys before anything depends on them.
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

func noun() base.Noun { return base.Noun{Type: "azuremedia_customer_key", Title: "Customer Key"} }

var _ datasource.DataSourceWithConfigValidators = (*DataSource)(nil)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(noun(), dataSourceSchema)}
}

// DataSource is azuremedia_customer_key.
type DataSource struct{ base.DataSource }

// ConfigValidators refuses a region beside an account, which has its own.
func (d *DataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return configValidators()
}

// Read lists broken rules and never fails because of them.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, func(ctx context.Context, shown *model) diag.Diagnostics {
		question, diags := d.question(ctx, shown)
		if diags.HasError() {
			return diags
		}
		answer, err := facts.New(d.Client).Read(ctx, question)
		if err != nil {
			return append(diags, diagnostic.FromError(
				diagnostic.Read, d.Subject(shown.KeyID.ValueString()), err))
		}
		shown.observe(answer, customerkey.Check(answer.Facts, d.Client.TimeOf(answer.KeyID.VaultURI)))
		return diags
	})
}

// question returns what to read about the key: for the account in the configuration, for an account in
// its region, or for none in particular.
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
			return question, diag.Diagnostics{diagnostic.Refuse(path.Root("account_id"), diagnostic.Refusal{
				Title: "Account Takes No Customer Key", Found: err.Error(),
				Required: "an account whose key this provider can manage", Remedy: "Refer to the id attribute of such an account",
			})}
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
