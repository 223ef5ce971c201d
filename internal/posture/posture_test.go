// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package posture_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/posture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const (
	group   = "/subscriptions/s/resourceGroups/g/providers/"
	media   = group + "Microsoft.Media/mediaServices/contoso"
	storage = group + "Microsoft.Storage/storageAccounts/contoso"
	vault   = group + "Microsoft.KeyVault/vaults/keys"
	key     = "https://keys.vault.azure.net/keys/media"
	older   = "00000000000000000000000000000001"
	newest  = "00000000000000000000000000000002"
	day     = 24 * time.Hour
)

func now() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// strict asks for everything.
func strict() posture.Requirements {
	return posture.Requirements{
		CustomerKey: true, StorageCustomerKey: true, InfrastructureEncryption: true, MaxKeyAge: 90 * day,
	}
}

// version is a version of a key that nothing is wrong with.
func version(name string, made time.Time) customerkey.Key {
	return customerkey.Key{
		Presence: customerkey.Present, Version: rule.Known(name), Type: rule.Known("RSA"),
		Size: rule.Known(3072), Enabled: rule.Known(true), NotBefore: rule.Known(time.Time{}),
		Expires: rule.Known(time.Time{}), Operations: rule.Known([]string{"wrapKey", "unwrapKey"}),
		Created: rule.Known(made),
	}
}

// sound is something on a customer's key that nothing is wrong with.
func sound(t *testing.T, id string) posture.Encrypted {
	t.Helper()
	kind := customerkey.MediaServices()
	if id == storage {
		kind = customerkey.StorageAccount()
	}
	wanted, err := customerkey.ParseKeyID(key)
	if err != nil {
		t.Fatal(err)
	}
	current := version(newest, now().Add(-100*day))
	return posture.Encrypted{ID: id, Kind: kind, CustomerKey: &posture.Key{
		Monitored: id == media,
		Facts: customerkey.Facts{
			Target: customerkey.Target{
				ID: id, Kind: kind, Location: rule.Known("westus2"), SystemAssigned: rule.Known(true),
				UserAssigned: rule.Known([]string(nil)),
			},
			KeyID: wanted, Key: current, InUse: current,
			Vault: customerkey.Vault{
				ID: vault, Presence: customerkey.Present, Location: rule.Known("westus2"), SoftDelete: rule.Known(true),
				PurgeProtection: rule.Known(true), RBAC: rule.Known(true),
				Network: rule.Known(customerkey.Network{PublicAccess: true, TrustedServices: true}),
			},
			Identity: customerkey.Identity{
				Kind: customerkey.SystemAssignedIdentity, Presence: customerkey.Present, PrincipalID: rule.Known("p"),
			},
			Grant: customerkey.Grant{
				Get: customerkey.Granted, WrapKey: customerkey.Granted, UnwrapKey: customerkey.Granted,
			},
		},
		Following: customerkey.Following{Kind: kind, Wanted: wanted, Current: newest, Newest: newest},
	}}
}

// soundStorage is a storage account that nothing is wrong with, nor worth a note.
func soundStorage(t *testing.T) posture.Storage {
	t.Helper()
	return posture.Storage{
		Encrypted: sound(t, storage), InfrastructureEncryption: true,
		Key1: rule.Known(now().Add(-day)), Key2: rule.Known(now().Add(-day)),
	}
}

// loses has a key be out of reach, as a reader of facts finds it.
func loses(k *posture.Key) {
	k.Lost, k.Diagnosis = true, customerkey.Diagnose(k.Facts, now())
}

// following has a key be on an older version than the newest, which was made a while ago.
func following(k *posture.Key, since time.Duration) {
	k.Following.Current = older
	k.InUse, k.Key = version(older, now().Add(-100*day)), version(newest, now().Add(-since))
}

// broken is one way for an account, or for a storage account, to break one rule.
type broken struct {
	name     string
	account  func(*posture.Encrypted)
	storage  func(*posture.Storage)
	required func(*posture.Requirements)
	rule     rule.ID
	severity rule.Severity
	subject  string
	texts    []string
}

