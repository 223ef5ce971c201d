// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

type filters struct {
	base.Scope
	RequiredTags types.Map  `tfsdk:"required_tags"`
	ReadsKey     types.Bool `tfsdk:"reads_key"`
}

// NewListResource returns the list of identities.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource:    NewResource,
		Description: "Lists the user-assigned identities of a subscription.",
		Filters: map[string]schema.Attribute{
			"required_tags": attribute.FilterTags(),
			"reads_key": attribute.FilterFlag("Whether an account reads its customer-managed key by the identity. An " +
				"identity by which none does may have other uses."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	identities, err := client.UserAssignedIdentities(filters.Subscription(client))
	if err != nil {
		return err
	}
	readers, err := protection.Searched(ctx, client, found.Hidden, !filters.ReadsKey.IsNull())
	if err != nil {
		return err
	}
	return azure.Each(ctx, identities.NewListBySubscriptionPager(nil),
		func(page armmsi.UserAssignedIdentitiesClientListBySubscriptionResponse) []*armmsi.Identity {
			return page.Value
		},
		func(identity *armmsi.Identity) bool {
			id := azure.Deref(identity.ID)
			return !filters.Has(client, id) || !attribute.HasTags(identity.Tags, filters.RequiredTags) ||
				!attribute.Passes(filters.ReadsKey, len(readers.ByIdentity(id)) > 0) ||
				found.Add(id, azure.Deref(identity.Name))
		})
}
