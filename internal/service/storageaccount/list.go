// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount

import (
	"context"
	"maps"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

type filters struct {
	base.Scope
	attribute.KeyFilter
	RequiredTags    types.Map    `tfsdk:"required_tags"`
	SharedAccessKey types.Bool   `tfsdk:"shared_access_key_enabled"`
	KeysOlderThan   types.String `tfsdk:"keys_older_than"`
}

// NewListResource returns the list of storage accounts.
func NewListResource() list.ListResource {
	attributes := attribute.KeyFilterAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"required_tags": attribute.FilterTags(),
		"shared_access_key_enabled": attribute.FilterFlag("Whether clients can use the access keys of the storage " +
			"account."),
		"keys_older_than": attribute.FilterAge("Lists only storage accounts with an access key that was made longer " +
			"ago. A key whose age Azure does not show is older: it was made before Azure kept the time."),
	})
	return base.NewList(base.Query[filters]{
		Resource: NewResource,
		Description: "Lists the storage accounts of a subscription, for instance those on the system key, or those " +
			"with old access keys.",
		Filters: attributes,
		Find:    find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	accounts, err := client.StorageAccounts(filters.Subscription(client))
	if err != nil {
		return err
	}
	return azure.Each(ctx, accounts.NewListPager(nil),
		func(page armstorage.AccountsClientListResponse) []*armstorage.Account { return page.Value },
		func(account *armstorage.Account) bool {
			id := azure.Deref(account.ID)
			return !filters.Has(client, id) || !filters.pass(*account, client.TimeOf(id)) ||
				found.Add(id, azure.Deref(account.Name))
		})
}

// pass reports whether the filters let a storage account pass.
func (f *filters) pass(account armstorage.Account, now time.Time) bool {
	properties, encryption := azure.Deref(account.Properties), protection.StorageAccount(account).Encryption
	if age, ok := attribute.DurationOf(f.KeysOlderThan); ok {
		if !keyrotation.Older(keyholder.Created(account.Properties), now.Add(-age)) {
			return false
		}
	}
	return f.Passes(encryption.KeyID, encryption.CurrentKeyID) &&
		attribute.Passes(f.SharedAccessKey, azure.DerefOr(properties.AllowSharedKeyAccess, true)) &&
		attribute.HasTags(account.Tags, f.RequiredTags)
}
