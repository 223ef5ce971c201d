// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// microsoftMedia is a kind of account of Microsoft.Media: Media Services and Video Analyzer say the same of
// identities and encryption.
type microsoftMedia[Properties any] struct {
	traits customerkey.Kind
	open   func(subscriptionID string) (mediaClient[Properties], error)
	// encrypted returns properties of which an update changes nothing but the encryption.
	encrypted  func(*armmedia.Encryption) *Properties
	encryption func(Properties) *armmedia.Encryption
	// reader names the identity that reads the key: "" is the system-assigned one.
	reader func(userAssignedIdentityID string) *armmedia.ResourceIdentity
}

// mediaClient sends the requests of one subscription.
type mediaClient[Properties any] interface {
	Get(ctx context.Context, group, name string) (armmedia.Resource[Properties], error)
	BeginUpdate(ctx context.Context, group, name string, update armmedia.Update[Properties],
	) (*runtime.Poller[armmedia.Resource[Properties]], error)
	NewListBySubscriptionPager() *runtime.Pager[armmedia.Page[Properties]]
}

func (m microsoftMedia[Properties]) Traits() customerkey.Kind { return m.traits }

func (m microsoftMedia[Properties]) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := azure.Open(id, m.traits.ResourceType, m.open)
	if err != nil {
		return Account{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Account{}, err
	}
	return m.describe(id, account), nil
}

// List reads the accounts in a subscription. Both services are retired in the public cloud: where the list
// itself is not found, there are no accounts.
func (m microsoftMedia[Properties]) List(ctx context.Context, subscriptionID string) (found []Account, err error) {
	accounts, err := m.open(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, accounts.NewListBySubscriptionPager(), func(page armmedia.Page[Properties]) {
		for _, wire := range page.Value {
			found = append(found, m.describe(azure.Deref(wire.ID), wire))
		}
	})
	return found, azure.UnlessRetired(err)
}

func (m microsoftMedia[Properties]) Attach(ctx context.Context, id string, attachment Attachment) (Account, error) {
	return m.encrypt(ctx, id, &armmedia.Encryption{
		Type:               to.Ptr(armmedia.CustomerKey),
		KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(attachment.Key.String())},
		Identity:           m.reader(attachment.UserAssignedIdentityID),
	})
}

func (m microsoftMedia[Properties]) Revert(ctx context.Context, id string) error {
	_, err := m.encrypt(ctx, id, &armmedia.Encryption{Type: to.Ptr(armmedia.SystemKey)})
	return err
}

func (microsoftMedia[Properties]) Forbidden(err error) bool { return keyForbidden(err) }

// encrypt patches nothing but the encryption.
func (m microsoftMedia[Properties]) encrypt(ctx context.Context, id string, encryption *armmedia.Encryption,
) (Account, error) {
	accounts, at, err := azure.Open(id, m.traits.ResourceType, m.open)
	if err != nil {
		return Account{}, err
	}
	poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name,
		armmedia.Update[Properties]{Properties: m.encrypted(encryption)})
	if err != nil {
		return Account{}, err
	}
	account, err := azure.Await(ctx, poller)
	if err != nil {
		return Account{}, err
	}
	return m.describe(id, account), nil
}

func (m microsoftMedia[Properties]) describe(id string, wire armmedia.Resource[Properties]) Account {
	identity := azure.Deref(wire.Identity)
	account := describeAccount(m.traits, id, wire.Location, azure.Deref(identity.Type), identity.PrincipalID,
		identity.UserAssignedIdentities,
		func(user armmedia.UserAssignedIdentity) *string { return user.PrincipalID })

	encryption := azure.Deref(m.encryption(azure.Deref(wire.Properties)))
	if azure.Deref(encryption.Type) != armmedia.CustomerKey {
		return account
	}
	key := azure.Deref(encryption.KeyVaultProperties)
	account.Encryption = encryptedWith(
		azure.Deref(key.KeyIdentifier), azure.Deref(key.CurrentKeyIdentifier),
		azure.Deref(azure.Deref(encryption.Identity).UserAssignedIdentity))
	account.Encryption.Status = azure.Deref(encryption.Status)
	return account
}

// keyForbidden recognizes the only refusal of a customer-managed key that is public: 400 BadRequest
// with this message. Every other mistake has the same code, so only the message tells, as for the
// Azure command line (azure-cli, ams/operations/encryption.py). It is the message of Media Services;
// that of Video Analyzer is not public, and assumed to be the same.
func keyForbidden(err error) bool {
	answer, ok := azure.AsError(err)
	return ok && strings.EqualFold(answer.Code, "BadRequest") &&
		strings.HasPrefix(answer.Message, "Access to the Customer Key was forbidden")
}
