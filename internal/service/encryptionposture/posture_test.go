// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package encryptionposture_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"
	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/encryptionposture"
)

// TestPosture shows everything there is about an account that nothing is wrong with.
func TestPosture(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Advance(10*day + time.Hour)
	shown := w.posture(w.Proto(), acctest.Value{"max_key_age_days": 90})
	storage := at(shown, "storage_accounts", 0)
	layer := func(id, principal string, more acctest.Value) acctest.Value {
		value := acctest.Value{
			"id": id, "known": true, "unseen": []any{}, "type": "CustomerKey",
			"key_vault_key_id": w.following, "current_key_id": w.following + "/" + w.version,
			"current_key_version": w.version, "newest_key_version": w.version, "follows_latest_version": true,
			"outdated": false, "expiration_date": nil, "identity_type": "SystemAssigned",
			"user_assigned_identity_id": nil, "identity_principal_id": principal, "key_vault_id": w.vault,
			"reachable": true, "causes": []any{},
			"summary": "The account follows the newest version of the key media and runs on " + w.version + ", which is the newest.",
		}
		for name, part := range more {
			value[name] = part
		}
		return value
	}
	want := acctest.Value{
		"id": w.account, "account_id": w.account, "check_secrets": nil, "require_customer_key": nil,
		"require_storage_customer_key": nil, "require_infrastructure_encryption": nil,
		"max_key_age_days": 90.0, "compliant": true, "known": true,
		"summary": "The encryption complies: 1 note.", "observed_at": shown["observed_at"],
		"account": layer(w.account, w.Principal("contoso"), acctest.Value{
			"kind": "Media Services account", "status": nil, "second_layer": "Automatic",
		}),
		"storage_accounts": []any{layer(w.storage, w.storagePrincipal("contoso"), acctest.Value{
			"is_primary": true, "storage_authentication_type": "System", "infrastructure_encryption_enabled": true, "shared_access_key_enabled": true,
			"key_expiration_period_in_days": nil, "key_rotated_at": storage["key_rotated_at"],
			"key1_created_at": storage["key1_created_at"], "key2_created_at": storage["key2_created_at"],
			"key1_age_in_days": 10.0, "key2_age_in_days": 10.0,
		})},
		"findings": shown["findings"],
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	observed := clock(t, shown, "observed_at")
	for _, name := range []string{"key1_created_at", "key2_created_at", "key_rotated_at"} {
		if age := observed.Sub(clock(t, storage, name)); age < 10*day || age > 11*day {
			t.Errorf("%s is %s ago", name, age)
		}
	}
	if diff := cmp.Diff([]found{{"POS010", "info", w.storage}}, findings(shown)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range []string{"title", "found", "required", "why", "remedy"} {
		if text(at(shown, "findings", 0), name) == "" {
			t.Errorf("a finding without %s", name)
		}
	}
}

func clock(t *testing.T, shown acctest.Value, name string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text(shown, name))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// broken is one way in which something is not as it should be.
type broken struct {
	name string
	// bare says that the keys are not attached yet.
	bare      bool
	arrange   func(*world)
	arguments acctest.Value
	account   []found // Whose subject is the account.
	storage   []found
	known     bool
	compliant bool
	// shown is what else a test looks at.
	shown func(t *testing.T, w *world, shown acctest.Value)
}

func (b broken) findings(w *world) []found {
	var all []found
	for _, one := range b.account {
		all = append(all, found{one.Rule, one.Severity, w.account})
	}
	for _, one := range b.storage {
		all = append(all, found{one.Rule, one.Severity, w.storage})
	}
	order := map[string]int{"error": 0, "warning": 1, "info": 2}
	slices.SortStableFunc(all, func(a, b found) int { return order[a.Severity] - order[b.Severity] })
	return all
}

func disabled() azkeys.KeyAttributes { return azkeys.KeyAttributes{Enabled: to.Ptr(false)} }

// ways are the ways for something to be wrong. Shared keys are in use in all of them.
func ways() []broken {
	fine := []found{{"POS010", "info", ""}}
	ok := func(rule, severity string) []found { return []found{{rule, severity, ""}} }
	with := func(rule, severity string) []found { return append(ok(rule, severity), fine...) }
	return []broken{
		{
			name: "system keys", bare: true, known: true,
			account: ok("POS001", "error"), storage: with("POS001", "error"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				account := in(shown, "account")
				if account["type"] != "SystemKey" || account["reachable"] != true || account["key_vault_key_id"] != nil ||
					account["summary"] != "The Media Services account is on the system's key." {
					t.Errorf("%v", account)
				}
			},
		},
		{
			name: "system keys, waived", bare: true, known: true, compliant: true,
			arguments: acctest.Value{"require_customer_key": false, "require_storage_customer_key": false},
			account:   ok("POS001", "info"), storage: with("POS001", "info"),
		},
		{
			name: "system key of storage", bare: true, known: true,
			arrange: func(w *world) { w.attach(w.account, w.following) },
			storage: with("POS001", "error"),
		},
		{
			name: "pinned behind", known: true, compliant: true,
			arrange: func(w *world) {
				w.attach(w.account, w.following+"/"+w.version)
				w.Rotate("keys", "media")
				w.Advance(day)
			},
			account: ok("POS003", "warning"), storage: fine,
			shown: func(t *testing.T, w *world, shown acctest.Value) {
				t.Helper()
				account, storage := in(shown, "account"), at(shown, "storage_accounts", 0)
				if account["outdated"] != true || account["follows_latest_version"] != false || account["current_key_version"] != w.version ||
					storage["outdated"] != false || storage["current_key_version"] != account["newest_key_version"] {
					t.Errorf("%v\n%v", account, storage)
				}
			},
		},
		{
			name: "moving", known: true, compliant: true,
			arrange: func(w *world) { w.Rotate("keys", "media"); w.Advance(6 * time.Minute) },
			storage: []found{{"POS004", "info", ""}, {"POS010", "info", ""}},
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if in(shown, "account")["outdated"] != false || at(shown, "storage_accounts", 0)["outdated"] != true {
					t.Errorf("%v", shown)
				}
			},
		},
		{
			name: "late", known: true, compliant: true,
			arrange: func(w *world) {
				// A new version that is not active yet cannot wrap, so that nobody moves to it.
				now, err := w.Rehearsal().Now(w.ctx)
				w.must(err)
				w.Key("keys", "media", func(p *azkeys.CreateKeyParameters) {
					p.KeyAttributes = &azkeys.KeyAttributes{NotBefore: to.Ptr(now.Add(100 * day))}
				})
				w.Advance(time.Hour)
			},
			account: []found{{"CMK004", "warning", ""}, {"POS005", "warning", ""}},
			storage: []found{{"CMK004", "warning", ""}, {"POS004", "info", ""}, {"POS010", "info", ""}},
		},
		{
			name: "version in use disabled", known: true,
			arrange: func(w *world) {
				w.Rotate("keys", "media")
				w.Advance(10 * time.Minute)
				w.UpdateKey("keys", "media", w.version, disabled())
			},
			storage: with("POS006", "error"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				storage := at(shown, "storage_accounts", 0)
				if storage["reachable"] != false || text(at(storage, "causes", 0), "cause") != "key version disabled" {
					t.Errorf("%v", storage)
				}
			},
		},
		{
			name: "grant removed", known: true,
			arrange: func(w *world) { w.Revoke("keys", w.Principal("contoso")); w.Advance(time.Hour) },
			account: ok("CMK012", "error"), storage: fine,
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				account := in(shown, "account")
				cause := at(account, "causes", 0)
				if text(account, "status") == "" || account["reachable"] != false || text(cause, "cause") != "grant removed" ||
					text(cause, "sentence") != text(account, "summary") || text(cause, "remedy") == "" || cause["final"] != false {
					t.Errorf("%v", account)
				}
			},
		},
		{
			// The owner of the vault has an access policy as well, and could be a group.
			name: "grant of storage removed", known: true,
			arrange: func(w *world) { w.Revoke("keys", w.storagePrincipal("contoso")) },
			storage: with("CMK009", "error"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if storage := at(shown, "storage_accounts", 0); storage["reachable"] != nil || storage["known"] != true {
					t.Errorf("%v", storage)
				}
			},
		},
		{
			name: "key deleted", known: true,
			arrange: func(w *world) { w.DeleteKey("keys", "media"); w.Advance(time.Hour) },
			account: ok("CMK012", "error"), storage: with("CMK012", "error"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				for _, layer := range []acctest.Value{in(shown, "account"), at(shown, "storage_accounts", 0)} {
					if text(at(layer, "causes", 0), "cause") != "key deleted" {
						t.Errorf("%v", layer)
					}
				}
			},
		},
		{
			name: "vault firewall", known: true,
			arrange: func(w *world) {
				w.UpdateVault("keys", armkeyvault.VaultPatchProperties{NetworkACLs: &armkeyvault.NetworkRuleSet{
					Bypass:        to.Ptr(armkeyvault.NetworkRuleBypassOptionsNone),
					DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny),
					IPRules:       []*armkeyvault.IPRule{{Value: to.Ptr("127.0.0.1")}},
				}})
				w.Advance(time.Hour)
			},
			account: ok("CMK012", "error"), storage: with("CMK009", "error"),
		},
		{
			name: "a vault of another region", known: true, bare: true,
			arrange: func(w *world) {
				w.Vault("faraway", func(p *armkeyvault.VaultCreateOrUpdateParameters) { p.Location = to.Ptr("eastus") })
				elsewhere, _ := parted(w.Key("faraway", "media"))
				w.Grant("faraway", w.storagePrincipal("contoso"))
				w.attach(w.storage, elsewhere)
				w.attach(w.account, w.following)
			},
			compliant: true, storage: fine, // A storage account may use a vault of another region.
		},
		{
			name: "expiring", known: true, compliant: true,
			arrange: func(w *world) {
				now, err := w.Rehearsal().Now(w.ctx)
				w.must(err)
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(now.Add(29 * day).Truncate(time.Second))})
			},
			account: ok("CMK004", "warning"), storage: with("CMK004", "warning"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				until := clock(t, in(shown, "account"), "expiration_date").Sub(clock(t, shown, "observed_at"))
				if until < 28*day || until > 29*day {
					t.Errorf("expires in %s", until)
				}
			},
		},
		{
			name: "expired", known: true,
			arrange: func(w *world) {
				now, err := w.Rehearsal().Now(w.ctx)
				w.must(err)
				w.UpdateKey("keys", "media", "", azkeys.KeyAttributes{Expires: to.Ptr(now.Add(time.Hour))})
				w.Advance(2 * time.Hour)
			},
			account: ok("CMK004", "error"), storage: with("CMK004", "error"),
		},
		{
			name: "keys too old", known: true, arguments: acctest.Value{"max_key_age_days": 90},
			arrange: func(w *world) { w.Advance(91 * day) },
			storage: []found{{"POS007", "error", ""}, {"POS007", "error", ""}, {"POS010", "info", ""}},
		},
		{
			name: "keys too old for their policy", known: true, arguments: acctest.Value{"max_key_age_days": nil},
			arrange: func(w *world) {
				w.updateStorage("contoso", armstorage.AccountPropertiesUpdateParameters{
					KeyPolicy: &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr[int32](30)},
				})
				w.Advance(31 * day)
			},
			storage: []found{{"POS007", "error", ""}, {"POS007", "error", ""}, {"POS010", "info", ""}},
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if days := at(shown, "storage_accounts", 0)["key_expiration_period_in_days"]; days != 30.0 {
					t.Errorf("the policy is %v", days)
				}
			},
		},
		{
			name: "no limit to ages", known: true, compliant: true, arguments: acctest.Value{"max_key_age_days": nil},
			arrange: func(w *world) { w.Advance(1000 * day) },
			storage: []found{{"POS010", "info", ""}, {"POS011", "info", ""}},
		},
		{
			name: "shared keys without need", known: true, compliant: true,
			arrange: func(w *world) { w.byIdentity() },
			storage: ok("POS009", "warning"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if how := at(shown, "storage_accounts", 0)["storage_authentication_type"]; how != "ManagedIdentity" {
					t.Errorf("%v", how)
				}
			},
		},
		{
			name: "nothing at all", known: true, compliant: true, arguments: acctest.Value{"max_key_age_days": nil},
			arrange: func(w *world) {
				w.byIdentity()
				w.updateStorage("contoso", armstorage.AccountPropertiesUpdateParameters{AllowSharedKeyAccess: to.Ptr(false)})
				w.Advance(1000 * day)
			},
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if shown["summary"] != "The encryption complies." || at(shown, "storage_accounts", 0)["shared_access_key_enabled"] != false {
					t.Errorf("%v", shown)
				}
			},
		},
		{
			name:    "a key that this login may not read",
			arrange: func(w *world) { w.Policy("keys", armkeyvault.AccessPolicyUpdateKindReplace, w.Owner(), "list") },
			account: ok("POS013", "error"), storage: with("POS013", "error"),
			shown: func(t *testing.T, w *world, shown acctest.Value) {
				t.Helper()
				for _, layer := range []acctest.Value{in(shown, "account"), at(shown, "storage_accounts", 0)} {
					unseen, _ := layer["unseen"].([]any)
					if layer["known"] != false || layer["reachable"] != nil || layer["outdated"] != nil ||
						layer["current_key_version"] != w.version || !slices.Contains(unseen, any("whether the key exists")) {
						t.Errorf("%v", layer)
					}
				}
			},
		},
		{
			name:    "a storage account that is gone",
			arrange: func(w *world) { w.deleteStorage("contoso") },
			storage: ok("POS012", "error"),
			shown: func(t *testing.T, _ *world, shown acctest.Value) {
				t.Helper()
				if storage := at(shown, "storage_accounts", 0); !strings.Contains(text(storage, "summary"), "404 Not Found, code ResourceNotFound") ||
					storage["is_primary"] != true {
					t.Errorf("%v", storage)
				}
			},
		},
	}
}

