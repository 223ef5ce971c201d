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

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/providerdata"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// NewDataSource returns the data source.
func NewDataSource() datasource.DataSource { return &DataSource{} }

// DataSource is azuremedia_storage_key_rotation: what Azure tells of a storage account's keys
// without anybody's state.
type DataSource struct{ client *azure.Client }

type dataModel struct {
	ID               types.String              `tfsdk:"id"`
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	RotationInterval types.String              `tfsdk:"rotation_interval"`
	Key1CreatedAt    timetypes.RFC3339         `tfsdk:"key1_created_at"`
	Key2CreatedAt    timetypes.RFC3339         `tfsdk:"key2_created_at"`
	Key1AgeInDays    types.Int64               `tfsdk:"key1_age_in_days"`
	Key2AgeInDays    types.Int64               `tfsdk:"key2_age_in_days"`
	ObservedAt       timetypes.RFC3339         `tfsdk:"observed_at"`
	NextRotationAt   timetypes.RFC3339         `tfsdk:"next_rotation_at"`
	Overdue          types.Bool                `tfsdk:"overdue"`
}

func (d *DataSource) Metadata(_ context.Context, _ datasource.MetadataRequest,
	resp *datasource.MetadataResponse,
) {
	resp.TypeName = typeName
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

func (d *DataSource) Configure(_ context.Context, req datasource.ConfigureRequest,
	resp *datasource.ConfigureResponse,
) {
	d.client = providerdata.Client(req.ProviderData, &resp.Diagnostics)
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
	observed, err := (&account{client: d.client, id: id}).Observe(ctx)
	if err != nil {
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, subject(id), err))
		return
	}
	shown.show(observed)
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

// age is how old a key is in whole days; null where it is not known when it was made.
func age(created, now time.Time) types.Int64 {
	if created.IsZero() {
		return types.Int64Null()
	}
	return types.Int64Value(int64(now.Sub(created).Hours() / 24))
}
