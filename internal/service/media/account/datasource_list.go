// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

var _ datasource.DataSourceWithConfigure = (*ListDataSource)(nil)

// ListDataSource is the data source azuremedia_accounts: all accounts of the subscription, or of
// one resource group.
type ListDataSource struct{ base.DataSource }

// NewListDataSource returns the data source of all accounts.
func NewListDataSource() datasource.DataSource {
	noun := kind().Noun()
	noun.Type = "azuremedia_accounts"
	return &ListDataSource{base.NewDataSource(noun, listSchema)}
}

type listModel struct {
	ResourceGroupName attribute.NameValue `tfsdk:"resource_group_name"`
	RequiredTags      types.Map           `tfsdk:"required_tags"`
	Accounts          []account           `tfsdk:"accounts"`
}

func listSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Lists the Media Services accounts of the subscription, or of one " +
			"resource group. " + retired,
		Attributes: map[string]schema.Attribute{
			"resource_group_name": schema.StringAttribute{
				MarkdownDescription: "The name of a resource group. Without it, the data source lists " +
					"all accounts of the subscription.",
				CustomType: attribute.NameType{},
				Optional:   true,
				Validators: []validator.String{attribute.ValidName(naming.ResourceGroup())},
			},
			"required_tags": schema.MapAttribute{
				MarkdownDescription: "Tags that an account must have, with these values, to be listed. One that is " +
					"null is not required.",
				ElementType: types.StringType,
				Optional:    true,
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
	base.ReadData(ctx, &d.DataSource, req, resp, d.read)
}

func (d *ListDataSource) read(ctx context.Context, list *listModel) diag.Diagnostics {
	group := list.ResourceGroupName.ValueString()
	calls := media.Calls[armmedia.AccountProperties]{Kind: kind(), Client: d.Client}
	found, err := calls.List(ctx, group)
	if err != nil {
		scope := azure.ID(d.Client.SubscriptionID(), group, azure.ResourceGroupType, "")
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, d.Subject(scope), err)}
	}
	list.Accounts = []account{}
	for _, one := range found {
		if attribute.HasTags(one.Tags, list.RequiredTags) {
			var shown account
			shown.ID = media.ObservedID(one, azure.MediaAccountType)
			shown.observe(one)
			list.Accounts = append(list.Accounts, shown)
		}
	}
	slices.SortFunc(list.Accounts, func(a, b account) int {
		return strings.Compare(strings.ToLower(a.Identifier()), strings.ToLower(b.Identifier()))
	})
	return nil
}