// TestPosture_broken breaks one thing at a time.
func TestPosture_broken(t *testing.T) {
	t.Parallel()
	for _, way := range ways() {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			w := (*world)(nil)
			if way.bare {
				w = bare(t)
			} else {
				w = newWorld(t)
			}
			if way.arrange != nil {
				way.arrange(w)
			}
			if way.arguments == nil {
				way.arguments = acctest.Value{}
			}
			if _, given := way.arguments["max_key_age_days"]; !given {
				way.arguments["max_key_age_days"] = 3650
			}
			shown := w.posture(w.Proto(), way.arguments)
			if diff := cmp.Diff(way.findings(w), findings(shown)); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%v", diff, shown["findings"])
			}
			if shown["compliant"] != way.compliant || shown["known"] != way.known {
				t.Errorf("compliant %v, known %v", shown["compliant"], shown["known"])
			}
			if way.shown != nil {
				way.shown(t, w, shown)
			}
		})
	}
}

// TestPosture_secondLayer has two storage accounts, one of them without its second layer.
func TestPosture_secondLayer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.store("archive", withoutSecondLayer)
	w.Grant("keys", w.storagePrincipal("archive"))
	w.attach(second, w.following)
	w.beneath(second)
	for _, test := range []struct {
		waived   any
		severity string
	}{{nil, "error"}, {true, "error"}, {false, "info"}} {
		shown := w.posture(w.Proto(), acctest.Value{
			"require_infrastructure_encryption": test.waived, "max_key_age_days": 90,
		})
		if !slices.Contains(findings(shown), found{"POS002", test.severity, second}) ||
			shown["compliant"] != (test.severity == "info") {
			t.Errorf("%v: %v", test.waived, findings(shown))
		}
		one, other := at(shown, "storage_accounts", 0), at(shown, "storage_accounts", 1)
		if one["id"] != w.storage || one["infrastructure_encryption_enabled"] != true ||
			other["id"] != second || other["infrastructure_encryption_enabled"] != false || other["is_primary"] != false {
			t.Errorf("%v\n%v", one, other)
		}
	}
}

