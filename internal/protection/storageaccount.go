// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// storageAccounts is the kind of storage accounts. They have no status: only a look at the key tells
// whether an account can still access it.
type storageAccounts struct{ client *azure.Client }

func (storageAccounts) Traits() customerkey.Kind { return customerkey.StorageAccount() }

func (s storageAccounts) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := azure.Open(id, azure.StorageAccountType, s.client.StorageAccounts)
	if err != nil {
		return Account{}, err
	}
	got, err := accounts.GetProperties(ctx, at.ResourceGroupName, at.Name, nil)
	if err != nil {
		return Account{}, err
	}
	return s.describe(id, got.Account), nil
}

// StorageAccount returns a storage account as Azure describes it.
func StorageAccount(wire armstorage.Account) Account {
	return storageAccounts{}.describe(azure.Deref(wire.ID), wire)
}

func (s storageAccounts) List(ctx context.Context, subscriptionID string) (found []Account, err error) {
	accounts, err := s.client.StorageAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, accounts.NewListPager(nil), func(page armstorage.AccountsClientListResponse) {
		for _, wire := range page.Value {
			found = append(found, s.describe(azure.Deref(wire.ID), azure.Deref(wire)))
		}
	})
	return found, err
}

// Attach sends version and identity even if there are none: an empty version has the account
// follow the newest (customer-managed-keys-configure-existing-account.md), and an empty identity
// has it go back to its own (Az.Storage, Set-AzStorageAccount). Left out, a PATCH keeps what was.
func (s storageAccounts) Attach(ctx context.Context, id string, attachment Attachment,
) (Account, error) {
	key := attachment.Key
	return s.encrypt(ctx, id, &armstorage.Encryption{
		KeySource: to.Ptr(armstorage.KeySourceMicrosoftKeyvault),
		KeyVaultProperties: &armstorage.KeyVaultProperties{
			KeyVaultURI: to.Ptr(key.VaultURI),
			KeyName:     to.Ptr(key.Name),
			KeyVersion:  to.Ptr(key.Version),
		},
		EncryptionIdentity: &armstorage.EncryptionIdentity{
			EncryptionUserAssignedIdentity: to.Ptr(attachment.UserAssignedIdentityID),
		},
	})
}

func (s storageAccounts) Revert(ctx context.Context, id string) error {
	_, err := s.encrypt(ctx, id, &armstorage.Encryption{
		KeySource: to.Ptr(armstorage.KeySourceMicrosoftStorage),
	})
	return err
}

// Forbidden recognizes the refusal by which the service says that the vault did not let it in
// (aka.ms/storagekeyvaultaccesspolicy). It refuses a key that is disabled or has expired in the same
// words (MicrosoftDocs/azure-docs issue 84096), but the rules find these first.
func (storageAccounts) Forbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && answer.Status < http.StatusInternalServerError && azure.HasCode(err, "KeyVaultAuthenticationFailure")
}

// encrypt patches nothing but the encryption.
func (s storageAccounts) encrypt(ctx context.Context, id string, encryption *armstorage.Encryption,
) (Account, error) {
	accounts, at, err := azure.Open(id, azure.StorageAccountType, s.client.StorageAccounts)
	if err != nil {
		return Account{}, err
	}
	updated, err := accounts.Update(ctx, at.ResourceGroupName, at.Name,
		armstorage.AccountUpdateParameters{
			Properties: &armstorage.AccountPropertiesUpdateParameters{Encryption: encryption},
		}, nil)
	if err != nil {
		return Account{}, err
	}
	return s.describe(id, updated.Account), nil
}

func (s storageAccounts) describe(id string, wire armstorage.Account) Account {
	identity := azure.Deref(wire.Identity)
	account := describeAccount(s.Traits(), id, wire.Location, string(azure.Deref(identity.Type)),
		identity.PrincipalID, identity.UserAssignedIdentities,
		func(user armstorage.UserAssignedIdentity) *string { return user.PrincipalID })

	encryption := azure.Deref(azure.Deref(wire.Properties).Encryption)
	if !strings.EqualFold(string(azure.Deref(encryption.KeySource)),
		string(armstorage.KeySourceMicrosoftKeyvault)) {
		return account
	}
	key := azure.Deref(encryption.KeyVaultProperties)
	account.Encryption = encryptedWith(keyID(key), azure.Deref(key.CurrentVersionedKeyIdentifier),
		azure.Deref(azure.Deref(encryption.EncryptionIdentity).EncryptionUserAssignedIdentity))
	account.Encryption.KeyRotatedAt = azure.Deref(key.LastKeyRotationTimestamp)
	account.Encryption.KeyExpiresAt = expiry(key.CurrentVersionedKeyExpirationTimestamp)
	return account
}

// keyID returns the identifier of the key, which the service keeps in parts.
func keyID(key armstorage.KeyVaultProperties) string {
	id := strings.TrimSuffix(azure.Deref(key.KeyVaultURI), "/") + "/keys/" + azure.Deref(key.KeyName)
	if version := azure.Deref(key.KeyVersion); version != "" {
		id += "/" + version
	}
	return id
}

// expiry returns when a key expires. A key that does not expire is zero; the service shows it as the
// beginning of the Unix era.
func expiry(shown *time.Time) time.Time {
	if shown == nil || shown.Unix() == 0 {
		return time.Time{}
	}
	return *shown
}
