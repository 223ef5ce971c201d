// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaservices_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/mediaservices/armmediaservices/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/test/azuretest"
)

// credential is good for Resource Manager as the tests run it.
type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "any", ExpiresOn: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}, nil
}

// The official client brings a key to an account, sees it follow a new version, loses it and gets
// it back.
func TestSDK_customerKey(t *testing.T) {
	t.Parallel()
	azure := start(t)
	azure.store("store1")
	vault := azure.Vault("vault1", azuretest.VaultOptions{})
	first := vault.NewKey("k", azuretest.KeyOptions{})
	client, err := armmediaservices.NewClient(azuretest.Subscription, credential{}, &arm.ClientOptions{
		ClientOptions:         policy.ClientOptions{Transport: azure, Retry: policy.RetryOptions{MaxRetries: -1}},
		DisableRPRegistration: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()

	creation, err := client.BeginCreateOrUpdate(ctx, "rg", "media1", armmediaservices.MediaService{
		Location: to.Ptr("westus2"),
		Identity: &armmediaservices.MediaServiceIdentity{Type: to.Ptr("SystemAssigned")},
		Properties: &armmediaservices.MediaServiceProperties{
			StorageAccounts: []*armmediaservices.StorageAccount{{
				ID: to.Ptr(store1), Type: to.Ptr(armmediaservices.StorageAccountTypePrimary),
			}},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if state := *created.Properties.ProvisioningState; state != armmediaservices.ProvisioningStateSucceeded {
		t.Errorf("provisioningState %s", state)
	}

	update := func(encryption *armmediaservices.AccountEncryption) (*armmediaservices.AccountEncryption, error) {
		change, err := client.BeginUpdate(ctx, "rg", "media1", armmediaservices.MediaServiceUpdate{
			Properties: &armmediaservices.MediaServiceProperties{Encryption: encryption},
		}, nil)
		if err != nil {
			return nil, err
		}
		updated, err := change.PollUntilDone(ctx, nil)
		if err != nil {
			return nil, err
		}
		return updated.Properties.Encryption, nil
	}
	attachment := &armmediaservices.AccountEncryption{
		Type:               to.Ptr(armmediaservices.AccountEncryptionKeyTypeCustomerKey),
		KeyVaultProperties: &armmediaservices.KeyVaultProperties{KeyIdentifier: to.Ptr(vault.Key("k"))},
	}
	_, err = update(attachment)
	wantRefusal(t, err, http.StatusBadRequest, "BadRequest")

	vault.Grant(*created.Identity.PrincipalID)
	attached, err := update(attachment)
	if err != nil {
		t.Fatal(err)
	}
	if now := *attached.KeyVaultProperties.CurrentKeyIdentifier; now != first {
		t.Errorf("currentKeyIdentifier %s, want %s", now, first)
	}

	second := vault.NewKey("k", azuretest.KeyOptions{})
	azure.Advance(5 * time.Minute)
	read := func() *armmediaservices.AccountEncryption {
		t.Helper()
		got, err := client.Get(ctx, "rg", "media1", nil)
		if err != nil {
			t.Fatal(err)
		}
		return got.Properties.Encryption
	}
	if now := *read().KeyVaultProperties.CurrentKeyIdentifier; now != second {
		t.Errorf("currentKeyIdentifier %s, want %s", now, second)
	}

	vault.Disable(second)
	if status := read().Status; status == nil || *status != "CustomerKeyInaccessible" {
		t.Errorf("encryption.status %v", status)
	}
	sync := armmediaservices.SyncStorageKeysInput{ID: to.Ptr(store1)}
	_, err = client.SyncStorageKeys(ctx, "rg", "media1", sync, nil)
	wantRefusal(t, err, http.StatusForbidden, "CustomerKeyInaccessible")

	vault.Enable(second)
	if _, err = client.SyncStorageKeys(ctx, "rg", "media1", sync, nil); err != nil {
		t.Error(err)
	}
	reverted, err := update(&armmediaservices.AccountEncryption{
		Type: to.Ptr(armmediaservices.AccountEncryptionKeyTypeSystemKey),
	})
	if err != nil {
		t.Fatal(err)
	}
	if reverted.KeyVaultProperties != nil {
		t.Errorf("back on the system key, the account still shows %v", *reverted.KeyVaultProperties.KeyIdentifier)
	}
	if _, err = client.Delete(ctx, "rg", "media1", nil); err != nil {
		t.Error(err)
	}
}

func wantRefusal(t *testing.T, err error, status int, code string) {
	t.Helper()
	var refused *azcore.ResponseError
	if !errors.As(err, &refused) || refused.StatusCode != status || refused.ErrorCode != code {
		t.Errorf("error %v, want %d %s", err, status, code)
	}
}
