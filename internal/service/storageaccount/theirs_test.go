// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"context"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// somebody is another client of the account.
type somebody struct {
	t        *testing.T
	azure    *acctest.Azure
	accounts *armstorage.AccountsClient
}

func theirs(t *testing.T, azure *acctest.Azure) somebody {
	t.Helper()
	accounts, err := azure.Client().StorageAccounts(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	return somebody{t, azure, accounts}
}

func (s somebody) context() context.Context { return context.WithoutCancel(s.t.Context()) }

func (s somebody) show() armstorage.Account {
	s.t.Helper()
	got, err := s.accounts.GetProperties(s.context(), "media", "contoso", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return got.Account
}

func (s somebody) update(parameters armstorage.AccountUpdateParameters) {
	s.t.Helper()
	if _, err := s.accounts.Update(s.context(), "media", "contoso", parameters, nil); err != nil {
		s.t.Fatal(err)
	}
}

func (s somebody) remove() {
	s.t.Helper()
	if _, err := s.accounts.Delete(s.context(), "media", "contoso", nil); err != nil {
		s.t.Fatal(err)
	}
}

// identity makes a user-assigned identity and returns its ID.
func (s somebody) identity(name string) string {
	s.t.Helper()
	identities, err := s.azure.Client().UserAssignedIdentities(s.azure.SubscriptionID())
	if err != nil {
		s.t.Fatal(err)
	}
	made, err := identities.CreateOrUpdate(s.context(), "media", name,
		armmsi.Identity{Location: to.Ptr("westus2")}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return *made.ID
}
