// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

const (
	subscription = "11111111-1111-1111-1111-111111111111"
	elsewhere    = "99999999-9999-9999-9999-999999999999"
)

func storageID(subscription, name string) string {
	return "/subscriptions/" + subscription + "/resourceGroups/media/providers/Microsoft.Storage/storageAccounts/" + name
}

func storage(name string, primary bool) mediaaccount.Storage {
	return mediaaccount.Storage{
		ID:           rule.Known(storageID(subscription, name)),
		Primary:      rule.Known(primary),
		AccountKind:  rule.Known("StorageV2"),
		SKU:          rule.Known("Standard_LRS"),
		Hierarchical: rule.Known(false),
		KeysListable: rule.Known(true),
	}
}

// sound is a Media Services account with everything right.
func sound() mediaaccount.Facts {
	return mediaaccount.Facts{
		Kind:           mediaaccount.MediaServices(),
		Storage:        []mediaaccount.Storage{storage("first", true), storage("second", false)},
		Primary:        rule.Known(storageID(subscription, "first")),
		Authentication: rule.Known(mediaaccount.AuthenticationSystem),
		SubscriptionID: rule.Known(subscription),
		Siblings:       rule.Known(99),
	}
}

// TestCheck_breaksOneRuleAtATime breaks one rule while everything else is right.
func TestCheck_breaksOneRuleAtATime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		broken    func(*mediaaccount.Facts)
		rule      rule.ID
		title     string // Empty for the rule's own.
		attribute string
		found     string
		required  string
		remedy    string // A part of it.
	}{
		"no primary": {
			func(f *mediaaccount.Facts) {
				f.Primary = rule.Known("")
				f.Storage[0].Primary = rule.Known(false)
			},
			mediaaccount.ACC001, "", mediaaccount.AttributeStorage,
			"0 primary storage accounts among 2", "exactly one primary storage account", "Mark exactly one",
		},
		"no storage at all": {
			func(f *mediaaccount.Facts) { f.Primary, f.Storage = rule.Known(""), nil },
			mediaaccount.ACC001, "", mediaaccount.AttributeStorage,
			"0 primary storage accounts among 0", "exactly one primary storage account", "Mark exactly one",
		},
		"two primaries": {
			func(f *mediaaccount.Facts) { f.Storage[1].Primary = rule.Known(true) },
			mediaaccount.ACC001, "More Than One Primary Storage Account", mediaaccount.AttributeStorage,
			"2 primary storage accounts among 2", "exactly one primary storage account", "exactly one",
		},
		"two primaries and one unknown": {
			func(f *mediaaccount.Facts) {
				f.Storage[1].Primary = rule.Known(true)
				f.Storage = append(f.Storage, storage("third", false))
				f.Storage[2].Primary = rule.Fact[bool]{}
			},
			mediaaccount.ACC001, "More Than One Primary Storage Account", mediaaccount.AttributeStorage,
			"2 primary storage accounts among 3", "exactly one primary storage account", "exactly one",
		},
		"the same twice, in other case": {
			func(f *mediaaccount.Facts) {
				f.Storage[1].ID = rule.Known(strings.ToUpper(storageID(subscription, "first")))
			},
			mediaaccount.ACC001, "Storage Account Listed Twice", mediaaccount.AttributeStorage,
			"the storage account " + strings.ToUpper(storageID(subscription, "first")) + " more than once",
			"each storage account once", "Remove one of the two",
		},
		"the primary taken out": {
			func(f *mediaaccount.Facts) { f.Primary = rule.Known(storageID(subscription, "old")) },
			mediaaccount.ACC001, "Primary Storage Account Cannot Be Changed", mediaaccount.AttributeStorage,
			"the primary storage account " + storageID(subscription, "old") + " removed or made secondary",
			"the primary storage account that the account was created with", "Keep it",
		},
		"the primary made secondary": {
			func(f *mediaaccount.Facts) { f.Primary = rule.Known(storageID(subscription, "second")) },
			mediaaccount.ACC001, "Primary Storage Account Cannot Be Changed", mediaaccount.AttributeStorage,
			"the primary storage account " + storageID(subscription, "second") + " removed or made secondary",
			"the primary storage account that the account was created with", "Keep it",
		},
		"the primary replaced by the same plan": {
			func(f *mediaaccount.Facts) {
				f.Primary, f.PrimaryGoes = rule.Known(storageID(subscription, "first")), true
			},
			mediaaccount.ACC001, "Primary Storage Account Cannot Be Changed", mediaaccount.AttributeStorage,
			"the primary storage account " + storageID(subscription, "first") + " destroyed or replaced by this plan",
			"the primary storage account that the account was created with", "Leave the storage account as it is",
		},
		"blob-only storage as the primary": {
			func(f *mediaaccount.Facts) { f.Storage[0].AccountKind = rule.Known("BlobStorage") },
			mediaaccount.ACC002, "", mediaaccount.AttributeStorage,
			"the blob-only storage account first as the primary one", supported, "Use another storage account",
		},
		"premium block blobs": {
			func(f *mediaaccount.Facts) { f.Storage[1].AccountKind = rule.Known("BlockBlobStorage") },
			mediaaccount.ACC002, "", mediaaccount.AttributeStorage,
			"the storage account second of kind BlockBlobStorage, which is premium storage", supported, "Use another",
		},
		"premium files": {
			func(f *mediaaccount.Facts) { f.Storage[1].AccountKind = rule.Known("FileStorage") },
			mediaaccount.ACC002, "", mediaaccount.AttributeStorage,
			"the storage account second of kind FileStorage, which is premium storage", supported, "Use another",
		},
		"premium performance": {
			func(f *mediaaccount.Facts) { f.Storage[1].SKU = rule.Known("Premium_LRS") },
			mediaaccount.ACC002, "", mediaaccount.AttributeStorage,
			"the storage account second of SKU Premium_LRS, which is premium storage", supported, "Use another",
		},
		"hierarchical namespace": {
			func(f *mediaaccount.Facts) { f.Storage[1].Hierarchical = rule.Known(true) },
			mediaaccount.ACC002, "", mediaaccount.AttributeStorage,
			"the storage account second with a hierarchical namespace", supported, "Use another",
		},
		"101 storage accounts": {
			func(f *mediaaccount.Facts) {
				for i := range 99 {
					f.Storage = append(f.Storage, storage(fmt.Sprintf("more%d", i), false))
				}
			},
			mediaaccount.ACC005, "", mediaaccount.AttributeStorage,
			"101 storage accounts", "at most 100 storage accounts", "Spread",
		},
		"the 101st account": {
			func(f *mediaaccount.Facts) { f.Siblings = rule.Known(100) },
			mediaaccount.ACC005, "", "",
			"100 accounts in the subscription already", "at most 100 accounts in a subscription", "another subscription",
		},
		"storage of another subscription": {
			func(f *mediaaccount.Facts) { f.Storage[1].ID = rule.Known(storageID(elsewhere, "second")) },
			mediaaccount.ACC005, "Storage Account In Another Subscription", mediaaccount.AttributeAuthentication,
			"the storage account second in the subscription " + elsewhere + ", accessed with its keys",
			"a storage account in the account's own subscription, " + subscription,
			`storage_authentication_type = "ManagedIdentity"`,
		},
		"keys not to be listed": {
			func(f *mediaaccount.Facts) { f.Storage[1].KeysListable = rule.Known(false) },
			mediaaccount.ACC005, "Login Cannot List Storage Keys", mediaaccount.AttributeStorage,
			"a login that may not list the keys of the storage account second",
			"the action Microsoft.Storage/storageAccounts/listkeys/action on the storage account",
			"Storage Account Key Operator Service Role on " + storageID(subscription, "second"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := sound()
			test.broken(&facts)
			violations := mediaaccount.Check(facts).Violations
			if len(violations) != 1 {
				t.Fatalf("want one violation, got %v", violations)
			}
			got := violations[0]
			want := rule.Violation{
				Rule: mediaaccount.Rule(test.rule), Title: test.title, Severity: rule.Error, Attribute: test.attribute,
				Found: test.found, Required: test.required, Why: got.Why, Remedy: got.Remedy,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("violation (-want +got):\n%s", diff)
			}
			if got.Why == "" || !strings.Contains(got.Remedy, test.remedy) {
				t.Errorf("want a reason and a remedy with %q, got %q and %q", test.remedy, got.Why, got.Remedy)
			}
		})
	}
}