func ways() []broken {
	anyAge := func(r *posture.Requirements) { r.MaxKeyAge = 0 }
	return []broken{
		{
			name: "system key", account: func(e *posture.Encrypted) { e.CustomerKey = nil },
			rule: posture.POS001, severity: rule.Error, subject: media,
			texts: []string{"a Media Services account on the system's key", "azuremedia_customer_key_attachment"},
		},
		{
			name: "system key, waived", account: func(e *posture.Encrypted) { e.CustomerKey = nil },
			required: func(r *posture.Requirements) { r.CustomerKey = false },
			rule:     posture.POS001, severity: posture.Info, subject: media,
		},
		{
			name: "system key of storage", storage: func(s *posture.Storage) { s.CustomerKey = nil },
			required: func(r *posture.Requirements) { r.CustomerKey = false },
			rule:     posture.POS001, severity: rule.Error, subject: storage, texts: []string{"a storage account on"},
		},
		{
			name: "system key of storage, waived", storage: func(s *posture.Storage) { s.CustomerKey = nil },
			required: func(r *posture.Requirements) { r.StorageCustomerKey = false },
			rule:     posture.POS001, severity: posture.Info, subject: storage,
		},
		{
			name: "no infrastructure encryption", storage: func(s *posture.Storage) { s.InfrastructureEncryption = false },
			rule: posture.POS002, severity: rule.Error, subject: storage,
			texts: []string{"infrastructure_encryption_enabled = true", "CMK015"},
		},
		{
			name:     "no infrastructure encryption, waived",
			storage:  func(s *posture.Storage) { s.InfrastructureEncryption = false },
			required: func(r *posture.Requirements) { r.InfrastructureEncryption = false },
			rule:     posture.POS002, severity: posture.Info, subject: storage,
		},
		{
			name: "pinned behind",
			account: func(e *posture.Encrypted) {
				following(e.CustomerKey, 100*day)
				e.CustomerKey.Key = e.CustomerKey.InUse
				e.CustomerKey.KeyID.Version, e.CustomerKey.Following.Wanted.Version = older, older
			},
			rule: posture.POS003, severity: rule.Warning, subject: media,
			texts: []string{"pinned to version " + older, "the newest version, " + newest, "or no version to follow"},
		},
		{
			name: "moving", account: func(e *posture.Encrypted) { following(e.CustomerKey, 5*time.Minute) },
			rule: posture.POS004, severity: posture.Info, subject: media,
			texts: []string{"within about 5 minutes", "must neither be disabled nor deleted"},
		},
		{
			name: "moving, since nobody knows when",
			account: func(e *posture.Encrypted) {
				following(e.CustomerKey, day)
				e.CustomerKey.Key.Created = rule.Fact[time.Time]{}
			},
			rule: posture.POS004, severity: posture.Info, subject: media,
		},
		{
			name: "storage moving", storage: func(s *posture.Storage) { following(s.CustomerKey, day) },
			rule: posture.POS004, severity: posture.Info, subject: storage, texts: []string{"within about a day"},
		},
		{
			name: "late", account: func(e *posture.Encrypted) { following(e.CustomerKey, 6*time.Minute) },
			rule: posture.POS005, severity: rule.Warning, subject: media,
			texts: []string{"has had since 2026-03-01T11:54:00Z", "permits wrapKey"},
		},
		{
			name: "version in use disabled",
			storage: func(s *posture.Storage) {
				following(s.CustomerKey, time.Hour)
				s.CustomerKey.InUse.Enabled = rule.Known(false)
				loses(s.CustomerKey)
			},
			rule: posture.POS006, severity: rule.Error, subject: storage,
			texts: []string{"Version " + older, "as soon as it has to", "--enabled true", "once the newest version is in use"},
		},
		{
			name: "version in use disabled, and noticed",
			account: func(e *posture.Encrypted) {
				following(e.CustomerKey, time.Hour)
				e.CustomerKey.InUse.Enabled = rule.Known(false)
				loses(e.CustomerKey)
				e.CustomerKey.Status = "Inaccessible"
			},
			rule: customerkey.CMK012, severity: rule.Error, subject: media, texts: []string{"--enabled true"},
		},
		{
			name: "key1 too old", storage: func(s *posture.Storage) {
				s.SharedKeyAccess, s.ByKeys, s.Key1 = true, true, rule.Known(now().Add(-91*day))
			},
			rule: posture.POS007, severity: rule.Error, subject: storage,
			texts: []string{"a key1 that is 91 days old", "at most 90 days, by max_key_age_days", "azuremedia_storage_key_rotation"},
		},
		{
			name: "key2 too old by policy", storage: func(s *posture.Storage) {
				s.SharedKeyAccess, s.KeyPolicy, s.Key2 = true, 30*day, rule.Known(now().Add(-31*day))
			},
			required: anyAge, rule: posture.POS007, severity: rule.Error, subject: storage,
			texts: []string{"a key2 that is 31 days old", "at most 30 days, by the storage account's key expiration policy"},
		},
		{
			name: "unknown age", storage: func(s *posture.Storage) {
				s.SharedKeyAccess, s.Key1 = true, rule.Fact[time.Time]{}
			},
			rule: posture.POS008, severity: rule.Error, subject: storage, texts: []string{"a key1 of unknown age"},
		},
		{
			name: "unknown age, and no limit", storage: func(s *posture.Storage) {
				s.SharedKeyAccess, s.Key2 = true, rule.Fact[time.Time]{}
			},
			required: anyAge, rule: posture.POS008, severity: posture.Info, subject: storage,
		},
		{
			name: "shared keys without need", storage: func(s *posture.Storage) { s.SharedKeyAccess = true },
			rule: posture.POS009, severity: rule.Warning, subject: storage,
			texts: []string{"shared_access_key_enabled = false"},
		},
		{
			name: "shared keys", storage: func(s *posture.Storage) { s.SharedKeyAccess, s.ByKeys = true, true },
			rule: posture.POS010, severity: posture.Info, subject: storage, texts: []string{"ManagedIdentity"},
		},
		{
			name: "no limit to ages", storage: func(s *posture.Storage) { s.SharedKeyAccess, s.ByKeys = true, true },
			required: anyAge, rule: posture.POS011, severity: posture.Info, subject: storage,
			texts: []string{"max_key_age_days"},
		},
		{
			name: "unread", storage: func(s *posture.Storage) {
				*s = posture.Storage{Encrypted: posture.Encrypted{ID: storage}, Unread: "Azure answered 403"}
			},
			rule: posture.POS012, severity: rule.Error, subject: storage,
			texts: []string{"Azure answered 403", "the role Reader on " + storage},
		},
		{
			name: "unseen", account: func(e *posture.Encrypted) {
				e.CustomerKey.Key, e.CustomerKey.InUse = customerkey.Key{}, customerkey.Key{}
				e.CustomerKey.Following.Newest = ""
			},
			rule: posture.POS013, severity: rule.Error, subject: media,
			texts: []string{"whether the key exists", "Key Vault Reader"},
		},
		{
			name: "an old key in a secret", storage: func(s *posture.Storage) { s.Stale = []string{"Key Vault secret v/s, which is old"} },
			rule: posture.POS014, severity: rule.Error, subject: storage, texts: []string{"v/s", "azuremedia_storage_key_rotation"},
		},
		{
			name: "secrets that nobody sees", storage: func(s *posture.Storage) { s.UnlistedSecrets = []string{"secrets in the vault v"} },
			rule: posture.POS014, severity: rule.Warning, subject: storage, texts: []string{"secrets in the vault v, which could not"},
		},
		{
			name: "EC", account: func(e *posture.Encrypted) { e.CustomerKey.Key.Type = rule.Known("EC") },
			rule: customerkey.CMK002, severity: rule.Error, subject: media,
		},
		{
			name: "1024 bits", storage: func(s *posture.Storage) { s.CustomerKey.Key.Size = rule.Known(1024) },
			rule: customerkey.CMK003, severity: rule.Error, subject: storage,
		},
		{
			name: "expired", account: func(e *posture.Encrypted) {
				e.CustomerKey.Key.Expires = rule.Known(now())
				e.CustomerKey.InUse = e.CustomerKey.Key
			},
			rule: customerkey.CMK004, severity: rule.Error, subject: media, texts: []string{"that expired on"},
		},
		{
			name: "expiring", storage: func(s *posture.Storage) {
				s.CustomerKey.Key.Expires = rule.Known(now().Add(30 * day))
			},
			rule: customerkey.CMK004, severity: rule.Warning, subject: storage, texts: []string{"that expires on"},
		},
		{
			name: "a newest version that is not active yet",
			storage: func(s *posture.Storage) {
				following(s.CustomerKey, time.Hour)
				s.CustomerKey.Key.NotBefore = rule.Known(now().Add(day))
			},
			rule: customerkey.CMK004, severity: rule.Warning, subject: storage, texts: []string{"that is not active before"},
		},
		{
			name: "another region", account: func(e *posture.Encrypted) { e.CustomerKey.Vault.Location = rule.Known("eastus") },
			rule: customerkey.CMK005, severity: rule.Error, subject: media,
		},
		{
			name: "no soft delete", storage: func(s *posture.Storage) { s.CustomerKey.Vault.SoftDelete = rule.Known(false) },
			rule: customerkey.CMK006, severity: rule.Error, subject: storage,
		},
		{
			name: "no purge protection", account: func(e *posture.Encrypted) {
				e.CustomerKey.Vault.PurgeProtection = rule.Known(false)
			},
			rule: customerkey.CMK007, severity: rule.Error, subject: media,
		},
		{
			name: "no purge protection, and lost", account: func(e *posture.Encrypted) {
				e.CustomerKey.Vault.PurgeProtection = rule.Known(false)
				loses(e.CustomerKey)
			},
			rule: customerkey.CMK007, severity: rule.Error, subject: media,
		},
		{
			name: "no identity", account: func(e *posture.Encrypted) { e.CustomerKey.Target.SystemAssigned = rule.Known(false) },
			rule: customerkey.CMK008, severity: rule.Error, subject: media,
		},
		{
			name: "no grant", storage: func(s *posture.Storage) { s.CustomerKey.Grant.WrapKey = customerkey.Denied },
			rule: customerkey.CMK009, severity: rule.Error, subject: storage, texts: []string{"without wrapKey"},
		},
		{
			name: "a grant to a group, perhaps", account: func(e *posture.Encrypted) {
				e.CustomerKey.Grant.WrapKey, e.CustomerKey.GrantMayBeIndirect = customerkey.Denied, true
			},
			rule: customerkey.CMK009, severity: rule.Warning, subject: media,
		},
		{
			name: "a grant to a group, perhaps, of storage", storage: func(s *posture.Storage) {
				s.CustomerKey.Grant.WrapKey, s.CustomerKey.GrantMayBeIndirect = customerkey.Denied, true
			},
			rule: customerkey.CMK009, severity: rule.Error, subject: storage,
		},
		{
			name: "firewall of storage", storage: func(s *posture.Storage) {
				s.CustomerKey.Vault.Network = rule.Known(customerkey.Network{PublicAccess: true, DefaultDeny: true})
			},
			rule: customerkey.CMK009, severity: rule.Error, subject: storage,
		},
		{
			name: "firewall", account: func(e *posture.Encrypted) {
				e.CustomerKey.Vault.Network = rule.Known(customerkey.Network{PublicAccess: true, DefaultDeny: true})
			},
			rule: customerkey.CMK009, severity: rule.Warning, subject: media,
		},
		{
			name: "lost", account: func(e *posture.Encrypted) {
				e.CustomerKey.Key, e.CustomerKey.InUse = customerkey.Key{Presence: customerkey.SoftDeleted}, customerkey.Key{}
				loses(e.CustomerKey)
			},
			rule: customerkey.CMK012, severity: rule.Error, subject: media,
			texts: []string{"The key media was deleted", "az keyvault key recover"},
		},
	}
}

