// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(noun(), dataSourceSchema)}
}

// DataSource is the data source azuremedia_customer_key_attachment: the encryption of an account now.
type DataSource struct{ base.DataSource }

func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, d.read)
}

func (d *DataSource) read(ctx context.Context, shown *dataModel) diag.Diagnostics {
	id := shown.AccountID.ValueString()
	kind, err := protection.Of(d.Client, id)
	if err != nil {
		return diag.Diagnostics{noSuchAccount(accountPath(), err)}
	}
	account, err := kind.Read(ctx, id)
	var access protection.Access
	if err == nil {
		question := account.Question()
		question.WithNewest = true
		access, err = protection.ExamineQuestion(ctx, d.Client, account, question)
	}
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(id), err)}
	}
	shown.observe(account, access)
	return nil
}

// dataModel is the data source's state.
type dataModel struct {
	ID        attribute.ResourceIDValue `tfsdk:"id"`
	AccountID attribute.ResourceIDValue `tfsdk:"account_id"`
	attribute.KeyInUse
	Status            types.String `tfsdk:"status"`
	CurrentKeySince   types.String `tfsdk:"current_key_since"`
	CurrentKeyExpires types.String `tfsdk:"current_key_expires_at"`
}

// observe shows an account and whether it can access its key. Everything about a key is null while
// the account is on the system key.
func (m *dataModel) observe(account protection.Account, found protection.Access) {
	encryption := account.Encryption
	m.ID = m.AccountID
	if !encryption.CustomerKey {
		m.KeyInUse = attribute.SystemKeyInUse("The account runs on the system key.")
		m.FollowsLatest, m.Outdated = types.BoolValue(false), types.BoolValue(false)
		return
	}
	following := customerkey.Following{
		Kind: account.Kind, Wanted: found.KeyID,
		Current: encryption.Current.Version, Newest: found.Newest,
	}
	m.KeyInUse = attribute.CustomerKeyInUse(encryption.KeyID, encryption.CurrentKeyID, found.Facts, following)
	m.Status = attribute.TextOrNull(encryption.Status)
	m.CurrentKeySince = attribute.TimeOrNull(encryption.KeyRotatedAt).StringValue
	m.CurrentKeyExpires = attribute.TimeOrNull(expiry(encryption, found)).StringValue
	m.Reachable = types.BoolValue(true)
	if following.Wanted.IsZero() {
		m.Summary = types.StringValue("The account has the key " + encryption.KeyID +
			", which cannot be looked up: it is not the identifier of a Key Vault key.")
	} else {
		m.Outdated = types.BoolValue(following.Outdated())
		m.Summary = types.StringValue(following.Sentence())
	}
	if found.Lost {
		m.Lose(found.Diagnosis)
		m.Summary = m.Causes[0].Sentence
	}
}

// expiry returns when the version in use expires: as the vault says or, if the caller cannot see the
// vault, the account.
func expiry(encryption protection.Encryption, found protection.Access) time.Time {
	if expires, known := found.InUse.Expires.Value(); known {
		return expires
	}
	return encryption.KeyExpiresAt
}

func dataSourceSchema() schema.Schema {
	attributes := attribute.KeyInUseAttributes()
	attributes["account_id"] = schema.StringAttribute{
		MarkdownDescription: "The ID of the account: " + anAccount() + ".",
		CustomType:          attribute.ResourceIDType{},
		Required:            true,
		Validators:          []validator.String{takesCustomerKey{}},
	}
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: "The ID of the account.",
		CustomType:          attribute.ResourceIDType{},
		Computed:            true,
	}
	attributes["status"] = attribute.ShownText("What Azure says about the account's access to the key. Null as long as " +
		"the account can access it.")
	attributes["current_key_since"] = attribute.ShownText("When the account last took another key or version, as an RFC " +
		"3339 time. Only storage accounts tell; it is null for other kinds.")
	attributes["current_key_expires_at"] = attribute.ShownText("When the version in use expires, as an RFC 3339 time. " +
		"Null if it does not, or if that cannot be seen.")
	return schema.Schema{
		MarkdownDescription: "The encryption of an account now: which key in which version, " +
			"whether the account can access it, and why not.",
		Attributes: attributes,
	}
}
