// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"cmp"
	"context"
	"slices"
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
)

type filters struct {
	base.Scope
	RequiredTags  types.Map    `tfsdk:"required_tags"`
	NeverRotated  types.Bool   `tfsdk:"never_rotated"`
	KeysOlderThan types.String `tfsdk:"keys_older_than"`
	KeysHeld      types.Bool   `tfsdk:"keys_held"`
}

// NewListResource returns the list of rotations: every storage account whose keys can be used can have one.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource: NewResource,
		Description: "Lists the storage accounts of a subscription whose access keys can be rotated: those that take " +
			"them. A rotation leaves no trace in Azure that tells it from another one, so the list cannot tell which of " +
			"them some Terraform state has. It can tell which keys nobody rotates: those that are older than any " +
			"interval that you use (`keys_older_than`), and those that are as old as their storage account " +
			"(`never_rotated`).",
		Filters: map[string]schema.Attribute{
			"required_tags": attribute.FilterTags(),
			"never_rotated": attribute.FilterFlag("Whether both keys are as old as the storage account. Keys whose age " +
				"Azure does not show count as never rotated."),
			"keys_older_than": attribute.FilterAge("Lists only storage accounts with a key that was made longer ago."),
			"keys_held": attribute.FilterFlag("Whether an account holds a copy of the keys, or a Key Vault secret one of " +
				"them, and so belongs into `dependent_ids` or `secrets`, which an import cannot know. A secret tells so by " +
				"its tags."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	accounts, err := client.StorageAccounts(filters.Subscription(client))
	if err != nil {
		return err
	}
	survey, secrets, err := filters.holders(ctx, client, found)
	if err != nil {
		return err
	}
	var failed error
	err = azure.Each(ctx, accounts.NewListPager(nil),
		func(page armstorage.AccountsClientListResponse) []*armstorage.Account { return page.Value },
		func(account *armstorage.Account) bool {
			id := azure.Deref(account.ID)
			if !filters.Has(client, id) || !filters.pass(*account, client.TimeOf(id)) {
				return true
			}
			held := len(secrets.On(id)) > 0
			if !held {
				held, failed = isHeld(ctx, survey, id)
			}
			return failed == nil &&
				(!attribute.Passes(filters.KeysHeld, held) || found.Add(id, azure.Deref(account.Name)))
		})
	return cmp.Or(failed, err)
}

// holders returns the accounts and the secrets that may hold keys, if a filter asks for them.
func (f *filters) holders(ctx context.Context, client *azure.Client, found *base.Finds,
) (keyholder.Survey, keyholder.Secrets, error) {
	if f.KeysHeld.IsNull() {
		return keyholder.Survey{}, keyholder.Secrets{}, nil
	}
	survey, err := keyholder.PlannedNearby(ctx, client, f.Subscription(client))
	for i, name := range survey.Unlisted() {
		found.Hidden(name, survey.Unseen[i].Reason())
	}
	if err != nil {
		return survey, keyholder.Secrets{}, err
	}
	secrets, err := keyholder.SearchSecrets(ctx, client, f.Subscription(client))
	for _, name := range secrets.Unlisted {
		found.Hidden(name, "they may hold keys")
	}
	return survey, secrets, err
}

// isHeld reports whether an account holds a copy of the keys of a storage account.
func isHeld(ctx context.Context, survey keyholder.Survey, id string) (bool, error) {
	holders, err := survey.On(ctx, id)
	return slices.ContainsFunc(holders, func(one keyholder.Dependent) bool { return one.UsesKeys }), err
}

// pass reports whether the filters let a storage account pass.
func (f *filters) pass(account armstorage.Account, now time.Time) bool {
	properties := azure.Deref(account.Properties)
	created := keyholder.Created(account.Properties)
	age, aged := attribute.DurationOf(f.KeysOlderThan)
	never := !keyrotation.Rotated(created, azure.Deref(properties.CreationTime))
	return azure.DerefOr(properties.AllowSharedKeyAccess, true) &&
		(!aged || keyrotation.Older(created, now.Add(-age))) &&
		attribute.Passes(f.NeverRotated, never) && attribute.HasTags(account.Tags, f.RequiredTags)
}