const supported = "a storage account of general purpose (StorageV2 or Storage) and standard performance, " +
	"without hierarchical namespace"

// TestCheck_passes holds facts that are right in ways that look wrong against the rules.
func TestCheck_passes(t *testing.T) {
	t.Parallel()
	for name, vary := range map[string]func(*mediaaccount.Facts){
		"everything right": func(*mediaaccount.Facts) {},
		"a new account":    func(f *mediaaccount.Facts) { f.Primary = rule.Known("") },
		"100 storage accounts": func(f *mediaaccount.Facts) {
			for i := range 98 {
				f.Storage = append(f.Storage, storage(fmt.Sprintf("more%d", i), false))
			}
		},
		"the primary in another case": func(f *mediaaccount.Facts) {
			f.Primary = rule.Known(strings.ToUpper(storageID(subscription, "first")))
		},
		"general purpose v1":  func(f *mediaaccount.Facts) { f.Storage[0].AccountKind = rule.Known("Storage") },
		"blob-only secondary": func(f *mediaaccount.Facts) { f.Storage[1].AccountKind = rule.Known("BlobStorage") },
		"storage of another subscription by managed identity": func(f *mediaaccount.Facts) {
			f.Authentication = rule.Known(mediaaccount.AuthenticationManagedIdentity)
			f.Storage[1].ID = rule.Known(storageID(elsewhere, "second"))
		},
		"a subscription in capitals": func(f *mediaaccount.Facts) {
			f.Storage[1].ID = rule.Known(strings.ToUpper(storageID(subscription, "second")))
		},
		"a storage account of no known subscription": func(f *mediaaccount.Facts) { f.Storage[1].ID = rule.Known("second") },
		"an account that is there already":           func(f *mediaaccount.Facts) { f.Siblings = rule.Fact[int]{} },
		"a video analyzer, which knows no primary": func(f *mediaaccount.Facts) {
			f.Kind = mediaaccount.VideoAnalyzer()
			f.Primary = rule.Fact[string]{}
			f.Storage = []mediaaccount.Storage{storage("first", false)}
			f.Storage[0].Primary = rule.Fact[bool]{}
			f.Storage[0].Hierarchical = rule.Fact[bool]{}
		},
		"a video analyzer, which fetches no keys": func(f *mediaaccount.Facts) {
			f.Kind = mediaaccount.VideoAnalyzer()
			f.Authentication = rule.Known(mediaaccount.AuthenticationManagedIdentity)
			f.Storage = []mediaaccount.Storage{storage("first", false)}
			f.Storage[0].KeysListable = rule.Known(false)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := sound()
			vary(&facts)
			report := mediaaccount.Check(facts)
			if !report.Passed() || len(report.Violations) > 0 {
				t.Errorf("want nothing said, got %+v", report)
			}
		})
	}
}

