// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

func TestLosing(t *testing.T) {
	t.Parallel()
	yes, no, unknown := rule.Known(true), rule.Known(false), rule.Fact[bool]{}
	const identity = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
	facts := func(kind customerkey.Kind, change func(*customerkey.Facts)) customerkey.Facts {
		facts := customerkey.Facts{
			Target: customerkey.Target{
				ID: "/subscriptions/s/resourceGroups/g/providers/" + kind.ResourceType + "/contoso", Kind: kind,
				UserAssigned: rule.Known([]string{identity}),
			},
			KeyID:    customerkey.ReadKeyID("https://keys.vault.azure.net/keys/media"),
			InUse:    customerkey.Key{Version: rule.Known("0123456789abcdef0123456789abcdef")},
			Vault:    customerkey.Vault{SoftDelete: yes, PurgeProtection: yes, RBAC: no},
			Identity: customerkey.Identity{Kind: customerkey.UserAssignedIdentity, ID: identity},
		}
		if change != nil {
			change(&facts)
		}
		return facts
	}
	media, storage := customerkey.MediaServices(), customerkey.StorageAccount()
	const locked, unread = "It can only be read and deleted", "Nobody can read or write its data"
	for name, test := range map[string]struct {
		cause       customerkey.Cause
		kind        customerkey.Kind
		change      func(*customerkey.Facts)
		recoverable rule.Fact[bool]
		effect      string
		recovery    string
	}{
		"a key": {
			customerkey.KeyDeleted, media, nil, yes, locked,
			"Recover it: az keyvault key recover --vault-name keys --name media, before its retention period ends",
		},
		"a key of a vault without purge protection": {
			customerkey.KeyDeleted, storage, func(f *customerkey.Facts) { f.Vault.PurgeProtection = no }, no, unread,
			"unless somebody has purged it: the vault has no purge protection",
		},
		"a key of a vault that cannot be seen": {
			customerkey.KeyDeleted, media, func(f *customerkey.Facts) { f.Vault = customerkey.Vault{} }, unknown, locked,
			"this login cannot see whether the vault is protected from that",
		},
		"a key of a vault without soft delete": {
			customerkey.KeyDeleted, media, func(f *customerkey.Facts) { f.Vault.SoftDelete = no }, no, locked,
			"Only a backup of the key helps",
		},
		"the version in use": {
			customerkey.VersionDisabled, media, func(f *customerkey.Facts) { f.Key.Enabled = yes }, yes, locked,
			"Enable it: az keyvault key set-attributes --vault-name keys --name media --version 0123456789abcdef0123456789abcdef --enabled true",
		},
		"the newest version": {
			customerkey.VersionDisabled, media, nil, yes, locked, "Enable it: az keyvault key set-attributes",
		},
		"a vault": {
			customerkey.VaultDeleted, media, nil, yes, locked, "Recover it: az keyvault recover --name keys, before its retention period ends",
		},
		"a vault with roles": {
			customerkey.VaultDeleted, media, func(f *customerkey.Facts) { f.Vault.RBAC = yes }, yes, locked,
			"; then grant access anew: role assignments do not come back with their vault",
		},
		"a vault without soft delete": {
			customerkey.VaultDeleted, media, func(f *customerkey.Facts) { f.Vault.SoftDelete, f.Vault.RBAC = no, yes }, no, locked,
			"the account can only be deleted",
		},
		"a grant": {
			customerkey.GrantRemoved, media, nil, yes, locked,
			"Grant it with azuremedia_customer_key_grant, or: az keyvault set-policy --name keys",
		},
		"an identity of a media account": {
			customerkey.IdentityRemoved, media, nil, no, locked, "None is documented",
		},
		"an identity of a storage account": {
			customerkey.IdentityRemoved, storage, nil, yes, unread, "Give the account an identity",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := customerkey.Losing(test.cause, facts(test.kind, test.change), time.Unix(0, 0))
			if got.Recoverable != test.recoverable || !strings.HasPrefix(got.Effect, test.effect) ||
				!strings.HasSuffix(got.Recovery, test.recovery) && !strings.HasPrefix(got.Recovery, test.recovery) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
