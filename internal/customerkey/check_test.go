// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// TestCheck_breaksOneRuleAtATime breaks one rule while everything else is right, and reads what
// is said about it.
func TestCheck_breaksOneRuleAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		broken    func(*customerkey.Facts)
		rule      rule.ID
		title     string // Empty for the rule's own.
		severity  rule.Severity
		attribute string
		found     string
		required  string
		remedy    string // A part of it.
	}{
		"EC key": {
			broken:    func(f *customerkey.Facts) { f.Key.Type, f.Key.Size = rule.Known("EC"), rule.Fact[int]{} },
			rule:      customerkey.CMK002,
			attribute: customerkey.AttributeKey,
			found:     "a key of type EC",
			required:  "a key of type RSA or RSA-HSM",
			remedy:    "az keyvault key create --vault-name contoso-vault --name NEW_NAME --kty RSA --size 3072",
		},
		"key in a managed HSM": {
			broken: func(f *customerkey.Facts) {
				f.KeyID = customerkey.ReadKeyID("https://hsm.managedhsm.azure.net/keys/media")
			},
			rule:      customerkey.CMK010,
			title:     "Key In A Managed HSM",
			attribute: customerkey.AttributeKey,
			found:     "a key in the managed HSM hsm",
			required:  "a key in a Key Vault",
			remedy:    "type RSA-HSM in a vault of SKU premium",
		},
		"EC key in hardware": {
			broken: func(f *customerkey.Facts) { f.Key.Type = rule.Known("EC-HSM") },
			rule:   customerkey.CMK002, attribute: customerkey.AttributeKey,
			found: "a key of type EC-HSM", required: "a key of type RSA or RSA-HSM", remedy: "--kty RSA",
		},
		"symmetric key": {
			broken: func(f *customerkey.Facts) { f.Key.Type, f.Key.Size = rule.Known("oct-HSM"), rule.Known(256) },
			rule:   customerkey.CMK002, attribute: customerkey.AttributeKey,
			found: "a key of type oct-HSM", required: "a key of type RSA or RSA-HSM", remedy: "--kty RSA",
		},
		"small key": {
			broken: func(f *customerkey.Facts) { f.Key.Size = rule.Known(1024) },
			rule:   customerkey.CMK003, attribute: customerkey.AttributeKey,
			found: "a key of 1024 bits", required: "a key of 2048, 3072 or 4096 bits", remedy: "--size 3072",
		},
		"small key of unknown type": {
			broken: func(f *customerkey.Facts) { f.Key.Type, f.Key.Size = rule.Fact[string]{}, rule.Known(1024) },
			rule:   customerkey.CMK003, attribute: customerkey.AttributeKey,
			found: "a key of 1024 bits", required: "a key of 2048, 3072 or 4096 bits", remedy: "--size 3072",
		},
		"disabled key": {
			broken: func(f *customerkey.Facts) { f.Key.Enabled = rule.Known(false) },
			rule:   customerkey.CMK004, title: "Key Disabled", attribute: customerkey.AttributeKey,
			found: "a disabled key of version " + version1, required: "a key that is enabled",
			remedy: "az keyvault key set-attributes --vault-name contoso-vault --name media --version " +
				version1 + " --enabled true",
		},
		"key before its time": {
			broken: func(f *customerkey.Facts) { f.Key.NotBefore = rule.Known(today().Add(time.Second)) },
			rule:   customerkey.CMK004, title: "Key Not Active Yet", attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that is not active before 2024-03-01T12:00:01Z",
			required: "a key that is active now, 2024-03-01T12:00:00Z",
			remedy:   "--not-before 2024-03-01T12:00:00Z",
		},
		"expired key": {
			broken: func(f *customerkey.Facts) { f.Key.Expires = rule.Known(today()) },
			rule:   customerkey.CMK004, title: "Key Expired", attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that expired on 2024-03-01T12:00:00Z",
			required: "a key that expires later than now, 2024-03-01T12:00:00Z",
			remedy:   "az keyvault key rotate --vault-name contoso-vault --name media",
		},
		"expired key that is in use": {
			broken: func(f *customerkey.Facts) {
				f.Key.Expires = rule.Known(today().AddDate(0, 0, -1))
				f.InUse = f.Key
			},
			rule: customerkey.CMK004, title: "Key Expired", severity: rule.Warning, attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that expired on 2024-02-29T12:00:00Z",
			required: "a key that expires later than now, 2024-03-01T12:00:00Z",
			remedy:   "--expires 2025-03-01T12:00:00Z",
		},
		"expired key while another version is in use": {
			broken: func(f *customerkey.Facts) {
				f.Key.Expires = rule.Known(today())
				f.InUse = keyInVersion(version2)
			},
			rule: customerkey.CMK004, title: "Key Expired", attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that expired on 2024-03-01T12:00:00Z",
			required: "a key that expires later than now, 2024-03-01T12:00:00Z",
			remedy:   "--expires",
		},
		"key that expires in 30 days": {
			broken: func(f *customerkey.Facts) { f.Key.Expires = rule.Known(today().AddDate(0, 0, 30)) },
			rule:   customerkey.CMK004, title: "Key Expires Soon", severity: rule.Warning, attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that expires on 2024-03-31T12:00:00Z",
			required: "a key that expires later than 30 days from now",
			remedy:   "az keyvault key rotate",
		},
		"key that does not wrap": {
			broken: func(f *customerkey.Facts) { f.Key.Operations = rule.Known([]string{"unwrapKey", "sign"}) },
			rule:   customerkey.CMK004, attribute: customerkey.AttributeKey,
			found:    "a key of version " + version1 + " that does not permit wrapKey",
			required: "a key that permits wrapKey and unwrapKey",
			remedy:   "--ops unwrapKey sign wrapKey",
		},
		"key that only encrypts": {
			broken: func(f *customerkey.Facts) {
				f.Key.Version = rule.Fact[string]{}
				f.Key.Operations = rule.Known([]string{"encrypt"})
			},
			rule: customerkey.CMK004, attribute: customerkey.AttributeKey,
			found:    "a key that does not permit wrapKey and unwrapKey",
			required: "a key that permits wrapKey and unwrapKey",
			remedy:   "set-attributes --vault-name contoso-vault --name media --ops encrypt wrapKey unwrapKey",
		},
		"no such key": {
			broken: func(f *customerkey.Facts) { f.Key = customerkey.Key{Presence: customerkey.Absent} },
			rule:   customerkey.CMK004, title: "Key Not Found", attribute: customerkey.AttributeKey,
			found: "no key media in the vault", required: "a key that exists", remedy: "Create the key first",
		},
		"no such version": {
			broken: func(f *customerkey.Facts) {
				f.KeyID.Version = version2
				f.Key = customerkey.Key{Presence: customerkey.Absent}
			},
			rule: customerkey.CMK004, title: "Key Version Not Found", attribute: customerkey.AttributeKey,
			found: "no key media of version " + version2, required: "a key that exists",
			remedy: "Correct the version",
		},
		"deleted key": {
			broken: func(f *customerkey.Facts) { f.Key = customerkey.Key{Presence: customerkey.SoftDeleted} },
			rule:   customerkey.CMK004, title: "Key Deleted", attribute: customerkey.AttributeKey,
			found: "the key media deleted, but recoverable", required: "a key that exists",
			remedy: "az keyvault key recover --vault-name contoso-vault --name media",
		},
		"deleted vault": {
			broken: func(f *customerkey.Facts) { f.Vault.Presence = customerkey.SoftDeleted },
			rule:   customerkey.CMK004, title: "Key Vault Deleted", attribute: customerkey.AttributeKey,
			found: "the vault contoso-vault deleted, but recoverable", required: "a key that exists",
			remedy: "az keyvault recover --name contoso-vault",
		},
		"no such vault": {
			broken: func(f *customerkey.Facts) {
				f.Vault = customerkey.Vault{Presence: customerkey.Absent}
			},
			rule: customerkey.CMK004, title: "Key Vault Not Found", attribute: customerkey.AttributeKey,
			found: "no vault contoso-vault", required: "a key that exists", remedy: "Create the vault",
		},
		"vault in another region": {
			broken: func(f *customerkey.Facts) { f.Vault.Location = rule.Known("East US") },
			rule:   customerkey.CMK005, attribute: customerkey.AttributeKey,
			found:    "a vault in eastus for a Media Services account in westus2",
			required: "a vault in westus2", remedy: "Use a key in a vault in westus2",
		},
		"vault without soft delete": {
			broken: func(f *customerkey.Facts) { f.Vault.SoftDelete = rule.Known(false) },
			rule:   customerkey.CMK006, attribute: customerkey.AttributeKey,
			found:    "the vault contoso-vault without soft delete",
			required: "a vault with soft delete on",
			remedy:   "az resource update --ids " + vaultID + " --set properties.enableSoftDelete=true",
		},
		"vault without purge protection": {
			broken: func(f *customerkey.Facts) { f.Vault.PurgeProtection = rule.Known(false) },
			rule:   customerkey.CMK007, attribute: customerkey.AttributeKey,
			found:    "the vault contoso-vault without purge protection",
			required: "a vault with purge protection on",
			remedy:   "az keyvault update --name contoso-vault --enable-purge-protection true",
		},
		"system-assigned identity switched off": {
			broken: func(f *customerkey.Facts) { f.Target.SystemAssigned = rule.Known(false) },
			rule:   customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found:    "no system-assigned identity on the account",
			required: "an identity of the account itself",
			remedy:   "az ams account identity assign --resource-group media --name contoso --system-assigned",
		},
		"user-assigned identity that is not listed": {
			broken: func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Target.UserAssigned = rule.Known([]string{identityID + "2"})
			},
			rule: customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found:    "the identity " + identityID + ", which the account does not list",
			required: "an identity of the account itself",
			remedy: "az ams account identity assign --resource-group media --name contoso " +
				"--user-assigned " + identityID,
		},
		"user-assigned identity that is not there": {
			broken: func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Identity.Presence = customerkey.Absent
			},
			rule: customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found: "no user-assigned identity " + identityID, required: "an identity of the account itself",
			remedy: "Create the identity first",
		},
		"storage account without the identity": {
			broken: func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
				f.Target.UserAssigned = rule.Known[[]string](nil)
			},
			rule: customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found:    "the identity " + identityID + ", which the account does not list",
			required: "an identity of the account itself",
			remedy: "az storage account update --resource-group media --name contosostore " +
				"--identity-type SystemAssigned,UserAssigned --user-identity-id " + identityID,
		},
		"storage account without system-assigned identity": {
			broken: func(f *customerkey.Facts) {
				f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
				f.Target.SystemAssigned = rule.Known(false)
			},
			rule: customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found: "no system-assigned identity on the account", required: "an identity of the account itself",
			remedy: "az storage account update --resource-group media --name contosostore --identity-type SystemAssigned,UserAssigned",
		},
		"video analyzer with a system-assigned identity": {
			broken: func(f *customerkey.Facts) {
				f.Target.ID, f.Target.Kind = analyzerID, customerkey.VideoAnalyzer()
			},
			rule: customerkey.CMK008, attribute: customerkey.AttributeIdentity,
			found:    "the system-assigned identity of a Video Analyzer account",
			required: "a user-assigned identity", remedy: "List a user-assigned identity on the account",
		},
		"identity that may not wrap, roles decide": {
			broken: func(f *customerkey.Facts) { f.Grant.WrapKey = customerkey.Denied },
			rule:   customerkey.CMK009, attribute: customerkey.AttributeKey,
			found:    "the account's system-assigned identity without wrapKey",
			required: "an identity that may get, wrapKey and unwrapKey the key",
			remedy: "az role assignment create --assignee-object-id " + principal +
				" --assignee-principal-type ServicePrincipal " +
				"--role 'Key Vault Crypto Service Encryption User' --scope " + vaultID,
		},
		"identity that may nothing, policies decide": {
			broken: func(f *customerkey.Facts) {
				byUserAssigned(f)
				f.Vault.RBAC = rule.Known(false)
				f.Grant = customerkey.Grant{
					Get: customerkey.Denied, WrapKey: customerkey.Denied, UnwrapKey: customerkey.Denied,
				}
			},
			rule: customerkey.CMK009, attribute: customerkey.AttributeKey,
			found:    "the identity " + identityID + " without get, wrapKey, unwrapKey",
			required: "an identity that may get, wrapKey and unwrapKey the key",
			remedy: "az keyvault set-policy --name contoso-vault --object-id " + principal +
				" --key-permissions get wrapKey unwrapKey",
		},
		"identity that may not unwrap, unknown what decides": {
			broken: func(f *customerkey.Facts) {
				f.Vault.RBAC = rule.Fact[bool]{}
				f.Vault.ID = ""
				f.Identity.PrincipalID = rule.Fact[string]{}
				f.Grant.UnwrapKey = customerkey.Denied
				f.Grant.Get = customerkey.PermissionUnknown
			},
			rule: customerkey.CMK009, attribute: customerkey.AttributeKey,
			found:    "the account's system-assigned identity without unwrapKey",
			required: "an identity that may get, wrapKey and unwrapKey the key",
			remedy: "--scope VAULT_ID (for a vault with access policies: az keyvault set-policy " +
				"--name contoso-vault --object-id PRINCIPAL_ID",
		},
		"identity that is not told, and may not get": {
			broken: func(f *customerkey.Facts) {
				f.Identity = customerkey.Identity{}
				f.Grant.Get = customerkey.Denied
			},
			rule: customerkey.CMK009, attribute: customerkey.AttributeKey,
			found:    "the account's identity without get",
			required: "an identity that may get, wrapKey and unwrapKey the key",
			remedy:   "--assignee-object-id PRINCIPAL_ID",
		},
		"firewall that turns Azure away": {
			broken: func(f *customerkey.Facts) {
				f.Vault.Network = rule.Known(customerkey.Network{PublicAccess: true, DefaultDeny: true})
			},
			rule: customerkey.CMK009, title: "Key Vault Firewall Blocks The Service", severity: rule.Warning, attribute: customerkey.AttributeKey,
			found:    "a firewall of the vault contoso-vault that blocks the services of Azure",
			required: "a vault that the service can reach",
			remedy:   "az keyvault update --name contoso-vault --bypass AzureServices",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := fit(t)
			test.broken(&facts)
			report := customerkey.Check(facts, today())

			if len(report.Violations) != 1 {
				t.Fatalf("want one violation, got %v", report.Violations)
			}
			if test.severity == "" {
				test.severity = rule.Error
			}
			got := report.Violations[0]
			want := rule.Violation{
				Rule: customerkey.Rule(test.rule), Title: test.title, Severity: test.severity, Attribute: test.attribute,
				Found: test.found, Required: test.required, Why: got.Why, Remedy: got.Remedy,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("violation (-want +got):\n%s", diff)
			}
			if got.Why == "" || !strings.Contains(got.Remedy, test.remedy) {
				t.Errorf("want a reason and a remedy with\n  %q\ngot %q and\n  %q", test.remedy, got.Why, got.Remedy)
			}
			if strings.HasSuffix(got.Detail(), "..") {
				t.Errorf("a sentence ends twice:\n%s", got.Detail())
			}
		})
	}
}

