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

// videoAnalyzers is the kind of Video Analyzer accounts. They read a key as a user-assigned identity
// only, so that the service has no flag for the system-assigned one.
type videoAnalyzers struct{ client *azure.Client }

func (videoAnalyzers) Traits() customerkey.Kind { return customerkey.VideoAnalyzer() }

func (v videoAnalyzers) Read(ctx context.Context, id string) (Account, error) {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, v.client.VideoAnalyzers)
	if err != nil {
		return Account{}, err
	}
	account, err := accounts.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Account{}, err
	}
	return v.describe(id, account), nil
}

func (v videoAnalyzers) List(ctx context.Context, subscriptionID string) ([]Account, error) {
	accounts, err := v.client.VideoAnalyzers(subscriptionID)
	if err != nil {
		return nil, err
	}
	return listed(ctx, accounts.NewListBySubscriptionPager(), v.describe)
}

func (v videoAnalyzers) Attach(ctx context.Context, id string, attachment Attachment,
) (Account, error) {
	encryption := &armmedia.Encryption{
		Type:               to.Ptr(armmedia.CustomerKey),
		KeyVaultProperties: &armmedia.KeyVaultProperties{KeyIdentifier: to.Ptr(attachment.Key.String())},
	}
	if attachment.UserAssignedIdentityID != "" { // The rules have refused what has none (CMK008).
		encryption.Identity = &armmedia.ResourceIdentity{
			UserAssignedIdentity: to.Ptr(attachment.UserAssignedIdentityID),
		}
	}
	return v.encrypt(ctx, id, encryption)
}

func (v videoAnalyzers) Revert(ctx context.Context, id string) error {
	_, err := v.encrypt(ctx, id, &armmedia.Encryption{Type: to.Ptr(armmedia.SystemKey)})
	return err
}

func (videoAnalyzers) Forbidden(err error) bool { return keyForbidden(err) }

// encrypt patches nothing but the encryption.
func (v videoAnalyzers) encrypt(ctx context.Context, id string, encryption *armmedia.Encryption,
) (Account, error) {
	accounts, at, err := azure.Open(id, azure.VideoAnalyzerType, v.client.VideoAnalyzers)
	if err != nil {
		return Account{}, err
	}
	poller, err := accounts.BeginUpdate(ctx, at.ResourceGroupName, at.Name, armmedia.VideoAnalyzerUpdate{
		Properties: &armmedia.VideoAnalyzerProperties{Encryption: encryption},
	})
	if err != nil {
		return Account{}, err
	}
	account, err := azure.Await(ctx, poller)
	if err != nil {
		return Account{}, err
	}
	return v.describe(id, account), nil
}

func (v videoAnalyzers) describe(id string, wire armmedia.VideoAnalyzer) Account {
	return describe(v.Traits(), id, wire.Location, wire.Identity, azure.Deref(wire.Properties).Encryption)
}