// assessed is the report on something sound, but for one way in which it is not.
func assessed(t *testing.T, way broken) posture.Report {
	t.Helper()
	account, beneath, required := sound(t, media), soundStorage(t), strict()
	if way.account != nil {
		way.account(&account)
	}
	if way.storage != nil {
		way.storage(&beneath)
	}
	if way.required != nil {
		way.required(&required)
	}
	return posture.Assess(posture.Account{Encrypted: account, Storage: []posture.Storage{beneath}}, required, now())
}

func TestAssess_sound(t *testing.T) {
	t.Parallel()
	report := assessed(t, broken{})
	if !report.Compliant() || !report.Known() || len(report.Findings) > 0 {
		t.Errorf("compliant %t, known %t: %v", report.Compliant(), report.Known(), report.Findings)
	}
	if got := report.Summary(); got != "The encryption complies." {
		t.Errorf("the summary is %q", got)
	}
}

// TestAssess_broken breaks each rule, in each of the ways that weigh differently.
func TestAssess_broken(t *testing.T) {
	t.Parallel()
	for _, way := range ways() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			report := assessed(t, way)
			at := slices.IndexFunc(report.Findings, func(f posture.Finding) bool { return f.Rule.ID == way.rule })
			if at < 0 {
				t.Fatalf("%s was not found: %v", way.rule, report.Findings)
			}
			found := report.Findings[at]
			if found.Severity != way.severity || found.Subject != way.subject {
				t.Errorf("%s about %s, want %s about %s", found.Severity, found.Subject, way.severity, way.subject)
			}
			for _, text := range way.texts {
				if !strings.Contains(found.Detail(), text) {
					t.Errorf("does not say %q: %s", text, found.Detail())
				}
			}
			for name, text := range map[string]string{
				"title": found.Fault(), "found": found.Found, "required": found.Required, "why": found.Why, "remedy": found.Remedy,
			} {
				if text == "" || strings.HasSuffix(text, ".") {
					t.Errorf("%s is %q", name, text)
				}
			}
			if report.Compliant() != (way.severity != rule.Error) {
				t.Errorf("compliant %t with %v", report.Compliant(), report.Findings)
			}
			unknown := way.rule == posture.POS012 || way.rule == posture.POS013
			if report.Known() == unknown {
				t.Errorf("known %t", report.Known())
			}
		})
	}
}

