// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(noun(), dataSourceSchema)}
}

// DataSource is azuremedia_storage_key_rotation: the ages of a storage account's keys, without a
// resource in any state.
type DataSource struct{ base.DataSource }

type dataModel struct {
	ID               types.String              `tfsdk:"id"`
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	RotationInterval types.String              `tfsdk:"rotation_interval"`
	DependentIDs     types.Set                 `tfsdk:"dependent_ids"`
	SecretIDs        types.Set                 `tfsdk:"secret_ids"`
	Dependents       []dependentModel          `tfsdk:"dependents"`
	Key1CreatedAt    timetypes.RFC3339         `tfsdk:"key1_created_at"`
	Key2CreatedAt    timetypes.RFC3339         `tfsdk:"key2_created_at"`
	Key1AgeInDays    types.Int64               `tfsdk:"key1_age_in_days"`
	Key2AgeInDays    types.Int64               `tfsdk:"key2_age_in_days"`
	ObservedAt       timetypes.RFC3339         `tfsdk:"observed_at"`
	NextRotationAt   timetypes.RFC3339         `tfsdk:"next_rotation_at"`
	Overdue          types.Bool                `tfsdk:"overdue"`
}

// dependentModel is an account of dependent_ids, or a secret of secret_ids.
type dependentModel struct {
	ID           types.String      `tfsdk:"id"`
	UsesKeys     types.Bool        `tfsdk:"uses_keys"`
	LastSyncedAt timetypes.RFC3339 `tfsdk:"last_synced_at"`
	Behind       types.Bool        `tfsdk:"behind"`
	Holds        types.String      `tfsdk:"holds"`
}

func dataSourceSchema() schema.Schema {
	at := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description,
			CustomType:          timetypes.RFC3339Type{},
			Computed:            true,
		}
	}
	days := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	return schema.Schema{
		MarkdownDescription: "Reads the ages of a storage account's keys, and when a rotation is due. It " +
			"needs permission to read the account and none on its keys, and no rotation has to be " +
			"managed with Terraform.",
		Attributes: map[string]schema.Attribute{
			"storage_account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the storage account.",
				CustomType:          attribute.ResourceIDType{},
				Required:            true,
				Validators:          []validator.String{attribute.IDOf(azure.StorageAccountType)},
			},
			"rotation_interval": schema.StringAttribute{
				MarkdownDescription: "The age at which key1 is due for rotation, such as `P90D`.",
				Optional:            true,
				Validators:          []validator.String{interval{atLeast: 2 * keyrotation.Settle}},
			},
			"dependent_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of accounts that hold a copy of the keys. `dependents` shows " +
					"them.",
				ElementType: attribute.ResourceIDType{},
				Optional:    true,
				Validators:  []validator.Set{dependentIDs{}},
			},
			"secret_ids": schema.SetAttribute{
				MarkdownDescription: "The identifiers of Key Vault secrets that hold one of the keys, without a version. " +
					"`dependents` shows what the tags of their newest versions tell; no value is read.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{secretIDs{}},
			},
			"dependents":       dependentsAttribute(at),
			"id":               schema.StringAttribute{MarkdownDescription: "The resource ID.", Computed: true},
			"key1_created_at":  at("When key1 was made; null where Azure does not show it."),
			"key2_created_at":  at("When key2 was made; null where Azure does not show it."),
			"key1_age_in_days": days("The age of key1 in whole days."),
			"key2_age_in_days": days("The age of key2 in whole days."),
			"observed_at":      at("The time by Azure's clock at which the ages were read."),
			"next_rotation_at": at("When key1 reaches the age of `rotation_interval`."),
			"overdue": schema.BoolAttribute{
				MarkdownDescription: "Whether key1 has reached that age.",
				Computed:            true,
			},
		},
	}
}

