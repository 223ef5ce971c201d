// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// mediaServices is the kind of Media Services accounts.
type mediaServices struct{ client *azure.Client }

func (mediaServices) Traits() customerkey.Kind { return customerkey.MediaServices() }

func (m mediaServices) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, m.client.MediaAccounts)
	if err != nil {
		return Account{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Account{}, err
	}
	return m.describe(id, account), nil
}

func (m mediaServices) List(ctx context.Context, subscriptionID string) ([]Account, error) {
	accounts, err := m.client.MediaAccounts(subscriptionID)
	if err != nil {
		return nil, err
	}
	return listed(ctx, accounts.NewListBySubscriptionPager(), m.describe)
}

func (m mediaServices) Attach(ctx context.Context, id string, attachment Attachment) (Account, error) {
	encryption := &armmedia.Encryption{
		Type:               to.Ptr(armmedia.CustomerKey),
		KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(attachment.Key.String())},
		Identity: &armmedia.ResourceIdentity{
			UseSystemAssignedIdentity: to.Ptr(attachment.UserAssignedIdentityID == ""),
		},
	}
	if attachment.UserAssignedIdentityID != "" {
		encryption.Identity.UserAssignedIdentity = to.Ptr(attachment.UserAssignedIdentityID)
	}
	return m.encrypt(ctx, id, encryption)
}

func (m mediaServices) Revert(ctx context.Context, id string) error {
	_, err := m.encrypt(ctx, id, &armmedia.Encryption{Type: to.Ptr(armmedia.SystemKey)})
	return err
}

func (mediaServices) Forbidden(err error) bool { return keyForbidden(err) }

// encrypt patches nothing but the encryption.
func (m mediaServices) encrypt(ctx context.Context, id string, encryption *armmedia.Encryption,
) (Account, error) {
	accounts, at, err := azure.Open(id, azure.MediaAccountType, m.client.MediaAccounts)
	if err != nil {
		return Account{}, err
	}
	poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, armmedia.AccountUpdate{
		Properties: &armmedia.AccountProperties{Encryption: encryption},
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

func (m mediaServices) describe(id string, wire armmedia.Account) Account {
	return describe(m.Traits(), id, wire.Location, wire.Identity, azure.Deref(wire.Properties).Encryption)
}
