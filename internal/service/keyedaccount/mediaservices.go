// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyedaccount

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/keyfacts"
)

// mediaServices is the accounts of Media Services.
type mediaServices struct {
	client *azure.Client
	kind   customerkey.Kind
}

func (mediaServices) ResourceType() string { return azure.MediaAccountType }

func (m mediaServices) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := m.accounts(id)
	if err != nil {
		return Account{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Account{}, err
	}
	return m.describe(id, account), nil
}

func (m mediaServices) Attach(ctx context.Context, id string, attachment Attachment) (Account, error) {
	encryption := &media.Encryption{
		Type:               to.Ptr(media.CustomerKey),
		KeyVaultProperties: &media.KeyVaultProperties{KeyIdentifier: to.Ptr(attachment.KeyID)},
		Identity: &media.ResourceIdentity{
			UseSystemAssignedIdentity: to.Ptr(attachment.UserAssignedIdentityID == ""),
		},
	}
	if attachment.UserAssignedIdentityID != "" {
		encryption.Identity.UserAssignedIdentity = to.Ptr(attachment.UserAssignedIdentityID)
	}
	return m.encrypt(ctx, id, encryption)
}

func (m mediaServices) Revert(ctx context.Context, id string) error {
	_, err := m.encrypt(ctx, id, &media.Encryption{Type: to.Ptr(media.SystemKey)})
	return err
}

// Forbidden recognises the one refusal of a customer's key that is public: 400 BadRequest with
// this message. The code is that of every other mistake, so that only the message tells, as it
// does to the Azure command line (azure-cli, ams/operations/encryption.py).
func (mediaServices) Forbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Access to the Customer Key was forbidden")
}

// encrypt patches nothing but the encryption.
func (m mediaServices) encrypt(ctx context.Context, id string, encryption *media.Encryption,
) (Account, error) {
	accounts, at, err := m.accounts(id)
	if err != nil {
		return Account{}, err
	}
	poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, media.AccountUpdate{
		Properties: &media.AccountProperties{Encryption: encryption},
	})
	if err != nil {
		return Account{}, err
	}
	account, err := azure.Await(ctx, poller)
	if err != nil {
		return Account{}, err
	}
	return m.describe(id, account), nil
}

func (m mediaServices) accounts(id string) (*media.AccountsClient, *arm.ResourceID, error) {
	at, err := azure.ParseID(id, azure.MediaAccountType)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := m.client.MediaAccounts(at.SubscriptionID)
	return accounts, at, err
}

func (m mediaServices) describe(id string, wire media.Account) Account {
	identity := azure.Deref(wire.Identity)
	account := Account{Account: keyfacts.Account{
		Target: customerkey.Target{
			ID:             id,
			Kind:           m.kind,
			Location:       rule.Known(azure.Deref(wire.Location)),
			SystemAssigned: rule.Known(strings.Contains(azure.Deref(identity.Type), "SystemAssigned")),
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
	if azure.Deref(encryption.Type) != media.CustomerKey {
		return account
	}
	key := azure.Deref(encryption.KeyVaultProperties)
	account.Encryption = Encryption{
		CustomerKey: true,
		Attachment: Attachment{
			KeyID:                  azure.Deref(key.KeyIdentifier),
			UserAssignedIdentityID: azure.Deref(azure.Deref(encryption.Identity).UserAssignedIdentity),
		},
		CurrentKeyID: azure.Deref(key.CurrentKeyIdentifier),
		Status:       azure.Deref(encryption.Status),
	}
	return account
}
