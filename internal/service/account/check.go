// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/globalname"
)

// listKeys is what whoever attaches a storage account must be permitted (Media Services, Storage
// accounts: the note on storage in the same subscription).
const listKeys = "Microsoft.Storage/storageAccounts/listkeys/action"

// atOnce is how many storage accounts are asked about at the same time.
const atOnce = 8

// checkCreation holds what is known of an account that is to be created against Azure: its name,
// its storage accounts, and its key.
func (r *Resource) checkCreation(ctx context.Context, plan account) diag.Diagnostics {
	var name, key diag.Diagnostics
	facts := plan.facts()
	facts.SubscriptionID = rule.Known(r.client.SubscriptionID())
	facts.Primary = rule.Known("")

	asking, asked := errgroup.WithContext(ctx)
	asking.Go(func() error {
		if !plan.Name.IsUnknown() && !plan.Location.IsUnknown() {
			name = globalname.Check(asked, r.client, subject(plan.Name.ValueString()),
				mediaaccount.AccountName(), azure.MediaAccountType,
				func(ctx context.Context) (mediaaccount.Availability, error) {
					return r.availability(ctx, plan)
				})
		}
		return nil
	})
	asking.Go(func() error {
		siblings, err := list(asked, r.client, "")
		if err == nil {
			facts.Siblings = rule.Known(len(siblings))
		}
		return unless(unseen(err), err)
	})
	asking.Go(func() error { return r.askStorage(asked, facts.Storage) })
	asking.Go(func() error {
		key = r.checkNewKey(asked, plan)
		return nil
	})
	if err := asking.Wait(); err != nil {
		return diag.Diagnostics{
			diagnostic.FromError(diagnostic.Read, subject(plan.Name.ValueString()), err),
		}
	}
	said := append(name, key...)
	if !plan.StorageAccounts.IsUnknown() {
		said.Append(diagnostic.FromReport(mediaaccount.Check(facts))...)
	}
	return said
}

// checkStorage holds the storage accounts that an account is to have against those that it has
// now, and what is known of them against Azure.
func (r *Resource) checkStorage(ctx context.Context, plan, state account) diag.Diagnostics {
	if plan.StorageAccounts.IsUnknown() || !plan.storageChanges(state) {
		return nil
	}
	at, err := azure.ParseID(state.ID.ValueString(), azure.MediaAccountType)
	if err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err)}
	}
	facts := plan.facts()
	facts.SubscriptionID = rule.Known(at.SubscriptionID)
	for _, one := range storageIn(state.StorageAccounts) {
		if one.IsPrimary.ValueBool() {
			facts.Primary = rule.Known(one.ID.ValueString())
		}
	}
	if err := r.askStorage(ctx, facts.Storage); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(state.ID.ValueString()), err)}
	}
	return diagnostic.FromReport(mediaaccount.Check(facts))
}

// askStorage completes what is known of storage accounts. What is not there yet, or what the
// caller may not see, stays unknown: it may be created by the same apply.
func (r *Resource) askStorage(ctx context.Context, facts []mediaaccount.Storage) error {
	asking, asked := errgroup.WithContext(ctx)
	asking.SetLimit(atOnce)
	for i := range facts {
		id, known := facts[i].ID.Value()
		if !known {
			continue
		}
		asking.Go(func() error { return r.askKind(asked, id, &facts[i]) })
		asking.Go(func() error { return r.askPermission(asked, id, &facts[i]) })
	}
	return asking.Wait()
}

func (r *Resource) askKind(ctx context.Context, id string, fact *mediaaccount.Storage) error {
	found, err := r.storageAccount(ctx, id)
	if err != nil {
		return unless(unseen(err), err)
	}
	fact.AccountKind = rule.Known(string(azure.Deref(found.Kind)))
	fact.SKU = rule.Known(string(azure.Deref(azure.Deref(found.SKU).Name)))
	fact.Hierarchical = rule.Known(azure.Deref(azure.Deref(found.Properties).IsHnsEnabled))
	return nil
}

// askPermission asks whether the caller may list the keys, which shows none of them.
func (r *Resource) askPermission(ctx context.Context, id string, fact *mediaaccount.Storage) error {
	may, err := r.client.MayDo(ctx, id, azure.StorageAccountType, listKeys)
	if err != nil {
		return unless(unseen(err), err)
	}
	fact.KeysListable = rule.Known(may)
	return nil
}

// missingStorage refuses storage accounts that are not there when Azure is about to be told of
// them: Azure would find out only after the change has begun.
func (r *Resource) missingStorage(ctx context.Context, id string, plan, state types.Set,
) diag.Diagnostics {
	attached := storageIn(state)
	var added []string
	for _, one := range storageIn(plan) {
		if !anyStorage(attached, func(s storage) bool { return s.ID.Same(one.ID) }) {
			added = append(added, one.ID.ValueString())
		}
	}
	missing := make([]bool, len(added))
	asking, asked := errgroup.WithContext(ctx)
	asking.SetLimit(atOnce)
	for i, storageID := range added {
		asking.Go(func() error {
			_, err := r.storageAccount(asked, storageID)
			missing[i] = azure.IsNotFound(err)
			return unless(unseen(err), err)
		})
	}
	if err := asking.Wait(); err != nil {
		return diag.Diagnostics{diagnostic.FromError(diagnostic.Read, subject(id), err)}
	}
	var said diag.Diagnostics
	for i, storageID := range added {
		if missing[i] {
			said.Append(refused("storage_accounts", "Storage Account Not Found",
				"no storage account "+storageID, "a storage account that exists",
				"create it first; in this configuration, refer to its id attribute, so that "+
					"Terraform knows the order"))
		}
	}
	return said
}

func (r *Resource) storageAccount(ctx context.Context, id string) (armstorage.Account, error) {
	at, err := azure.ParseID(id, azure.StorageAccountType)
	if err != nil {
		return armstorage.Account{}, err
	}
	accounts, err := r.client.StorageAccounts(at.SubscriptionID)
	if err != nil {
		return armstorage.Account{}, err
	}
	found, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	return found.Account, err
}

// unseen reports whether Azure has nothing to tell the caller: what is asked about is not there, or
// the caller may not see it, which may look the same from another subscription.
func unseen(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && (answer.Status == http.StatusForbidden || answer.Status == http.StatusNotFound)
}

// unless is the error, unless it is excused.
func unless(excused bool, err error) error {
	if excused {
		return nil
	}
	return err
}