// TestCheck_leavesTheUnknownPending takes one fact away at a time.
func TestCheck_leavesTheUnknownPending(t *testing.T) {
	t.Parallel()
	const kindAndSKU = "the kind and the SKU of the storage account second"
	for name, test := range map[string]struct {
		forget  func(*mediaaccount.Facts)
		pending []rule.Pending
	}{
		"a storage account's ID": {
			func(f *mediaaccount.Facts) { f.Storage[1].ID = rule.Fact[string]{} },
			[]rule.Pending{
				pending(mediaaccount.ACC001, "the IDs of the storage accounts"),
				pending(mediaaccount.ACC005, "the subscriptions of the account and its storage accounts"),
			},
		},
		"the primary's ID": {
			func(f *mediaaccount.Facts) { f.Storage[0].ID = rule.Fact[string]{} },
			[]rule.Pending{
				pending(mediaaccount.ACC001, "the IDs of the storage accounts"),
				pending(mediaaccount.ACC001, "which storage account is the primary one"),
				pending(mediaaccount.ACC005, "the subscriptions of the account and its storage accounts"),
			},
		},
		"a storage account's role": {
			func(f *mediaaccount.Facts) { f.Storage[0].Primary = rule.Fact[bool]{} },
			[]rule.Pending{pending(mediaaccount.ACC001, "which storage account is the primary one")},
		},
		"the primary that there is": {
			func(f *mediaaccount.Facts) { f.Primary = rule.Fact[string]{} },
			[]rule.Pending{pending(mediaaccount.ACC001, "the primary storage account that the account has now")},
		},
		"a storage account's kind": {
			func(f *mediaaccount.Facts) { f.Storage[1].AccountKind = rule.Fact[string]{} },
			[]rule.Pending{pending(mediaaccount.ACC002, kindAndSKU)},
		},
		"a storage account's SKU": {
			func(f *mediaaccount.Facts) { f.Storage[1].SKU = rule.Fact[string]{} },
			[]rule.Pending{pending(mediaaccount.ACC002, kindAndSKU)},
		},
		"a storage account's namespace": {
			func(f *mediaaccount.Facts) { f.Storage[1].Hierarchical = rule.Fact[bool]{} },
			[]rule.Pending{pending(mediaaccount.ACC002, kindAndSKU)},
		},
		"a blob-only storage account's role": {
			func(f *mediaaccount.Facts) {
				f.Storage[1].AccountKind = rule.Known("BlobStorage")
				f.Storage[1].Primary = rule.Fact[bool]{}
			},
			[]rule.Pending{
				pending(mediaaccount.ACC001, "which storage account is the primary one"),
				pending(mediaaccount.ACC002, kindAndSKU),
			},
		},
		"the subscription": {
			func(f *mediaaccount.Facts) { f.SubscriptionID = rule.Fact[string]{} },
			[]rule.Pending{pending(mediaaccount.ACC005, "the subscriptions of the account and its storage accounts")},
		},
		"storage authentication": {
			func(f *mediaaccount.Facts) {
				f.Authentication = rule.Fact[mediaaccount.Authentication]{}
				f.Storage[1].ID = rule.Known(storageID(elsewhere, "second"))
			},
			[]rule.Pending{pending(mediaaccount.ACC005, "how the account accesses its storage")},
		},
		"whether keys can be listed": {
			func(f *mediaaccount.Facts) {
				f.Storage[1].ID = rule.Fact[string]{}
				f.Storage[1].KeysListable = rule.Fact[bool]{}
			},
			[]rule.Pending{
				pending(mediaaccount.ACC001, "the IDs of the storage accounts"),
				pending(mediaaccount.ACC005, "the subscriptions of the account and its storage accounts"),
				pending(mediaaccount.ACC005, "whether the keys of the storage account that does not exist yet can be listed"),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := sound()
			test.forget(&facts)
			want := rule.Report{Pending: test.pending}
			if diff := cmp.Diff(want, mediaaccount.Check(facts)); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

func pending(id rule.ID, missing string) rule.Pending {
	return rule.Pending{Rule: mediaaccount.Rule(id), Missing: missing}
}

// TestCheckConfiguration_needsNoAzure finds what a configuration alone breaks, and waits for
// nothing that only Azure knows.
func TestCheckConfiguration_needsNoAzure(t *testing.T) {
	t.Parallel()
	facts := mediaaccount.Facts{
		Kind: mediaaccount.MediaServices(),
		Storage: []mediaaccount.Storage{
			{ID: rule.Known(storageID(subscription, "first")), Primary: rule.Known(true)},
			{ID: rule.Known(storageID(elsewhere, "second")), Primary: rule.Known(false)},
		},
	}
	if report := mediaaccount.CheckConfiguration(facts); !report.Passed() {
		t.Errorf("want nothing said, got %+v", report)
	}
	facts.Storage[1].Primary = rule.Known(true)
	if errors := mediaaccount.CheckConfiguration(facts).Errors(); len(errors) != 1 || errors[0].Rule.ID != mediaaccount.ACC001 {
		t.Errorf("want ACC001, got %v", errors)
	}
}

// TestRules_areWellFormed keeps the list in order, complete and readable.
func TestRules_areWellFormed(t *testing.T) {
	t.Parallel()
	ids := []rule.ID{
		mediaaccount.ACC001, mediaaccount.ACC002, mediaaccount.ACC004, mediaaccount.ACC005,
		mediaaccount.ACC006, mediaaccount.ACC007,
	}
	rules := mediaaccount.Rules()
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
