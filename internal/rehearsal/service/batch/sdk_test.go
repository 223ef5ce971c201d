// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package batch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/batch/armbatch/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// credential is good for Resource Manager as the tests run it.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "any", ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// The official client makes an account, has it sync its keys, attaches a key and deletes it.
func TestSDK(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store(store1)
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	vault.NewKey("k", azuretest.KeyOptions{})
	client, err := armbatch.NewAccountClient(azuretest.Subscription, credential{}, &arm.ClientOptions{
		ClientOptions:         policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}},
		DisableRPRegistration: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	creation, err := client.BeginCreate(ctx, "rg", "batch1", armbatch.AccountCreateParameters{
		Location: to.Ptr("westus2"),
		Identity: &armbatch.AccountIdentity{Type: to.Ptr(armbatch.ResourceIdentityTypeSystemAssigned)},
		Properties: &armbatch.AccountCreateProperties{
			AutoStorage: &armbatch.AutoStorageBaseProperties{StorageAccountID: to.Ptr(store1)},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if state := *created.Properties.ProvisioningState; state != armbatch.ProvisioningStateSucceeded {
		t.Errorf("provisioningState %s", state)
	}

	azure.Advance(time.Minute)
	if _, err := client.SynchronizeAutoStorageKeys(ctx, "rg", "batch1", nil); err != nil {
		t.Fatal(err)
	}
	got, err := client.Get(ctx, "rg", "batch1", nil)
	if err != nil {
		t.Fatal(err)
	}
	before, after := created.Properties.AutoStorage.LastKeySync, got.Properties.AutoStorage.LastKeySync
	if after.Sub(*before) != time.Minute {
		t.Errorf("the keys were synced at %s, and again at %s", before, after)
	}

	attachment := armbatch.AccountUpdateParameters{Properties: &armbatch.AccountUpdateProperties{
		Encryption: &armbatch.EncryptionProperties{
			KeySource:          to.Ptr(armbatch.KeySourceMicrosoftKeyVault),
			KeyVaultProperties: &armbatch.KeyVaultProperties{KeyIdentifier: to.Ptr(vault.Key("k"))},
		},
	}}
	_, err = client.Update(ctx, "rg", "batch1", attachment, nil)
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.ErrorCode != "InvalidEncryptionConfiguration" {
		t.Errorf("without a grant: %v", err)
	}
	vault.Grant(*created.Identity.PrincipalID)
	if _, err := client.Update(ctx, "rg", "batch1", attachment, nil); err != nil {
		t.Fatal(err)
	}

	deletion, err := client.BeginDelete(ctx, "rg", "batch1", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deletion.PollUntilDone(ctx, nil); err != nil {
		t.Error(err)
	}
	for pages := client.NewListPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Value) > 0 {
			t.Errorf("%d accounts are left", len(page.Value))
		}
	}
}
