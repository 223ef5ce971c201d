// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// attached is everything right with an account that runs on the newest version of its key.
func attached(t *testing.T) customerkey.Facts {
	t.Helper()
	facts := fit(t)
	facts.InUse = facts.Key
	return facts
}

// TestDiagnose_findsTheCause takes access away in one way at a time.
func TestDiagnose_findsTheCause(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lost     func(*customerkey.Facts)
		cause    customerkey.Cause
		sentence string
		remedy   string // A part of it.
		final    bool
	}{
		"key deleted": {
			lost: func(f *customerkey.Facts) {
				f.Key = customerkey.Key{Presence: customerkey.SoftDeleted}
				f.InUse = f.Key
			},
			cause:    customerkey.KeyDeleted,
			sentence: "The key media was deleted; it can be recovered with its versions",
			remedy:   "az keyvault key recover --vault-name contoso-vault --name media",
		},
		"key deleted, not known what was in use": {
			lost: func(f *customerkey.Facts) {
				f.Key, f.InUse = customerkey.Key{Presence: customerkey.SoftDeleted}, customerkey.Key{}
			},
			cause:    customerkey.KeyDeleted,
			sentence: "The key media was deleted; it can be recovered with its versions",
			remedy:   "az keyvault key recover",
		},
		"key purged": {
			lost: func(f *customerkey.Facts) {
				f.Key = customerkey.Key{Presence: customerkey.Absent}
				f.InUse = f.Key
			},
			cause:    customerkey.KeyPurged,
			sentence: "The key media is gone for good",
			remedy:   "az keyvault key restore --vault-name contoso-vault --file BACKUP",
			final:    true,
		},
		"key purged and another one created in its place": {
			lost:  func(f *customerkey.Facts) { f.InUse = customerkey.Key{Presence: customerkey.Absent} },
			cause: customerkey.KeyPurged,
			sentence: "The version of the key media that the account runs on is gone for good: the vault " +
				"now has a different key of that name",
			remedy: "the account can only be deleted",
			final:  true,
		},
		"key disabled": {
			lost: func(f *customerkey.Facts) {
				f.Key.Enabled = rule.Known(false)
				f.InUse = f.Key
			},
			cause:    customerkey.KeyDisabled,
			sentence: "The key media is disabled",
			remedy: "az keyvault key set-attributes --vault-name contoso-vault --name media --version " +
				version1 + " --enabled true",
		},
		"version in use disabled": {
			lost: func(f *customerkey.Facts) {
				f.Key = keyInVersion(version2)
				f.InUse.Enabled = rule.Known(false)
			},
			cause: customerkey.VersionDisabled,
			sentence: "Version " + version1 + " of the key media, which the account runs on, is disabled, " +
				"though a newer one is not: the account needs the old version once more to move to the new one",
			remedy: "--version " + version1 + " --enabled true",
		},
		"key expired": {
			lost:     func(f *customerkey.Facts) { f.InUse.Expires = rule.Known(today()) },
			cause:    customerkey.KeyExpired,
			sentence: "The key media expired on 2024-03-01T12:00:00Z",
			remedy:   "--expires 2025-03-01T12:00:00Z",
		},
		"vault deleted": {
			lost: func(f *customerkey.Facts) {
				f.Vault = customerkey.Vault{ID: vaultID, Presence: customerkey.SoftDeleted}
				f.Key, f.InUse, f.Grant = customerkey.Key{}, customerkey.Key{}, customerkey.Grant{}
			},
			cause:    customerkey.VaultDeleted,
			sentence: "The vault contoso-vault was deleted; it can be recovered with its keys",
			remedy:   "az keyvault recover --name contoso-vault",
		},
		"vault purged": {
			lost: func(f *customerkey.Facts) {
				f.Vault = customerkey.Vault{Presence: customerkey.Absent}
				f.Key, f.InUse, f.Grant = customerkey.Key{}, customerkey.Key{}, customerkey.Grant{}
			},
			cause:    customerkey.VaultPurged,
			sentence: "The vault contoso-vault is gone for good, and its keys with it",
			remedy:   "create a vault of the same name",
			final:    true,
		},
		"grant removed": {
			lost: func(f *customerkey.Facts) {
				f.Grant.WrapKey, f.Grant.UnwrapKey = customerkey.Denied, customerkey.Denied
			},
			cause:    customerkey.GrantRemoved,
			sentence: "The account's system-assigned identity lacks wrapKey, unwrapKey in the vault contoso-vault",
			remedy:   "az role assignment create --assignee-object-id " + principal,
		},
		"identity removed": {
			lost:  func(f *customerkey.Facts) { f.Target.SystemAssigned = rule.Known(false) },
			cause: customerkey.IdentityRemoved,
			sentence: "The account has lost the identity that it reads its key with (the account's system-assigned " +
				"identity): found no system-assigned identity on the account",
			remedy: "None is documented",
			final:  true,
		},
		"identity replaced by one of its name": {
			lost: func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Identity.Replaced = true
			},
			cause: customerkey.IdentityRemoved,
			sentence: "The account has lost the identity that it reads its key with (the identity " + identityID + "): found " +
				"an identity " + identityID + " re-created after the account was given its predecessor, which was deleted",
			remedy: "None is documented",
			final:  true,
		},
		"identity of a storage account removed": {
			lost: func(f *customerkey.Facts) {
				f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
				f.Target.SystemAssigned = rule.Known(false)
			},
			cause: customerkey.IdentityRemoved,
			sentence: "The account has lost the identity that it reads its key with (the account's system-assigned " +
				"identity): found no system-assigned identity on the account",
			remedy: "Give the account an identity (identity.type of it, or az storage account update " +
				"--resource-group media --name contosostore --identity-type SystemAssigned,UserAssigned), let it use the key (az ",
		},
		"firewall for everyone": {
			lost: func(f *customerkey.Facts) {
				f.Vault.Network = rule.Known(customerkey.Network{PublicAccess: true, DefaultDeny: true})
			},
			cause:    customerkey.VaultFirewall,
			sentence: "The firewall of the vault contoso-vault blocks everyone, the services of Azure included",
			remedy:   "az keyvault update --name contoso-vault --bypass AzureServices",
		},
		"firewall with trusted services": {
			lost: func(f *customerkey.Facts) {
				f.Vault.Network = rule.Known(customerkey.Network{TrustedServices: true})
			},
			cause: customerkey.VaultFirewall,
			sentence: "The firewall of the vault contoso-vault lets in trusted services only, and a " +
				"Media Services account may not be one of them",
			remedy: "az keyvault update --name contoso-vault --public-network-access Enabled --default-action Allow",
		},
		"nothing to be found": {
			lost:  func(*customerkey.Facts) {},
			cause: customerkey.CauseUnknown,
			sentence: "The account cannot reach its key, though vault, key, identity and grant look right: " +
				"access may just have been restored",
			remedy: "Wait a few minutes",
		},
		"nothing to be seen": {
			lost: func(f *customerkey.Facts) {
				*f = customerkey.Facts{KeyID: f.KeyID, Target: f.Target}
			},
			cause: customerkey.CauseUnknown,
			sentence: "The account cannot reach its key, for an unknown reason: this login could not " +
				"read the vault, the key, the identities of the account, what the identity may do with the key, " +
				"the vault's firewall",
			remedy: "Plan with a login that may read them",
		},
		"nothing but the key's state to be seen": {
			lost:  func(f *customerkey.Facts) { f.InUse.Enabled = rule.Fact[bool]{} },
			cause: customerkey.CauseUnknown,
			sentence: "The account cannot reach its key, for an unknown reason: this login could not " +
				"read whether the key is enabled",
			remedy: "Plan with a login that may read them",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := attached(t)
			test.lost(&facts)
			diagnosis := customerkey.Diagnose(facts, today())

			if diagnosis.Cause() != test.cause || len(diagnosis.Findings) != 1 {
				t.Fatalf("want %s alone, got %+v", test.cause, diagnosis.Findings)
			}
			finding := diagnosis.Findings[0]
			if diff := cmp.Diff(test.sentence, finding.Sentence); diff != "" {
				t.Errorf("sentence (-want +got):\n%s", diff)
			}
			if !strings.Contains(finding.Remedy, test.remedy) {
				t.Errorf("want a remedy with\n  %q\ngot\n  %q", test.remedy, finding.Remedy)
			}
			if finding.Final != test.final {
				t.Errorf("final is %t", finding.Final)
			}
		})
	}
}

