// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

func (w *world) options() azcore.ClientOptions { return azcore.ClientOptions{Transport: w.Cloud} }

// credential signs the owner in, as the SDK does it.
func (w *world) credential() azcore.TokenCredential {
	w.t.Helper()
	credential, err := azidentity.NewClientSecretCredential(w.Tenant, w.Owner.AppID, w.Owner.Secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: w.options()})
	if err != nil {
		w.t.Fatal(err)
	}
	return credential
}

// code is the code of the error that a client of the SDK returned.
func code(t *testing.T, err error) string {
	t.Helper()
	var response *azcore.ResponseError
	if !errors.As(err, &response) {
		t.Fatalf("no refusal but %v", err)
	}
	return response.ErrorCode
}

func TestTheSDKLeadsAVaultThroughItsLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	factory, err := armkeyvault.NewClientFactory(
		w.Subscription.Name(), w.credential(), &arm.ClientOptions{ClientOptions: w.options()})
	if err != nil {
		t.Fatal(err)
	}
	vaults := factory.NewVaultsClient()
	available, err := vaults.CheckNameAvailability(ctx, armkeyvault.VaultCheckNameAvailabilityParameters{
		Name: to.Ptr("life"), Type: to.Ptr("Microsoft.KeyVault/vaults"),
	}, nil)
	if err != nil || !*available.NameAvailable {
		t.Fatalf("the name: %v, %v", available, err)
	}
	body := armkeyvault.VaultCreateOrUpdateParameters{
		Location: to.Ptr("westeurope"),
		Properties: &armkeyvault.VaultProperties{
			TenantID: &w.Tenant,
			SKU: &armkeyvault.SKU{
				Family: to.Ptr(armkeyvault.SKUFamilyA), Name: to.Ptr(armkeyvault.SKUNamePremium),
			},
			EnableRbacAuthorization:   to.Ptr(false),
			SoftDeleteRetentionInDays: to.Ptr[int32](7),
			AccessPolicies:            []*armkeyvault.AccessPolicyEntry{},
		},
	}
	creation, err := vaults.BeginCreateOrUpdate(ctx, "media", "life", body, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creation.PollUntilDone(ctx, nil)
	if err != nil || *created.Properties.VaultURI != "https://life.vault.azure.net/" ||
		*created.Properties.ProvisioningState != armkeyvault.VaultProvisioningStateSucceeded {
		t.Fatalf("created %+v, %v", created.Properties, err)
	}
	_, err = vaults.UpdateAccessPolicy(ctx, "media", "life", armkeyvault.AccessPolicyUpdateKindAdd,
		armkeyvault.VaultAccessPolicyParameters{
			Properties: &armkeyvault.VaultAccessPolicyProperties{
				AccessPolicies: []*armkeyvault.AccessPolicyEntry{{
					TenantID: &w.Tenant, ObjectID: &w.Owner.ObjectID,
					Permissions: &armkeyvault.Permissions{
						Keys: []*armkeyvault.KeyPermissions{to.Ptr(armkeyvault.KeyPermissionsAll)},
					},
				}},
			},
		}, nil)
	if err != nil {
		t.Fatal(err)
	}
	updated, err := vaults.Update(ctx, "media", "life", armkeyvault.VaultPatchParameters{
		Tags: map[string]*string{"team": to.Ptr("video")},
	}, nil)
	if err != nil || len(updated.Properties.AccessPolicies) != 1 || *updated.Tags["team"] != "video" {
		t.Errorf("updated %+v, %v", updated.Vault, err)
	}
	var names []string
	for pages := vaults.NewListBySubscriptionPager(nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, vault := range page.Value {
			names = append(names, *vault.Name)
		}
	}
	if !slices.Equal(names, []string{"life"}) {
		t.Errorf("listed %v", names)
	}
	if _, err := vaults.Delete(ctx, "media", "life", nil); err != nil {
		t.Fatal(err)
	}
	deleted, err := vaults.GetDeleted(ctx, "life", "westeurope", nil)
	if err != nil || !deleted.Properties.ScheduledPurgeDate.Equal(start.AddDate(0, 0, 7)) {
		t.Fatalf("deleted %+v, %v", deleted.Properties, err)
	}
	_, err = vaults.BeginCreateOrUpdate(ctx, "media", "life", body, nil)
	if got := code(t, err); got != "ConflictError" {
		t.Errorf("a name that is kept: %s", got)
	}
	purge, err := vaults.BeginPurgeDeleted(ctx, "life", "westeurope", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := purge.PollUntilDone(ctx, nil); err != nil {
		t.Fatal(err)
	}
	_, err = vaults.GetDeleted(ctx, "life", "westeurope", nil)
	if got := code(t, err); got != "DeletedVaultNotFound" {
		t.Errorf("a vault that is purged: %s", got)
	}
}

func TestTheSDKLeadsAKeyThroughItsLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.vault("life", nil)
	keys, err := azkeys.NewClient("https://life.vault.azure.net", w.credential(),
		&azkeys.ClientOptions{ClientOptions: w.options()})
	if err != nil {
		t.Fatal(err)
	}
	created, err := keys.CreateKey(ctx, "key", azkeys.CreateKeyParameters{
		Kty: to.Ptr(azkeys.KeyTypeRSA), KeySize: to.Ptr[int32](2048),
		KeyAttributes: &azkeys.KeyAttributes{Expires: to.Ptr(start.AddDate(1, 0, 0))},
		Tags:          map[string]*string{"team": to.Ptr("video")},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := created.Key.KID
	wrap := azkeys.KeyOperationParameters{
		Algorithm: to.Ptr(azkeys.EncryptionAlgorithmRSAOAEP256), Value: []byte(secret),
	}
	wrapped, err := keys.WrapKey(ctx, "key", "", wrap, nil)
	if err != nil || *wrapped.KID != *first {
		t.Fatalf("wrapped %+v, %v", wrapped, err)
	}
	// The clock moves on past the life of the token that the client holds.
	w.advance(24 * time.Hour)
	rotated, err := keys.RotateKey(ctx, "key", nil)
	if err != nil || rotated.Key.KID.Version() == first.Version() {
		t.Fatalf("rotated %+v, %v", rotated.Key, err)
	}
	wrap.Value = wrapped.Result
	unwrapped, err := keys.UnwrapKey(ctx, "key", first.Version(), wrap, nil)
	if err != nil || string(unwrapped.Result) != secret {
		t.Errorf("unwrapped %q, %v", unwrapped.Result, err)
	}
	var versions []string
	for pages := keys.NewListKeyPropertiesVersionsPager("key", nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range page.Value {
			versions = append(versions, version.KID.Version())
		}
	}
	if len(versions) != 2 || !slices.Contains(versions, first.Version()) {
		t.Errorf("the versions are %v", versions)
	}
	updated, err := keys.UpdateKey(ctx, "key", "", azkeys.UpdateKeyParameters{
		KeyAttributes: &azkeys.KeyAttributes{Enabled: to.Ptr(false)},
	}, nil)
	if err != nil || *updated.Attributes.Enabled {
		t.Errorf("updated %+v, %v", updated.Attributes, err)
	}
	policy, err := keys.UpdateKeyRotationPolicy(ctx, "key", azkeys.KeyRotationPolicy{
		Attributes: &azkeys.KeyRotationPolicyAttributes{ExpiryTime: to.Ptr("P90D")},
		LifetimeActions: []*azkeys.LifetimeAction{{
			Action:  &azkeys.LifetimeActionType{Type: to.Ptr(azkeys.KeyRotationPolicyActionRotate)},
			Trigger: &azkeys.LifetimeActionTrigger{TimeAfterCreate: to.Ptr("P30D")},
		}},
	}, nil)
	if err != nil || *policy.Attributes.ExpiryTime != "P90D" {
		t.Errorf("the policy is %+v, %v", policy.KeyRotationPolicy, err)
	}
	if _, err := keys.DeleteKey(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	_, err = keys.GetKey(ctx, "key", "", nil)
	if got := code(t, err); got != "KeyNotFound" {
		t.Errorf("a deleted key: %s", got)
	}
	if _, err := keys.RecoverDeletedKey(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.DeleteKey(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.PurgeDeletedKey(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	_, err = keys.GetDeletedKey(ctx, "key", nil)
	if got := code(t, err); got != "KeyNotFound" {
		t.Errorf("a purged key: %s", got)
	}
}

func TestTheSDKLeadsASecretThroughItsLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.vault("life", nil)
	secrets, err := azsecrets.NewClient("https://life.vault.azure.net", w.credential(),
		&azsecrets.ClientOptions{ClientOptions: w.options()})
	if err != nil {
		t.Fatal(err)
	}
	set := func(value string) *azsecrets.ID {
		t.Helper()
		made, err := secrets.SetSecret(ctx, "key", azsecrets.SetSecretParameters{
			Value: &value, ContentType: to.Ptr("text/plain"), Tags: map[string]*string{"team": to.Ptr("video")},
			SecretAttributes: &azsecrets.SecretAttributes{Expires: to.Ptr(start.AddDate(1, 0, 0))},
		}, nil)
		if err != nil || *made.Value != value || *made.ContentType != "text/plain" || !made.Attributes.Expires.Equal(start.AddDate(1, 0, 0)) {
			t.Fatalf("set %+v, %v", made.Secret, err)
		}
		return made.ID
	}
	first, second := set("one"), set("two")
	for version, wanted := range map[string]string{"": "two", first.Version(): "one", second.Version(): "two"} {
		got, err := secrets.GetSecret(ctx, "key", version, nil)
		if err != nil || *got.Value != wanted || *got.Tags["team"] != "video" {
			t.Errorf("got %+v, %v", got.Secret, err)
		}
	}
	updated, err := secrets.UpdateSecretProperties(ctx, "key", first.Version(), azsecrets.UpdateSecretPropertiesParameters{
		SecretAttributes: &azsecrets.SecretAttributes{Enabled: to.Ptr(false)},
	}, nil)
	if err != nil || *updated.Attributes.Enabled || updated.Value != nil {
		t.Errorf("updated %+v, %v", updated.Secret, err)
	}
	_, err = secrets.GetSecret(ctx, "key", first.Version(), nil)
	if got := code(t, err); got != "Forbidden" {
		t.Errorf("a disabled version: %s", got)
	}
	var versions []string
	for pages := secrets.NewListSecretPropertiesVersionsPager("key", nil); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range page.Value {
			versions = append(versions, version.ID.Version())
		}
	}
	if len(versions) != 2 || !slices.Contains(versions, first.Version()) || !slices.Contains(versions, second.Version()) {
		t.Errorf("the versions are %v", versions)
	}
	backup, err := secrets.BackupSecret(ctx, "key", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := secrets.DeleteSecret(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	if page, err := secrets.NewListSecretPropertiesPager(nil).NextPage(ctx); err != nil || len(page.Value) != 0 {
		t.Errorf("listed %v, %v", page.Value, err)
	}
	if page, err := secrets.NewListDeletedSecretPropertiesPager(nil).NextPage(ctx); err != nil || len(page.Value) != 1 {
		t.Errorf("listed deleted ones %v, %v", page.Value, err)
	}
	if _, err := secrets.RecoverDeletedSecret(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := secrets.DeleteSecret(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	deleted, err := secrets.GetDeletedSecret(ctx, "key", nil)
	if err != nil || *deleted.ID != *second || !deleted.ScheduledPurgeDate.Equal(start.AddDate(0, 0, 90)) {
		t.Errorf("deleted %+v, %v", deleted.DeletedSecret, err)
	}
	if _, err := secrets.PurgeDeletedSecret(ctx, "key", nil); err != nil {
		t.Fatal(err)
	}
	restored, err := secrets.RestoreSecret(ctx, azsecrets.RestoreSecretParameters{SecretBackup: backup.Value}, nil)
	if err != nil || *restored.ID != *second {
		t.Errorf("restored %+v, %v", restored.Secret, err)
	}
}
