// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const (
	accountID  = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/Microsoft.Media/mediaServices/contoso"
	analyzerID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/Microsoft.Media/videoAnalyzers/contosova"
	storageID  = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/contosostore"
	vaultID    = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/Microsoft.KeyVault/vaults/contoso-vault"
	identityID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	principal  = "22222222-2222-2222-2222-222222222222"
	version1   = "0123456789abcdef0123456789abcdef"
	version2   = "fedcba9876543210fedcba9876543210"
)

// today is when every check of these tests takes place.
func today() time.Time { return time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC) }

// keyInVersion is a key that can protect any account.
func keyInVersion(version string) customerkey.Key {
	return customerkey.Key{
		Presence:   customerkey.Present,
		Version:    rule.Known(version),
		Type:       rule.Known("RSA"),
		Size:       rule.Known(3072),
		Enabled:    rule.Known(true),
		NotBefore:  rule.Known(today().AddDate(0, -1, 0)),
		Expires:    rule.Known(today().AddDate(1, 0, 0)),
		Operations: rule.Known([]string{"encrypt", "decrypt", "wrapKey", "unwrapKey"}),
	}
}

// fit is everything right: a Media Services account whose system-assigned identity may use a
// key that follows every rule.
func fit(t *testing.T) customerkey.Facts {
	t.Helper()
	return customerkey.Facts{
		Target: customerkey.Target{
			ID:             accountID,
			Kind:           customerkey.MediaServices(),
			Location:       rule.Known("West US 2"),
			SystemAssigned: rule.Known(true),
			UserAssigned:   rule.Known([]string{identityID}),
		},
		KeyID: customerkey.KeyID{
			VaultURI: "https://contoso-vault.vault.azure.net/", VaultName: "contoso-vault", Name: "media",
		},
		Key: keyInVersion(version1),
		Vault: customerkey.Vault{
			ID:              vaultID,
			Presence:        customerkey.Present,
			Location:        rule.Known("westus2"),
			SoftDelete:      rule.Known(true),
			PurgeProtection: rule.Known(true),
			RBAC:            rule.Known(true),
			Network:         rule.Known(customerkey.Network{PublicAccess: true, TrustedServices: true}),
		},
		Identity: customerkey.Identity{
			Kind:        customerkey.SystemAssignedIdentity,
			Presence:    customerkey.Present,
			PrincipalID: rule.Known(principal),
		},
		Grant: customerkey.Grant{
			Get: customerkey.Granted, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Granted,
		},
	}
}

// byUserAssigned makes the facts those of an account that reads with a user-assigned identity.
func byUserAssigned(facts *customerkey.Facts) {
	facts.Identity.Kind = customerkey.UserAssignedIdentity
	facts.Identity.ID = identityID
}