// TestDiagnose_putsTheCauseFirst finds everything that stands in the way, in the order in which
// it has to be put right.
func TestDiagnose_putsTheCauseFirst(t *testing.T) {
	t.Parallel()
	facts := attached(t)
	facts.InUse.Enabled = rule.Known(false)
	facts.Key.Enabled = rule.Known(false)
	facts.InUse.Expires = rule.Known(today().AddDate(0, 0, -1))
	facts.Grant.Get = customerkey.Denied
	facts.Target.SystemAssigned = rule.Known(false)
	facts.Vault.Network = rule.Known(customerkey.Network{DefaultDeny: true})
	diagnosis := customerkey.Diagnose(facts, today())

	causes := make([]customerkey.Cause, 0, 5)
	for _, finding := range diagnosis.Findings {
		causes = append(causes, finding.Cause)
	}
	want := []customerkey.Cause{
		customerkey.IdentityRemoved, customerkey.GrantRemoved, customerkey.VaultFirewall,
		customerkey.KeyDisabled, customerkey.KeyExpired,
	}
	if diff := cmp.Diff(want, causes); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
	}

	violation := diagnosis.Violation()
	if violation.Rule.ID != customerkey.CMK012 || violation.Severity != rule.Error {
		t.Errorf("violation is %v", violation)
	}
	for _, finding := range diagnosis.Findings {
		if !strings.Contains(violation.Found, finding.Sentence) || !strings.Contains(violation.Remedy, finding.Remedy) {
			t.Errorf("%s is missing from %v", finding.Cause, violation)
		}
	}
}

// TestDiagnose_blamesTheTrustedFirewallLast keeps a firewall that may not be to blame out of
// it as long as there is another cause.
func TestDiagnose_blamesTheTrustedFirewallLast(t *testing.T) {
	t.Parallel()
	facts := attached(t)
	facts.Vault.Network = rule.Known(customerkey.Network{TrustedServices: true})
	facts.Grant.UnwrapKey = customerkey.Denied
	diagnosis := customerkey.Diagnose(facts, today())
	if len(diagnosis.Findings) != 1 || diagnosis.Cause() != customerkey.GrantRemoved {
		t.Errorf("want the grant alone, got %+v", diagnosis.Findings)
	}
}
