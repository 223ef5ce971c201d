// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var _ datasource.DataSourceWithConfigure = (*ListDataSource)(nil)

// NewListDataSource returns the data source of all accounts.
func NewListDataSource() datasource.DataSource {
	return &ListDataSource{base.NewDataSource(base.Noun{Type: "azuremedia_accounts"}, nil)}
}

// ListDataSource is the data source azuremedia_accounts: all accounts of the subscription, or of
// one resource group.
type ListDataSource struct{ base.DataSource }

type listModel struct {
	ResourceGroupName attribute.NameValue `tfsdk:"resource_group_name"`
	RequiredTags      types.Map           `tfsdk:"required_tags"`
	Accounts          []account           `tfsdk:"accounts"`
}

func (d *ListDataSource) Schema(_ context.Context, _ datasource.SchemaRequest,
	resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the Media Services accounts of the subscription, or of one " +
			"resource group. " + retired,
		Attributes: map[string]schema.Attribute{
			"resource_group_name": schema.StringAttribute{
				MarkdownDescription: "The name of a resource group. Left out, all accounts of the " +
					"subscription are listed.",
				CustomType: attribute.NameType{},
				Optional:   true,
				Validators: []validator.String{attribute.ValidName(mediaaccount.ResourceGroupName())},
			},
			"required_tags": schema.MapAttribute{
				MarkdownDescription: "Tags that an account must have, with these values, to be listed.",
				ElementType:         types.StringType,
				Optional:            true,
			},
			"accounts": schema.ListNestedAttribute{
				MarkdownDescription: "The accounts, ordered by their IDs.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: shown()},
			},
		},
	}
}

func (d *ListDataSource) Read(ctx context.Context, req datasource.ReadRequest,
	resp *datasource.ReadResponse,
) {
	var config listModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, media.DefaultTimeouts().Read)
	defer cancel()

	calls := media.Calls[armmedia.AccountProperties]{Kind: kind(), Client: d.Client}
	found, err := calls.List(ctx, config.ResourceGroupName.ValueString())
	if err != nil {
		scope := azure.ID(d.Client.SubscriptionID(), config.ResourceGroupName.ValueString(),
			azure.ResourceGroupType, "")
		resp.Diagnostics.Append(diagnostic.FromError(diagnostic.Read, kind().Subject(scope), err))
		return
	}
	config.Accounts = []account{}
	for _, one := range found {
		if hasTags(one.Tags, config.RequiredTags) {
			var shown account
			shown.ID = media.ObservedID(one, azure.MediaAccountType)
			shown.observe(one)
			config.Accounts = append(config.Accounts, shown)
		}
	}
	sortByID(config.Accounts)
	resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
}

// hasTags reports whether an account has all required tags. Tag names have no case, values do.
func hasTags(tags map[string]*string, required types.Map) bool {
	for name, value := range required.Elements() {
		wanted, ok := value.(types.String)
		if !ok || !slices.ContainsFunc(slices.Collect(maps.Keys(tags)), func(tag string) bool {
			return strings.EqualFold(tag, name) && azure.Deref(tags[tag]) == wanted.ValueString()
		}) {
			return false
		}
	}
	return true
}

func sortByID(accounts []account) {
	slices.SortFunc(accounts, func(a, b account) int {
		return strings.Compare(strings.ToLower(a.ID.ValueString()), strings.ToLower(b.ID.ValueString()))
	})
}
