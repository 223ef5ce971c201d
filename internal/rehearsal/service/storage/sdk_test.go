// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storage_test

import (
	"context"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// credential is good for Resource Manager as the tests run it.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "any", ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// The official client makes an account, rolls a key, brings a customer's key and takes it back.
func TestSDK(t *testing.T) {
	t.Parallel()
	azure := start(t)
	client, err := armstorage.NewAccountsClient(azuretest.Subscription, credential{}, &arm.ClientOptions{
		ClientOptions:         policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}},
		DisableRPRegistration: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	creation, err := client.BeginCreate(ctx, "rg", "store1", armstorage.AccountCreateParameters{
		Location: to.Ptr("westus2"), Kind: to.Ptr(armstorage.KindStorageV2),
		SKU:      &armstorage.SKU{Name: to.Ptr(armstorage.SKUNameStandardLRS)},
		Identity: &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeSystemAssigned)},
		Properties: &armstorage.AccountPropertiesCreateParameters{
			KeyPolicy: &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr[int32](90)},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if days := *created.Properties.KeyPolicy.KeyExpirationPeriodInDays; days != 90 {
		t.Errorf("the keys expire after %d days, want 90", days)
	}

	before, err := client.ListKeys(ctx, "rg", "store1", nil)
	if err != nil {
		t.Fatal(err)
	}
	azure.Advance(time.Minute)
	after, err := client.RegenerateKey(ctx, "rg", "store1",
		armstorage.AccountRegenerateKeyParameters{KeyName: to.Ptr("key2")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *after.Keys[0].Value != *before.Keys[0].Value || *after.Keys[1].Value == *before.Keys[1].Value {
		t.Error("regenerating key2 changed key1, or did not change key2")
	}
	if passed := after.Keys[1].CreationTime.Sub(*before.Keys[1].CreationTime); passed != time.Minute {
		t.Errorf("key2 is %s younger than before, want a minute", passed)
	}

	vault := azure.Vault("vault1", azuretest.VaultOptions{Location: "eastus"})
	version := vault.NewKey("k", azuretest.KeyOptions{})
	vault.Grant(*created.Identity.PrincipalID)
	encrypt := func(encryption *armstorage.Encryption) *armstorage.Encryption {
		t.Helper()
		updated, err := client.Update(ctx, "rg", "store1", armstorage.AccountUpdateParameters{
			Properties: &armstorage.AccountPropertiesUpdateParameters{Encryption: encryption},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return updated.Properties.Encryption
	}
	got := encrypt(&armstorage.Encryption{
		KeySource: to.Ptr(armstorage.KeySourceMicrosoftKeyvault),
		KeyVaultProperties: &armstorage.KeyVaultProperties{
			KeyVaultURI: to.Ptr("https://vault1.vault.azure.net/"), KeyName: to.Ptr("k"),
		},
	})
	if now := *got.KeyVaultProperties.CurrentVersionedKeyIdentifier; now != version {
		t.Errorf("currentVersionedKeyIdentifier %s, want %s", now, version)
	}
	got = encrypt(&armstorage.Encryption{KeySource: to.Ptr(armstorage.KeySourceMicrosoftStorage)})
	if got.KeyVaultProperties != nil {
		t.Error("back on Microsoft.Storage, the account still shows a key")
	}
	if _, err := client.Delete(ctx, "rg", "store1", nil); err != nil {
		t.Error(err)
	}
}
