// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection_test

import (
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection"
)

// TestStorageAccount reads what a storage account tells besides its key: since when it is on the
// version, and until when that is good.
func TestStorageAccount(t *testing.T) {
	t.Parallel()
	w := fixture.New(t)
	w.Account("contoso")
	id := w.ID(azure.StorageAccountType, "contoso")
	accounts, err := w.Client.StorageAccounts(w.SubscriptionID())
	if err != nil {
		t.Fatal(err)
	}
	identified, err := accounts.Update(t.Context(), fixture.Group, "contoso", armstorage.AccountUpdateParameters{
		Identity: &armstorage.Identity{Type: to.Ptr(armstorage.IdentityTypeSystemAssigned)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Vault("keys")
	w.Grant("keys", *identified.Identity.PrincipalID)
	now, err := w.Rehearsal().Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	expires := now.AddDate(1, 0, 0).Truncate(time.Second).UTC()
	lasting := w.Key("keys", "lasting")
	expiring := w.Key("keys", "expiring", func(p *azkeys.CreateKeyParameters) {
		p.KeyAttributes = &azkeys.KeyAttributes{Expires: &expires}
	})

	kind, err := protection.Of(w.Client, id)
	if err != nil {
		t.Fatal(err)
	}
	for key, expires := range map[string]time.Time{lasting: {}, expiring: expires} {
		attached, err := kind.Attach(t.Context(), id, protection.Attachment{Key: customerkey.ReadKeyID(key)})
		if err != nil {
			t.Fatal(err)
		}
		read, err := kind.Read(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(attached.Encryption, read.Encryption); diff != "" {
			t.Errorf("attached and read differ: %s", diff)
		}
		if since := read.Encryption.KeyRotatedAt; since.Before(now) || since.After(now.Add(time.Minute)) {
			t.Errorf("on the key since %s", since)
		}
		read.Encryption.KeyRotatedAt = time.Time{}
		want := protection.Encryption{
			CustomerKey: true, Attachment: protection.Attachment{Key: customerkey.ReadKeyID(key)},
			Current: customerkey.ReadKeyID(key), KeyID: key, CurrentKeyID: key,
			KeyExpiresAt: expires,
		}
		if diff := cmp.Diff(want, read.Encryption); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if err := kind.Revert(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if read, err := kind.Read(t.Context(), id); err != nil || read.Encryption != (protection.Encryption{}) {
		t.Errorf("after it all: %+v, %v", read.Encryption, err)
	}
}
