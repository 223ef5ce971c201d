// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type filters struct {
	base.Scope
	attribute.KeyFilter
	RequiredTags     types.Map                 `tfsdk:"required_tags"`
	StorageAccountID attribute.ResourceIDValue `tfsdk:"storage_account_id"`
}

// NewListResource returns the list of the accounts of a kind.
func NewListResource[Properties any](kind Kind[Properties], listed func() resource.Resource, description string,
) list.ListResource {
	attributes := attribute.KeyFilterAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"required_tags": attribute.FilterTags(),
		"storage_account_id": attribute.FilterID("Lists only accounts that have this storage account.",
			azure.StorageAccountType),
	})
	return base.NewList(base.Query[filters]{
		Resource:    listed,
		Description: description,
		Filters:     attributes,
		Find: func(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
			accounts, err := kind.Open(client, filters.Subscription(client))
			if err != nil {
				return err
			}
			return azure.Each(ctx, accounts.NewListBySubscriptionPager(),
				func(page armmedia.Page[Properties]) []armmedia.Resource[Properties] { return page.Value },
				func(account armmedia.Resource[Properties]) bool {
					id := azure.Deref(account.ID)
					return !filters.Has(client, id) || !passes(kind, filters, account) ||
						found.Add(id, azure.Deref(account.Name))
				})
		},
	})
}

// passes reports whether the filters let an account pass.
func passes[Properties any](kind Kind[Properties], filters *filters, account armmedia.Resource[Properties]) bool {
	properties := azure.Deref(account.Properties)
	key := azure.Deref(azure.Deref(kind.Encryption(properties)).KeyVaultProperties)
	return filters.Passes(azure.Deref(key.KeyIdentifier), azure.Deref(key.CurrentKeyIdentifier)) &&
		attribute.HasTags(account.Tags, filters.RequiredTags) &&
		(filters.StorageAccountID.IsNull() || slices.ContainsFunc(*kind.Storage(&properties),
			func(storage *armmedia.StorageAccount) bool {
				return azure.SameID(azure.Deref(storage.ID), filters.StorageAccountID.ValueString())
			}))
}
