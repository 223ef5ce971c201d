// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// batchAccounts is the kind of Batch accounts. They tell neither a status nor the version that they
// run on, and have one type of identity at a time: the encryption does not name the identity.
type batchAccounts struct{ client *azure.Client }

func (batchAccounts) Traits() customerkey.Kind { return customerkey.BatchAccount() }

func (b batchAccounts) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := azure.Open(id, azure.BatchAccountType, b.client.BatchAccounts)
	if err != nil {
		return Account{}, err
	}
	got, err := accounts.Get(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return Account{}, err
	}
	return b.describe(id, got.Account), nil
}

func (b batchAccounts) List(ctx context.Context, subscriptionID string) (found []Account, err error) {
	accounts, err := b.client.BatchAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, accounts.NewListPager(nil), func(page armbatch.AccountClientListResponse) {
		for _, wire := range page.Value {
			found = append(found, b.describe(azure.Deref(wire.ID), azure.Deref(wire)))
		}
	})
	return found, err
}

// Attach refuses an account with several user-assigned identities: nothing says which of them would
// read the key.
func (b batchAccounts) Attach(ctx context.Context, id string, attachment Attachment,
) (Account, error) {
	if attachment.UserAssignedIdentityID != "" {
		account, err := b.Read(ctx, id)
		if err != nil {
			return Account{}, err
		}
		if listed := len(account.UserPrincipalIDs); listed > 1 {
			return Account{}, fmt.Errorf("the Batch account has %d user-assigned identities, and Batch cannot "+
				"choose %s among them: take the others off the account", listed, attachment.UserAssignedIdentityID)
		}
	}
	return b.encrypt(ctx, id, &armbatch.EncryptionProperties{
		KeySource:          to.Ptr(armbatch.KeySourceMicrosoftKeyVault),
		KeyVaultProperties: &armbatch.KeyVaultProperties{KeyIdentifier: to.Ptr(attachment.Key.String())},
	})
}

func (b batchAccounts) Revert(ctx context.Context, id string) error {
	_, err := b.encrypt(ctx, id, &armbatch.EncryptionProperties{
		KeySource: to.Ptr(armbatch.KeySourceMicrosoftBatch),
	})
	return err
}

// Forbidden reports any refusal by the service, since the words in which Batch says that the vault
// did not let it in are not public. The rules have found everything else that a key can lack, and a
// request that lacks something is refused with a code of its own (Azure/azure-cli issue 24007).
func (batchAccounts) Forbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && answer.Status == http.StatusBadRequest && !azure.Lasts(err)
}

// encrypt patches nothing but the encryption.
func (b batchAccounts) encrypt(ctx context.Context, id string,
	encryption *armbatch.EncryptionProperties,
) (Account, error) {
	accounts, at, err := azure.Open(id, azure.BatchAccountType, b.client.BatchAccounts)
	if err != nil {
		return Account{}, err
	}
	updated, err := accounts.Update(ctx, at.ResourceGroupName, at.Name, armbatch.AccountUpdateParameters{
		Properties: &armbatch.AccountUpdateProperties{Encryption: encryption},
	}, nil)
	if err != nil {
		return Account{}, err
	}
	return b.describe(id, updated.Account), nil
}

func (b batchAccounts) describe(id string, wire armbatch.Account) Account {
	identity := azure.Deref(wire.Identity)
	account := describeAccount(b.Traits(), id, wire.Location, string(azure.Deref(identity.Type)),
		identity.PrincipalID, identity.UserAssignedIdentities,
		func(user armbatch.UserAssignedIdentities) *string { return user.PrincipalID })

	encryption := azure.Deref(azure.Deref(wire.Properties).Encryption)
	if azure.Deref(encryption.KeySource) != armbatch.KeySourceMicrosoftKeyVault {
		return account
	}
	key, current, reader := azure.Deref(azure.Deref(encryption.KeyVaultProperties).KeyIdentifier), "", ""
	if customerkey.ReadKeyID(key).Pinned() {
		current = key
	}
	if listed, _ := account.UserAssigned.Value(); len(listed) == 1 {
		reader = listed[0]
	}
	account.Encryption = encryptedWith(key, current, reader)
	return account
}