// TestCheck_passes holds facts that are right in ways that look wrong against the rules.
func TestCheck_passes(t *testing.T) {
	t.Parallel()
	for name, vary := range map[string]func(*customerkey.Facts){
		"everything right": func(*customerkey.Facts) {},
		"key in hardware, spelt in small letters": func(f *customerkey.Facts) {
			f.Key.Type, f.Key.Size = rule.Known("rsa-hsm"), rule.Known(4096)
		},
		"key without dates": func(f *customerkey.Facts) {
			f.Key.NotBefore, f.Key.Expires = rule.Known(time.Time{}), rule.Known(time.Time{})
		},
		"key that expires just after the notice": func(f *customerkey.Facts) {
			f.Key.Expires = rule.Known(today().AddDate(0, 0, 30).Add(time.Second))
		},
		"key active from this second on": func(f *customerkey.Facts) { f.Key.NotBefore = rule.Known(today()) },
		"operations spelt in small letters": func(f *customerkey.Facts) {
			f.Key.Operations = rule.Known([]string{"wrapkey", "unwrapkey"})
		},
		"user-assigned identity listed in other case": func(f *customerkey.Facts) {
			byUserAssigned(f)
			f.Target.UserAssigned = rule.Known([]string{strings.ToUpper(identityID)})
		},
		"video analyzer with a user-assigned identity": func(f *customerkey.Facts) {
			byUserAssigned(f)
			f.Target.ID, f.Target.Kind = analyzerID, customerkey.VideoAnalyzer()
		},
		"storage account with a vault in another region": func(f *customerkey.Facts) {
			f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
			f.Vault.Location = rule.Known("northeurope")
		},
		"storage account behind a firewall with trusted services": func(f *customerkey.Facts) {
			f.Target.ID, f.Target.Kind = storageID, customerkey.StorageAccount()
			f.Vault.Network = rule.Known(customerkey.Network{TrustedServices: true})
		},
		"firewall that trusted services pass": func(f *customerkey.Facts) {
			f.Vault.Network = rule.Known(customerkey.Network{PublicAccess: true, DefaultDeny: true, TrustedServices: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := fit(t)
			vary(&facts)
			report := customerkey.Check(facts, today())
			if !report.Passed() || len(report.Violations) > 0 {
				t.Errorf("want nothing said, got %+v", report)
			}
		})
	}
}

// TestCheck_leavesTheUnknownPending takes one fact away at a time: its rule is pending, and no
// rule is broken.
func TestCheck_leavesTheUnknownPending(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		forget  func(*customerkey.Facts)
		pending rule.Pending
	}{
		"key":             {func(f *customerkey.Facts) { f.Key.Presence = customerkey.PresenceUnknown }, pending(customerkey.CMK004, "whether the key exists")},
		"key type":        {func(f *customerkey.Facts) { f.Key.Type = rule.Fact[string]{} }, pending(customerkey.CMK002, "the type of the key")},
		"key size":        {func(f *customerkey.Facts) { f.Key.Size = rule.Fact[int]{} }, pending(customerkey.CMK003, "the size of the key")},
		"enabled":         {func(f *customerkey.Facts) { f.Key.Enabled = rule.Fact[bool]{} }, pending(customerkey.CMK004, "whether the key is enabled")},
		"activation":      {func(f *customerkey.Facts) { f.Key.NotBefore = rule.Fact[time.Time]{} }, pending(customerkey.CMK004, "the activation date of the key")},
		"expiry":          {func(f *customerkey.Facts) { f.Key.Expires = rule.Fact[time.Time]{} }, pending(customerkey.CMK004, "the expiry date of the key")},
		"operations":      {func(f *customerkey.Facts) { f.Key.Operations = rule.Fact[[]string]{} }, pending(customerkey.CMK004, "the operations that the key permits")},
		"kind":            {func(f *customerkey.Facts) { f.Target.Kind = customerkey.Kind{} }, pending(customerkey.CMK005, "the kind of the account")},
		"vault region":    {func(f *customerkey.Facts) { f.Vault.Location = rule.Fact[string]{} }, pending(customerkey.CMK005, "the region of the vault")},
		"account region":  {func(f *customerkey.Facts) { f.Target.Location = rule.Fact[string]{} }, pending(customerkey.CMK005, "the region of the account")},
		"soft delete":     {func(f *customerkey.Facts) { f.Vault.SoftDelete = rule.Fact[bool]{} }, pending(customerkey.CMK006, "whether the vault has soft delete on")},
		"purge":           {func(f *customerkey.Facts) { f.Vault.PurgeProtection = rule.Fact[bool]{} }, pending(customerkey.CMK007, "whether the vault has purge protection on")},
		"identity":        {func(f *customerkey.Facts) { f.Identity = customerkey.Identity{} }, pending(customerkey.CMK008, "the identity that reads the key")},
		"system-assigned": {func(f *customerkey.Facts) { f.Target.SystemAssigned = rule.Fact[bool]{} }, pending(customerkey.CMK008, "whether the account has a system-assigned identity")},
		"user-assigned": {func(f *customerkey.Facts) {
			byUserAssigned(f)
			f.Target.UserAssigned = rule.Fact[[]string]{}
		}, pending(customerkey.CMK008, "the user-assigned identities of the account")},
		"user-assigned identity's ID": {func(f *customerkey.Facts) {
			byUserAssigned(f)
			f.Identity.ID = ""
		}, pending(customerkey.CMK008, "the user-assigned identities of the account")},
		"grant":      {func(f *customerkey.Facts) { f.Grant.Get = customerkey.PermissionUnknown }, pending(customerkey.CMK009, "what the identity may do with the key")},
		"identifier": {func(f *customerkey.Facts) { f.KeyID = customerkey.KeyID{} }, pending(customerkey.CMK010, "the identifier of the key")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := fit(t)
			test.forget(&facts)
			report := customerkey.Check(facts, today())
			want := rule.Report{Pending: []rule.Pending{test.pending}}
			if diff := cmp.Diff(want, report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

func pending(id rule.ID, missing string) rule.Pending {
	return rule.Pending{Rule: customerkey.Rule(id), Missing: missing}
}

// TestCheck_nothingKnown is the plan of an empty subscription: every rule that Azure could
// break is pending and none is broken.
func TestCheck_nothingKnown(t *testing.T) {
	t.Parallel()
	report := customerkey.Check(customerkey.Facts{}, today())
	if len(report.Violations) > 0 {
		t.Errorf("nothing is known, and yet %v", report.Violations)
	}
	waiting := map[rule.ID]bool{}
	for _, pending := range report.Pending {
		waiting[pending.Rule.ID] = true
	}
	for _, id := range []rule.ID{
		customerkey.CMK002, customerkey.CMK003, customerkey.CMK004, customerkey.CMK005, customerkey.CMK006,
		customerkey.CMK007, customerkey.CMK008, customerkey.CMK009, customerkey.CMK010,
	} {
		if !waiting[id] {
			t.Errorf("%s is not pending", id)
		}
	}
}

// TestCheck_breaksEverythingAtOnce says everything that is wrong, not only the first of it.
func TestCheck_breaksEverythingAtOnce(t *testing.T) {
	t.Parallel()
	facts := fit(t)
	facts.Key.Size = rule.Known(1024)
	facts.Key.Enabled = rule.Known(false)
	facts.Vault.Location = rule.Known("eastus")
	facts.Vault.PurgeProtection = rule.Known(false)
	facts.Target.SystemAssigned = rule.Known(false)
	facts.Grant.Get = customerkey.Denied

	broken := make([]rule.ID, 0, 6)
	for _, violation := range customerkey.Check(facts, today()).Errors() {
		broken = append(broken, violation.Rule.ID)
	}
	want := []rule.ID{
		customerkey.CMK003, customerkey.CMK004, customerkey.CMK005, customerkey.CMK007, customerkey.CMK008, customerkey.CMK009,
	}
	if diff := cmp.Diff(want, broken); diff != "" {
		t.Errorf("broken rules (-want +got):\n%s", diff)
	}
}

// TestRules_areWellFormed keeps the list in order, complete and readable.
func TestRules_areWellFormed(t *testing.T) {
	t.Parallel()
	ids := []rule.ID{
		customerkey.CMK001, customerkey.CMK002, customerkey.CMK003, customerkey.CMK004, customerkey.CMK005,
		customerkey.CMK006, customerkey.CMK007, customerkey.CMK008, customerkey.CMK009, customerkey.CMK010,
		customerkey.CMK011, customerkey.CMK012, customerkey.CMK013, customerkey.CMK014, customerkey.CMK015,
		customerkey.CMK016, customerkey.CMK017, customerkey.CMK018, customerkey.CMK019, customerkey.CMK020,
	}
	rules := customerkey.Rules()
	if len(rules) != len(ids) {
		t.Fatalf("%d rules for %d IDs", len(rules), len(ids))
	}
	for i, r := range rules {
		if r.ID != ids[i] {
			t.Errorf("rule %d is %s, not %s", i, r.ID, ids[i])
		}
		if r.Title == "" || r.Source == "" || len(r.Found) == 0 || !strings.HasSuffix(r.Sentence, ".") {
			t.Errorf("%s is not complete: %+v", r.ID, r)
		}
	}
}
