// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource {
	return &DataSource{base.NewDataSource(base.Noun{Type: typeName}, nil)}
}

// DataSource is azuremedia_storage_key_rotation: what Azure tells of a storage account's keys
// without anybody's state.
type DataSource struct{ base.DataSource }

type dataModel struct {
	ID               types.String              `tfsdk:"id"`
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	RotationInterval types.String              `tfsdk:"rotation_interval"`
	DependentIDs     types.Set                 `tfsdk:"dependent_ids"`
	Dependents       []dependentModel          `tfsdk:"dependents"`
	Key1CreatedAt    timetypes.RFC3339         `tfsdk:"key1_created_at"`
	Key2CreatedAt    timetypes.RFC3339         `tfsdk:"key2_created_at"`
	Key1AgeInDays    types.Int64               `tfsdk:"key1_age_in_days"`
	Key2AgeInDays    types.Int64               `tfsdk:"key2_age_in_days"`
	ObservedAt       timetypes.RFC3339         `tfsdk:"observed_at"`
	NextRotationAt   timetypes.RFC3339         `tfsdk:"next_rotation_at"`
	Overdue          types.Bool                `tfsdk:"overdue"`
}

// dependentModel is an account that was asked about.
type dependentModel struct {
	ID           types.String      `tfsdk:"id"`
	UsesKeys     types.Bool        `tfsdk:"uses_keys"`
	LastSyncedAt timetypes.RFC3339 `tfsdk:"last_synced_at"`
	Behind       types.Bool        `tfsdk:"behind"`
}

func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
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
	resp.Schema = schema.Schema{
		MarkdownDescription: "The ages of a storage account's keys, and when a rotation is due, as " +
			"Azure tells them to everybody who may read the account. It needs no rotation to be " +
			"managed here, and no permission on the keys.",
		Attributes: map[string]schema.Attribute{
			"storage_account_id": schema.StringAttribute{
				MarkdownDescription: "The ID of the storage account.",
				CustomType:          attribute.ResourceIDType{},
				Required:            true,
			},
			"rotation_interval": schema.StringAttribute{
				MarkdownDescription: "The age at which key1 has to be rotated, such as `P90D`.",
				Optional:            true,
				Validators:          []validator.String{interval{atLeast: 2 * keyrotation.Settle}},
			},
			"dependent_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of accounts that hold a copy of the keys, to be shown in " +
					"`dependents`.",
				ElementType: attribute.ResourceIDType{},
				Optional:    true,
				Validators:  []validator.Set{dependentIDs{}},
			},
			"dependents":       dependents(at),
			"id":               schema.StringAttribute{MarkdownDescription: "The resource ID.", Computed: true},
			"key1_created_at":  at("When key1 was made; null where Azure does not tell."),
			"key2_created_at":  at("When key2 was made; null where Azure does not tell."),
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

func dependents(at func(string) schema.StringAttribute) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		MarkdownDescription: "The accounts of `dependent_ids`, by ID.",
		Computed:            true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{MarkdownDescription: "The account's ID.", Computed: true},
			"uses_keys": schema.BoolAttribute{
				MarkdownDescription: "Whether the account has the storage account, and holds a copy of " +
					"its keys.",
				Computed: true,
			},
			"last_synced_at": at("When the account last read the keys; null where its service does not " +
				"tell. Batch tells."),
			"behind": schema.BoolAttribute{
				MarkdownDescription: "Whether the account last read the keys before one of them was made; " +
					"null where that is not known.",
				Computed: true,
			},
		}},
	}
}

func (d *DataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	var shown dataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &shown)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := shown.StorageAccountID.ValueString()
	opened := &account{client: d.Client, id: id, dependents: idsOf(shown.DependentIDs)}
	var observed keyrotation.Observed
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { observed, err = opened.age(gctx); return err })
	g.Go(func() error { return opened.look(gctx) })
	if err := g.Wait(); err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(id), err))
		return
	}
	shown.show(observed)
	shown.showDependents(opened.uses, observed.Created)
	resp.Diagnostics.Append(resp.State.Set(ctx, shown)...)
}

func (m *dataModel) show(o keyrotation.Observed) {
	m.ID = types.StringValue(m.StorageAccountID.ValueString())
	m.Key1CreatedAt, m.Key1AgeInDays = moment(o.Created.Key1), age(o.Created.Key1, o.Now)
	m.Key2CreatedAt, m.Key2AgeInDays = moment(o.Created.Key2), age(o.Created.Key2, o.Now)
	m.ObservedAt = moment(o.Now)
	m.NextRotationAt, m.Overdue = timetypes.NewRFC3339Null(), types.BoolValue(false)
	if length, ok := parseInterval(m.RotationInterval.ValueString()); ok {
		due := o.Created.Key1.Add(length)
		m.NextRotationAt, m.Overdue = moment(due), types.BoolValue(!o.Now.Before(due))
	}
}

func (m *dataModel) showDependents(uses []keyholder.Dependent,
	created keyrotation.Keys[time.Time],
) {
	m.Dependents = []dependentModel{}
	for _, use := range uses {
		shown := dependentModel{
			ID: types.StringValue(use.ID), UsesKeys: types.BoolValue(use.UsesKeys),
			LastSyncedAt: moment(use.LastSync), Behind: types.BoolNull(),
		}
		if !use.LastSync.IsZero() {
			shown.Behind = types.BoolValue(use.Behind(created.Key1, created.Key2))
		}
		m.Dependents = append(m.Dependents, shown)
	}
}

// age is how old a key is in whole days; null where it is not known when it was made.
func age(created, now time.Time) types.Int64 {
	if created.IsZero() {
		return types.Int64Null()
	}
	return types.Int64Value(int64(now.Sub(created).Hours() / 24))
}
