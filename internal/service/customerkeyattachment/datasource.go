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
	ID                attribute.ResourceIDValue `tfsdk:"id"`
	AccountID         attribute.ResourceIDValue `tfsdk:"account_id"`
	Type              types.String              `tfsdk:"type"`
	Status            types.String              `tfsdk:"status"`
	KeyID             types.String              `tfsdk:"key_vault_key_id"`
	CurrentKeyID      types.String              `tfsdk:"current_key_id"`
	CurrentKeyVersion types.String              `tfsdk:"current_key_version"`
	CurrentKeySince   types.String              `tfsdk:"current_key_since"`
	CurrentKeyExpires types.String              `tfsdk:"current_key_expires_at"`
	NewestKeyVersion  types.String              `tfsdk:"newest_key_version"`
	FollowsLatest     types.Bool                `tfsdk:"follows_latest_version"`
	Outdated          types.Bool                `tfsdk:"outdated"`
	IdentityID        types.String              `tfsdk:"user_assigned_identity_id"`
	PrincipalID       types.String              `tfsdk:"identity_principal_id"`
	KeyVaultID        types.String              `tfsdk:"key_vault_id"`
	Reachable         types.Bool                `tfsdk:"reachable"`
	Causes            []causeModel              `tfsdk:"causes"`
	Summary           types.String              `tfsdk:"summary"`
}

// causeModel is one reason why an account cannot access its key.
type causeModel struct {
	Cause    types.String `tfsdk:"cause"`
	Sentence types.String `tfsdk:"sentence"`
	Remedy   types.String `tfsdk:"remedy"`
	Final    types.Bool   `tfsdk:"final"`
}

// observe shows an account and whether it can access its key. Everything about a key is null while
// the account is on the system key.
func (m *dataModel) observe(account protection.Account, found protection.Access) {
	encryption := account.Encryption
	m.ID = m.AccountID
	m.Causes = []causeModel{}
	if !encryption.CustomerKey {
		m.Type = types.StringValue("SystemKey")
		m.Reachable = types.BoolValue(true)
		m.FollowsLatest, m.Outdated = types.BoolValue(false), types.BoolValue(false)
		m.Summary = types.StringValue("The account runs on the system key.")
		return
	}
	following := customerkey.Following{
		Kind: account.Kind, Wanted: found.KeyID,
		Current: encryption.Current.Version, Newest: found.Newest,
	}
	principal, _ := found.Identity.PrincipalID.Value()
	m.Type = types.StringValue("CustomerKey")
	m.Status = attribute.TextOrNull(encryption.Status)
	m.KeyID = attribute.TextOrNull(encryption.KeyID)
	m.CurrentKeyID = attribute.TextOrNull(encryption.CurrentKeyID)
	m.CurrentKeyVersion = attribute.TextOrNull(following.Current)
	m.CurrentKeySince = attribute.TimeOrNull(encryption.KeyRotatedAt).StringValue
	m.CurrentKeyExpires = attribute.TimeOrNull(expiry(encryption, found)).StringValue
	m.NewestKeyVersion = attribute.TextOrNull(following.Newest)
	m.FollowsLatest = types.BoolValue(following.FollowsLatest())
	m.Outdated = types.BoolValue(following.Outdated())
	m.IdentityID = attribute.TextOrNull(encryption.UserAssignedIdentityID)
	m.PrincipalID = attribute.TextOrNull(principal)
	m.KeyVaultID = attribute.TextOrNull(found.Vault.ID)
	m.Reachable = types.BoolValue(!found.Lost)
	m.Summary = types.StringValue(following.Sentence())
	if following.Wanted.IsZero() {
		m.FollowsLatest, m.Outdated = types.BoolNull(), types.BoolNull()
		m.Summary = types.StringValue("The account has the key " + encryption.KeyID +
			", which cannot be looked up: it is not the identifier of a Key Vault key.")
	}
	if !found.Lost {
		return
	}
	for _, finding := range found.Diagnosis.Findings {
		m.Causes = append(m.Causes, causeModel{
			Cause:    types.StringValue(string(finding.Cause)),
			Sentence: types.StringValue(finding.Sentence + "."),
			Remedy:   types.StringValue(finding.Remedy + "."),
			Final:    types.BoolValue(finding.Final),
		})
	}
	m.Summary = m.Causes[0].Sentence
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
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	return schema.Schema{
		MarkdownDescription: "The encryption of an account now: which key in which version, " +
			"whether the account can access it, and why not.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account: " + anAccount() + ".",
				CustomType:          attribute.ResourceIDType{},
				Required:            true,
				Validators:          []validator.String{takesCustomerKey{}},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The ID of the account.",
				CustomType:          attribute.ResourceIDType{},
				Computed:            true,
			},
			"type":                text("`SystemKey` or `CustomerKey`."),
			"status":              text("What Azure says about the account's access to the key. Empty as long as the account can access it."),
			"key_vault_key_id":    text("The identifier of the key, as Azure holds it."),
			"current_key_id":      text("The identifier of the key in the version that the account runs on."),
			"current_key_version": text("The version of the key that the account runs on."),
			"current_key_since": text("When the account last took another key or version, as an RFC 3339 " +
				"time. Only storage accounts tell; it is empty for other kinds."),
			"current_key_expires_at": text("When the version that the account runs on expires, as an RFC " +
				"3339 time. Empty if it does not, or if that cannot be seen."),
			"newest_key_version": text("The newest version of the key in the vault. Empty if this " +
				"login may not read the key."),
			"follows_latest_version": flag("Whether the account follows the newest version of the key."),
			"outdated": flag("Whether the account is known to run on another version than the " +
				"newest: it is pinned, or has not moved on yet."),
			"user_assigned_identity_id": text("The ID of the user-assigned identity that the account " +
				"reads the key with. Empty for the system-assigned one."),
			"identity_principal_id": text("The object ID of the identity that the account reads the key with."),
			"key_vault_id":          text("The ID of the vault. Empty if this login does not see it."),
			"reachable":             flag("Whether the account can access its key, as far as this login can see."),
			"causes": schema.ListNestedAttribute{
				MarkdownDescription: "Why the account cannot access its key. The first one is the " +
					"cause; the others need to be fixed as well.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"cause":    text("The cause, such as `key disabled`."),
					"sentence": text("The cause as a sentence."),
					"remedy":   text("What restores access."),
					"final":    flag("Whether only a backup of the key can restore access, as far as is documented."),
				}},
			},
			"summary": text("A summary in one sentence."),
		},
	}
}
