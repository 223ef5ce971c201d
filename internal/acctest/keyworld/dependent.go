// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyworld

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// BatchAccount makes a Batch account with a system-assigned identity, and returns its ID. storage is
// the ID of its auto-storage account, or "". It has the account's changes made to it first.
func (w *World) BatchAccount(name, storage string, changes ...func(*armbatch.AccountCreateParameters),
) string {
	w.t.Helper()
	parameters := armbatch.AccountCreateParameters{
		Location:   to.Ptr(Location),
		Identity:   &armbatch.AccountIdentity{Type: to.Ptr(armbatch.ResourceIdentityTypeSystemAssigned)},
		Properties: &armbatch.AccountCreateProperties{},
	}
	if storage != "" {
		parameters.Properties.AutoStorage = &armbatch.AutoStorageBaseProperties{StorageAccountID: to.Ptr(storage)}
	}
	for _, change := range changes {
		change(&parameters)
	}
	creation, err := w.batchAccounts().BeginCreate(w.ctx, Group, name, parameters, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, creation)
	w.must(err)
	return w.ID(azure.BatchAccountType, name)
}

// ShowBatchAccount reads a Batch account.
func (w *World) ShowBatchAccount(name string) armbatch.Account {
	w.t.Helper()
	account, err := w.batchAccounts().Get(w.ctx, Group, name, nil)
	w.must(err)
	return account.Account
}

// DeleteBatchAccount deletes a Batch account.
func (w *World) DeleteBatchAccount(name string) {
	w.t.Helper()
	deletion, err := w.batchAccounts().BeginDelete(w.ctx, Group, name, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, deletion)
	w.must(err)
}

func (w *World) batchAccounts() *armbatch.AccountClient {
	w.t.Helper()
	accounts, err := w.Client.BatchAccounts(w.SubscriptionID())
	w.must(err)
	return accounts
}