// TestPosture_forbidden reads it with a login that has a role on one of two storage accounts only.
func TestPosture_forbidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.store("archive")
	w.beneath(second)
	auditor := w.login(w.account, w.storage, w.vault)
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, auditor.ObjectID, "get")
	shown := w.posture(w.as(auditor), nil)
	if shown["compliant"] != false || shown["known"] != false {
		t.Errorf("compliant %v, known %v", shown["compliant"], shown["known"])
	}
	if diff := cmp.Diff([]found{
		{"POS012", "error", second}, {"POS010", "info", w.storage}, {"POS011", "info", w.storage},
	}, findings(shown)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	reason := "Azure answered 403 Forbidden, code AuthorizationFailed"
	want := acctest.Value{
		"id": second, "known": false, "unseen": []any{"the storage account: " + reason}, "is_primary": false,
		"storage_authentication_type": "System", "causes": []any{}, "summary": "Nothing is known about the storage account: " + reason + ".",
	}
	unknown := at(shown, "storage_accounts", 1)
	for name := range unknown {
		if _, has := want[name]; !has {
			want[name] = nil
		}
	}
	if diff := cmp.Diff(want, unknown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if remedy := text(at(shown, "findings", 0), "remedy"); !strings.Contains(remedy, "the role Reader on "+second) {
		t.Errorf("the remedy is %q", remedy)
	}
}

// TestPosture_anotherSubscription: a storage account there is read like any other by whoever may,
// and unknown to everybody else.
func TestPosture_anotherSubscription(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := w.subscription()
	second := w.storeIn(elsewhere, "elsewhere")
	w.byIdentity(second)

	shown := w.posture(w.Proto(), acctest.Value{"require_storage_customer_key": false})
	if storage := at(shown, "storage_accounts", 1); storage["known"] != true || storage["type"] != "SystemKey" || shown["compliant"] != true {
		t.Errorf("%v: %v", storage, findings(shown))
	}

	auditor := w.login("/subscriptions/" + w.SubscriptionID())
	w.Policy("keys", armkeyvault.AccessPolicyUpdateKindAdd, auditor.ObjectID, "get")
	shown = w.posture(w.as(auditor), acctest.Value{"require_storage_customer_key": false})
	storage := at(shown, "storage_accounts", 1)
	if storage["known"] != false || shown["compliant"] != false || !slices.Contains(findings(shown), found{"POS012", "error", second}) ||
		!strings.Contains(text(storage, "summary"), "in another subscription than its account, "+elsewhere) {
		t.Errorf("%v: %v", storage, findings(shown))
	}
}

// TestPosture_userAssigned shows a user-assigned identity.
func TestPosture_userAssigned(t *testing.T) {
	t.Parallel()
	w := bare(t)
	identity, principal := w.Identity("reader")
	w.Identify("contoso", "", identity)
	w.Grant("keys", principal)
	w.attachAs(w.account, w.following, identity)
	second := w.store("archive", func(p *armstorage.AccountCreateParameters) {
		p.Identity = &armstorage.Identity{
			Type:                   to.Ptr(armstorage.IdentityTypeUserAssigned),
			UserAssignedIdentities: map[string]*armstorage.UserAssignedIdentity{identity: {}},
		}
	})
	w.attachAs(second, w.following, identity)
	w.beneath(second)
	shown := w.posture(w.Proto(), nil)
	for _, layer := range []acctest.Value{in(shown, "account"), at(shown, "storage_accounts", 1)} {
		if layer["identity_type"] != "UserAssigned" || layer["user_assigned_identity_id"] != identity ||
			layer["identity_principal_id"] != principal || layer["reachable"] != true {
			t.Errorf("%v", layer)
		}
	}
}

// TestPosture_refuses what has no posture: an account that is not there, and what is no account.
func TestPosture_refuses(t *testing.T) {
	t.Parallel()
	w := bare(t)
	proto := w.Proto()
	for id, want := range map[string]string{
		w.ID(azure.MediaAccountType, "nobody"):   "Encryption Posture Not Read",
		w.ID(azure.StorageAccountType, "nobody"): "Encryption Posture Not Read",
	} {
		_, diags := proto.ReadData(dataSource, acctest.Value{"account_id": id})
		if len(diags) != 1 || !strings.Contains(diags.Text(), want) {
			t.Errorf("%s: want %s: %s", id, want, diags.Text())
		}
	}
	diags := proto.ValidateData(dataSource, acctest.Value{"account_id": w.vault})
	for _, resourceType := range encryptionposture.ResourceTypes() {
		if len(diags) != 1 || !strings.Contains(diags.Text(), resourceType) {
			t.Errorf("want one error that lists %s: %s", resourceType, diags.Text())
		}
	}
	for _, config := range []acctest.Value{
		{"account_id": "contoso"},
		{"account_id": w.account, "max_key_age_days": 0},
	} {
		if diags := proto.ValidateData(dataSource, config); len(diags.Errors()) == 0 {
			t.Errorf("%v is accepted", config)
		}
	}
}