func dependentsAttribute(at func(string) schema.StringAttribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "The accounts of `dependent_ids` and the secrets of `secret_ids`, by ID.",
		Computed:            true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{MarkdownDescription: "The ID of the account or the secret.", Computed: true},
			"uses_keys": schema.BoolAttribute{
				MarkdownDescription: "Whether the account has the storage account, and holds a copy of " +
					"its keys.",
				Computed: true,
			},
			"last_synced_at": at("When the account last read the keys; null where its service does not " +
				"report it. Batch does."),
			"behind": schema.BoolAttribute{
				MarkdownDescription: "Whether the account last read the keys before one of them was made, or the secret " +
					"holds none of the present ones; null where that is unknown.",
				Computed: true,
			},
			"holds": schema.StringAttribute{
				MarkdownDescription: "The key that the secret holds, by its tags; null for an account, which holds both.",
				Computed:            true,
			},
		}},
	}
}

// Read reads the keys' ages and the dependents, all at once.
func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	base.ReadData(ctx, &d.DataSource, req, resp, func(ctx context.Context, shown *dataModel) diag.Diagnostics {
		id := shown.StorageAccountID.ValueString()
		holders := accounts(d.Client, idsOf(shown.DependentIDs))
		for _, element := range shown.SecretIDs.Elements() {
			text, _ := element.(types.String)
			if id, err := customerkey.ParseSecretID(text.ValueString()); err == nil {
				secret := keyholder.Secret{VaultURI: id.VaultURI, Name: id.Name, AsFound: true}
				holders = append(holders, holder{secret.ID(), secret.Kind(d.Client)})
			}
		}
		opened := newAccount(d.Client, id, holders)
		var observed keyrotation.Observed
		g, gctx := azure.Together(ctx)
		g.Go(func() (err error) { observed, err = opened.readKeys(gctx); return err })
		g.Go(func() error { return opened.dependents.look(gctx) })
		if err := g.Wait(); err != nil {
			return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(id), err)}
		}
		shown.show(observed)
		shown.showDependents(opened.dependents.found(), observed.Created)
		return nil
	})
}

func (m *dataModel) show(o keyrotation.Observed) {
	m.ID = types.StringValue(m.StorageAccountID.ValueString())
	m.Key1CreatedAt, m.Key1AgeInDays = attribute.TimeOrNull(o.Created.Key1), age(o.Created.Key1, o.Now)
	m.Key2CreatedAt, m.Key2AgeInDays = attribute.TimeOrNull(o.Created.Key2), age(o.Created.Key2, o.Now)
	m.ObservedAt = attribute.TimeOrNull(o.Now)
	m.NextRotationAt, m.Overdue = timetypes.NewRFC3339Null(), types.BoolValue(false)
	if length, ok := keyrotation.ParseInterval(m.RotationInterval.ValueString()); ok {
		due := o.Created.Key1.Add(length)
		m.NextRotationAt, m.Overdue = attribute.TimeOrNull(due), types.BoolValue(!o.Now.Before(due))
	}
}

func (m *dataModel) showDependents(found []keyholder.Dependent,
	created keyrotation.Keys[time.Time],
) {
	m.Dependents = []dependentModel{}
	for _, one := range found {
		shown := dependentModel{
			ID: types.StringValue(one.ID), UsesKeys: types.BoolValue(one.UsesKeys),
			LastSyncedAt: attribute.TimeOrNull(one.LastSync), Behind: types.BoolNull(), Holds: types.StringNull(),
		}
		switch {
		case one.Kind.HoldsOneKey():
			shown.Holds, shown.LastSyncedAt = attribute.TextOrNull(string(one.Copy.Key)), attribute.TimeOrNull(one.Copy.Since)
			shown.Behind = types.BoolValue(!one.Copy.Holds(created.Of(one.Copy.Key)))
		case !one.LastSync.IsZero():
			shown.Behind = types.BoolValue(one.Behind(created.Key1, created.Key2))
		}
		m.Dependents = append(m.Dependents, shown)
	}
}

// age returns the age of a key in whole days; null where its creation time is unknown.
func age(created, now time.Time) types.Int64 {
	if created.IsZero() {
		return types.Int64Null()
	}
	return types.Int64Value(int64(now.Sub(created).Hours() / 24))
}
