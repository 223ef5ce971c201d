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

// client is another client of the account.
type client struct {
	t        *testing.T
	azure    *acctest.Azure
	accounts *armstorage.AccountsClient
}

func otherClient(t *testing.T, azure *acctest.Azure) client {
	t.Helper()
	accounts, err := azure.Client().StorageAccounts(azure.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	return client{t, azure, accounts}
}

func (c client) context() context.Context { return context.WithoutCancel(c.t.Context()) }

func (c client) show() armstorage.Account {
	c.t.Helper()
	got, err := c.accounts.GetProperties(c.context(), "media", "contoso", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return got.Account
}

func (c client) update(parameters armstorage.AccountUpdateParameters) {
	c.t.Helper()
	if _, err := c.accounts.Update(c.context(), "media", "contoso", parameters, nil); err != nil {
		c.t.Fatal(err)
	}
}

func (c client) remove() {
	c.t.Helper()
	if _, err := c.accounts.Delete(c.context(), "media", "contoso", nil); err != nil {
		c.t.Fatal(err)
	}
}

// identity makes a user-assigned identity and returns its ID.
func (c client) identity(name string) string {
	c.t.Helper()
	identities, err := c.azure.Client().UserAssignedIdentities(c.azure.SubscriptionID())
	if err != nil {
		c.t.Fatal(err)
	}
	made, err := identities.CreateOrUpdate(c.context(), "media", name,
		armmsi.Identity{Location: to.Ptr("westus2")}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return *made.ID
}
