// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// storageAccounts is storage accounts. They have no status: whether one still reaches its key is
// only found out by looking at the key.
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

// Attach names version and identity even where there are none: an empty version has the account
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

// Forbidden recognises the refusal by which the service says that the vault did not let it in
// (aka.ms/storagekeyvaultaccesspolicy). A key that is disabled or has expired is refused in the
// same words (MicrosoftDocs/azure-docs issue 84096): the rules find these before.
func (storageAccounts) Forbidden(err error) bool {
	return azure.IsRefused(err) && azure.HasCode(err, "KeyVaultAuthenticationFailure")
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
	account := Account{Account: facts.Account{
		Target: customerkey.Target{
			ID:       id,
			Kind:     s.Traits(),
			Location: rule.Known(azure.Deref(wire.Location)),
			SystemAssigned: rule.Known(
				strings.Contains(string(azure.Deref(identity.Type)), "SystemAssigned")),
		},
		SystemPrincipalID: azure.Deref(identity.PrincipalID),
		UserPrincipalIDs:  map[string]string{},
	}}
	var listed []string
	for id, user := range identity.UserAssignedIdentities {
		listed = append(listed, id)
		account.UserPrincipalIDs[strings.ToLower(id)] = azure.Deref(azure.Deref(user).PrincipalID)
	}
	account.UserAssigned = rule.Known(listed)

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

// keyID is the identifier of the key, which the service keeps in its parts.
func keyID(key armstorage.KeyVaultProperties) string {
	id := strings.TrimSuffix(azure.Deref(key.KeyVaultURI), "/") + "/keys/" + azure.Deref(key.KeyName)
	if version := azure.Deref(key.KeyVersion); version != "" {
		id += "/" + version
	}
	return id
}

// expiry is zero for a key that does not expire, which the service shows as the beginning of the
// Unix era.
func expiry(shown *time.Time) time.Time {
	if shown == nil || shown.Unix() == 0 {
		return time.Time{}
	}
	return *shown
}
