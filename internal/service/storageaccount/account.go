// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

func (r *Resource) get(ctx context.Context, id string) (armstorage.Account, error) {
	accounts, at, err := azure.Open(id, azure.StorageAccountType, r.Client.StorageAccounts)
	if err != nil {
		return armstorage.Account{}, err
	}
	got, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Account, err
}

func (r *Resource) create(ctx context.Context, id string, plan *model) (armstorage.Account, error) {
	parameters, diags := plan.created(ctx)
	if err := diagnostic.Failure(diags); err != nil {
		return armstorage.Account{}, err
	}
	accounts, at, err := azure.Open(id, azure.StorageAccountType, r.Client.StorageAccounts)
	if err != nil {
		return armstorage.Account{}, err
	}
	poller, err := accounts.BeginCreate(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	if err != nil {
		return armstorage.Account{}, err
	}
	created, err := azure.Await(ctx, poller)
	return created.Account, err
}

// works reports whether an account was created to the end.
func works(account armstorage.Account) bool {
	return azure.Deref(azure.Deref(account.Properties).ProvisioningState) == armstorage.ProvisioningStateSucceeded
}

// update patches what was changed, unless accounts use the keys that it switches off (ACC007). Azure
// replaces all tags with those it is sent, so update sends them only if they change, together with those of
// others. Keeps says that the account keeps an identity which the plan takes away: it reads its key by it.
func (r *Resource) update(ctx context.Context, state, plan *model) (keeps bool, err error) {
	parameters, changed, diags := plan.changed(ctx, *state)
	if err := diagnostic.Failure(diags); err != nil {
		return false, err
	}
	retagged := !plan.Tags.Equal(state.Tags)
	if !changed && !retagged {
		return false, nil
	}
	if plan.switchesKeysOff(*state) {
		if err := r.refuse(ctx, state.Identifier(), mediaaccount.ACC007, usesKeys, mediaaccount.SwitchingKeysOff); err != nil {
			return false, err
		}
	}
	accounts, at, err := azure.Open(state.Identifier(), azure.StorageAccountType, r.Client.StorageAccounts)
	if err != nil {
		return false, err
	}
	identity := parameters.Identity
	var kept []string
	leaves := identity != nil && attribute.IdentityLeaves(plan.Identity, state.Identity)
	if leaves || retagged {
		current, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
		if err != nil {
			return false, err
		}
		if leaves {
			kept = protection.StorageAccount(current.Account).LeftOut(attribute.Identities(plan.Identity))
			parameters.Identity, _ = changedIdentity(ctx, state.Identity, plan.Identity, kept...)
		}
		if retagged {
			parameters.Tags = attribute.MergedTags(current.Tags, state.Tags, plan.Tags)
		}
	}
	updated, err := accounts.Update(ctx, at.ResourceGroupName, at.Name, parameters, nil)
	if err != nil {
		return false, err
	}
	planned := plan.Identity
	plan.observe(updated.Account)
	if len(kept) == 0 {
		return false, nil
	}
	plan.Identity = attribute.Filled(ctx, planned, plan.Identity)
	protection.KeepIdentities(r.Client, state.Identifier(), kept, func(ctx context.Context) error {
		_, err := accounts.Update(ctx, at.ResourceGroupName, at.Name, armstorage.AccountUpdateParameters{Identity: identity}, nil)
		return err
	})
	return true, nil
}

// delete deletes the account, unless accounts depend on it (ACC006).
func (r *Resource) delete(ctx context.Context, state *model) error {
	if err := r.refuse(ctx, state.Identifier(), mediaaccount.ACC006, anyDependent, mediaaccount.DeletingStorage); err != nil {
		return err
	}
	accounts, at, err := azure.Open(state.Identifier(), azure.StorageAccountType, r.Client.StorageAccounts)
	if err != nil {
		return err
	}
	_, err = accounts.Delete(ctx, at.ResourceGroupName, at.Name, nil)
	return err
}

// availability reports whether the name is free: names of storage accounts are unique in all of
// Azure.
func (r *Resource) availability(ctx context.Context, name string,
) (naming.Availability, error) {
	accounts, err := r.Client.StorageAccounts(r.Client.SubscriptionID())
	if err != nil {
		return naming.Availability{}, err
	}
	answer, err := accounts.CheckNameAvailability(ctx,
		armstorage.AccountCheckNameAvailabilityParameters{
			Name: &name,
			Type: to.Ptr(azure.StorageAccountType),
		}, nil)
	return naming.Availability{
		Available: azure.Deref(answer.NameAvailable),
		Reason:    string(azure.Deref(answer.Reason)),
		Message:   azure.Deref(answer.Message),
	}, err
}