// TestAssess_findsNothingElse: what is wrong is said once.
func TestAssess_findsNothingElse(t *testing.T) {
	t.Parallel()
	both := map[string][]rule.ID{ // Each of these is two things.
		"no purge protection, and lost":           {customerkey.CMK012, customerkey.CMK007},
		"key1 too old":                            {posture.POS007, posture.POS010},
		"key2 too old by policy":                  {posture.POS007, posture.POS009},
		"unknown age":                             {posture.POS008, posture.POS009},
		"unknown age, and no limit":               {posture.POS009, posture.POS011, posture.POS008},
		"a newest version that is not active yet": {customerkey.CMK004, posture.POS004},
		"no limit to ages":                        {posture.POS010, posture.POS011},
	}
	for _, way := range ways() {
		want := both[way.name]
		if want == nil {
			want = []rule.ID{way.rule}
		}
		var got []rule.ID
		for _, finding := range assessed(t, way).Findings {
			got = append(got, finding.Rule.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", way.name, diff)
		}
	}
}

// TestAssess_keysThatOpenNothing may be of any age.
func TestAssess_keysThatOpenNothing(t *testing.T) {
	t.Parallel()
	report := assessed(t, broken{storage: func(s *posture.Storage) {
		s.Key1, s.Key2 = rule.Known(now().Add(-1000*day)), rule.Fact[time.Time]{}
	}})
	if len(report.Findings) > 0 {
		t.Errorf("%v", report.Findings)
	}
}

// TestAssess_alone judges a storage account for itself: its key once, and not who accesses it how.
func TestAssess_alone(t *testing.T) {
	t.Parallel()
	itself := posture.Encrypted{ID: storage, Kind: customerkey.StorageAccount()}
	report := posture.Assess(posture.Account{Encrypted: itself, Storage: []posture.Storage{{
		Encrypted: itself, Alone: true, SharedKeyAccess: true, Key1: rule.Known(now()), Key2: rule.Known(now()),
	}}}, strict(), now())
	var got []rule.ID
	for _, finding := range report.Findings {
		got = append(got, finding.Rule.ID)
	}
	if diff := cmp.Diff([]rule.ID{posture.POS001, posture.POS002}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAssess_age counts from the moment that a key was made.
func TestAssess_age(t *testing.T) {
	t.Parallel()
	report := assessed(t, broken{storage: func(s *posture.Storage) {
		s.SharedKeyAccess, s.Key1 = true, rule.Known(now().Add(-90*day))
	}})
	if !report.Compliant() {
		t.Errorf("a key as old as is allowed is too old: %v", report.Findings)
	}
}

func TestReport_orderAndSummary(t *testing.T) {
	t.Parallel()
	report := assessed(t, broken{
		account: func(e *posture.Encrypted) { following(e.CustomerKey, time.Minute) },
		storage: func(s *posture.Storage) {
			s.SharedKeyAccess, s.CustomerKey, s.InfrastructureEncryption = true, nil, false
			s.Key1 = rule.Fact[time.Time]{}
		},
		required: func(r *posture.Requirements) { r.MaxKeyAge = 0 },
	})
	var got []rule.ID
	for _, finding := range report.Findings {
		got = append(got, finding.Rule.ID)
	}
	if diff := cmp.Diff([]rule.ID{
		posture.POS001, posture.POS002, posture.POS009, posture.POS004, posture.POS011, posture.POS008,
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := report.Summary(), "The encryption does not comply: 2 errors, 1 warning, 3 notes."; got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
	unknown := assessed(t, broken{storage: func(s *posture.Storage) { s.Unread = "gone" }})
	if got, want := unknown.Summary(), "The encryption does not comply: 1 error; not everything could be read."; got != want {
		t.Errorf("the summary is %q, want %q", got, want)
	}
}

// TestWeights holds the table that is documented against what is found: each of its rows is
// broken by a test, and nothing is found that it does not have.
func TestWeights(t *testing.T) {
	t.Parallel()
	type row struct {
		Rule     rule.ID
		Severity rule.Severity
	}
	documented, tested := map[row]bool{}, map[row]bool{}
	for _, weight := range posture.Weights() {
		at := row{weight.Rule, weight.Severity}
		if documented[at] {
			t.Errorf("%s has the severity %s twice", weight.Rule, weight.Severity)
		}
		documented[at] = true
	}
	for _, way := range ways() {
		tested[row{way.rule, way.severity}] = true
	}
	if diff := cmp.Diff(documented, tested); diff != "" {
		t.Errorf("(-documented +tested):\n%s", diff)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, own := range posture.Rules() {
		if own.Title == "" || own.Source == "" || !strings.HasSuffix(own.Sentence, ".") || !own.FoundAt(rule.Plan) {
			t.Errorf("%+v", own)
		}
		if posture.Rule(own.ID).Title != own.Title {
			t.Errorf("%s is %v", own.ID, posture.Rule(own.ID))
		}
	}
	if got := posture.Rule(customerkey.CMK012).Title; got != customerkey.Rule(customerkey.CMK012).Title {
		t.Errorf("CMK012 is %q", got)
	}
}

func TestKey_expires(t *testing.T) {
	t.Parallel()
	inUse, wanted := now().Add(day), now().Add(2*day)
	k := sound(t, media).CustomerKey
	k.Key.Expires, k.InUse.Expires = rule.Known(wanted), rule.Known(inUse)
	if got, _ := k.Expires().Value(); !got.Equal(inUse) {
		t.Errorf("expires at %s", got)
	}
	k.InUse.Expires = rule.Fact[time.Time]{}
	if got, _ := k.Expires().Value(); !got.Equal(wanted) {
		t.Errorf("expires at %s", got)
	}
	if unseen := (*posture.Key)(nil).Unseen(now()); unseen != nil {
		t.Errorf("of no key %v is unseen", unseen)
	}
}

func TestEncrypted_summary(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*posture.Encrypted)
		want   string
	}{
		"customer's key": {
			func(*posture.Encrypted) {},
			"The account follows the newest version of the key media and runs on " + newest + ", which is the newest.",
		},
		"system's key": {
			func(e *posture.Encrypted) { e.CustomerKey = nil },
			"The storage account is on the system's key.",
		},
		"lost": {
			func(e *posture.Encrypted) {
				e.CustomerKey.Vault.Presence = customerkey.SoftDeleted
				loses(e.CustomerKey)
			},
			"The vault keys was deleted; it can be recovered with its keys.",
		},
		"managed HSM": {
			func(e *posture.Encrypted) { e.CustomerKey.KeyID = customerkey.KeyID{} },
			"The storage account is on a customer's key outside of Key Vault, which cannot be read.",
		},
	} {
		encrypted := sound(t, storage)
		test.change(&encrypted)
		if got := encrypted.Summary(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestKey_reachable(t *testing.T) {
	t.Parallel()
	denied := func(k *posture.Key) { k.Grant.WrapKey, k.GrantMayBeIndirect = customerkey.Denied, true }
	for name, test := range map[string]struct {
		id     string
		change func(*posture.Key)
		want   rule.Fact[bool]
	}{
		"sound":         {storage, func(*posture.Key) {}, rule.Known(true)},
		"lost":          {media, loses, rule.Known(false)},
		"unseen":        {media, func(k *posture.Key) { k.Key = customerkey.Key{} }, rule.Fact[bool]{}},
		"doubtful":      {storage, denied, rule.Fact[bool]{}},
		"not doubtful":  {media, denied, rule.Known(true)},
		"another error": {storage, func(k *posture.Key) { k.Vault.SoftDelete = rule.Known(false) }, rule.Known(true)},
	} {
		k := sound(t, test.id).CustomerKey
		test.change(k)
		got, known := k.Reachable(now()).Value()
		want, wantKnown := test.want.Value()
		if got != want || known != wantKnown {
			t.Errorf("%s: %t, known %t", name, got, known)
		}
	}
}
