// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
)

type filters struct {
	base.Scope
	KeyID         attribute.KeyIDValue      `tfsdk:"key_vault_key_id"`
	KeyVaultID    attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	Behind        types.Bool                `tfsdk:"behind"`
	WithoutAccess types.Bool                `tfsdk:"without_access"`
}

// NewListResource returns the list of attachments: every account with a customer-managed key has one.
func NewListResource() list.ListResource {
	return base.NewList(base.Query[filters]{
		Resource: NewResource,
		Description: "Lists the accounts of a subscription that use a customer-managed key: " + anAccount() +
			". Those that the login may not list are a warning.",
		Filters: map[string]schema.Attribute{
			"key_vault_key_id": attribute.FilterKeyID("Lists only accounts on this key: in any version or, with a version " +
				"in the identifier, those that run on it or are pinned to it."),
			"key_vault_id": attribute.FilterID("Lists only accounts on a key of this vault.", azure.VaultType),
			"behind": attribute.FilterFlag("Whether the account runs on another version than the newest of its key. An " +
				"account that does not report its version, or whose key cannot be read, is not known to be behind."),
			"without_access": attribute.FilterFlag("Whether the account has lost the access to its key (rule CMK012). It " +
				"reads key, vault, identity and grant of each account that the other filters let pass."),
		},
		Find: find,
	})
}

func find(ctx context.Context, client *azure.Client, filters *filters, found *base.Finds) error {
	survey, err := protection.InSubscription(ctx, client, filters.Subscription(client))
	if err != nil {
		return err
	}
	for _, unseen := range survey.Unseen {
		found.Hidden(unseen.String(), unseen.Reason)
	}
	passing := filters.passing(ctx, client, survey, found)
	add := func(account protection.Account) bool { return found.Add(account.ID, azure.NameOf(account.ID)) }
	if filters.WithoutAccess.IsNull() {
		for account := range passing {
			if !add(account) {
				break
			}
		}
		return nil
	}
	return protection.ExamineEach(ctx, client, slices.Collect(passing),
		func(account protection.Account, access protection.Access) bool {
			return !attribute.Passes(filters.WithoutAccess, access.Lost) || add(account)
		})
}

// passing yields the accounts that pass the filters by scope, key and version. It reads the newest version of each
// key once.
func (f *filters) passing(ctx context.Context, client *azure.Client, survey protection.Survey, found *base.Finds,
) iter.Seq[protection.Account] {
	reader := facts.New(client)
	return func(yield func(protection.Account) bool) {
		for _, account := range survey.Accounts {
			if !account.Encryption.CustomerKey || !f.Has(client, account.ID) || !f.pass(client, account) {
				continue
			}
			if !f.Behind.IsNull() {
				following := customerkey.Following{
					Kind: account.Kind, Wanted: account.Encryption.Key, Current: account.Encryption.Current.Version,
				}
				var err error
				if following.Newest, err = reader.Newest(ctx, account.Encryption.Key); err != nil {
					cause, _ := diagnostic.Explain(account.ID, err)
					found.Hidden("the newest version of "+account.Encryption.KeyID, strings.TrimSuffix(cause, "."))
				}
				if !attribute.Passes(f.Behind, following.Outdated()) {
					continue
				}
			}
			if !yield(account) {
				return
			}
		}
	}
}

// pass reports whether the filters by key let an account pass.
func (f *filters) pass(client *azure.Client, account protection.Account) bool {
	given, current := account.Encryption.Key, account.Encryption.Current
	return (f.KeyID.IsNull() || attribute.UsesKey(attribute.KeyOf(f.KeyID), given, current)) &&
		(f.KeyVaultID.IsNull() || given.InVault(client.Cloud().VaultURI(azure.NameOf(f.KeyVaultID.ValueString()))))
}
