// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package mediaaccount_test

import (
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// analyzer is a Video Analyzer account with everything right.
func analyzer() mediaaccount.Facts {
	facts := mediaaccount.Facts{
		Kind:           mediaaccount.VideoAnalyzer(),
		Storage:        []mediaaccount.Storage{storage("first", false)},
		Authentication: rule.Known(mediaaccount.AuthenticationManagedIdentity),
		SubscriptionID: rule.Known(subscription),
	}
	facts.Storage[0].Primary = rule.Fact[bool]{}
	return facts
}

// TestCheck_videoAnalyzer breaks one rule while everything else is right, in the words of Video
// Analyzer.
func TestCheck_videoAnalyzer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		broken func(*mediaaccount.Facts)
		rule   rule.ID
		found  string
	}{
		"the same twice": {
			func(f *mediaaccount.Facts) { f.Storage = append(f.Storage, f.Storage[0]) },
			mediaaccount.ACC001, "more than once",
		},
		"premium performance": {
			func(f *mediaaccount.Facts) { f.Storage[0].SKU = rule.Known("Premium_LRS") },
			mediaaccount.ACC002, "the storage account first of SKU Premium_LRS",
		},
		"blob-only storage": {
			func(f *mediaaccount.Facts) { f.Storage[0].AccountKind = rule.Known("BlobStorage") },
			mediaaccount.ACC002, "the blob-only storage account first",
		},
		"storage of another subscription, though by managed identity": {
			func(f *mediaaccount.Facts) { f.Storage[0].ID = rule.Known(storageID(elsewhere, "first")) },
			mediaaccount.ACC005, "the storage account first in the subscription " + elsewhere,
		},
		"keys that are fetched, and not to be listed": {
			func(f *mediaaccount.Facts) {
				f.Authentication = rule.Known(mediaaccount.AuthenticationSystem)
				f.Storage[0].KeysListable = rule.Known(false)
			},
			mediaaccount.ACC005, "a login that may not list the keys of the storage account first",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			facts := analyzer()
			if report := mediaaccount.Check(facts); !report.Passed() {
				t.Fatalf("want nothing said, got %+v", report)
			}
			test.broken(&facts)
			violations := mediaaccount.Check(facts).Violations
			if len(violations) != 1 {
				t.Fatalf("want one violation, got %v", violations)
			}
			got := violations[0]
			if got.Rule.ID != test.rule || got.Attribute != "storage_account" ||
				!strings.Contains(got.Found, test.found) {
				t.Errorf("want %s with %q, got %+v", test.rule, test.found, got)
			}
			text := got.Found + got.Required + got.Why + got.Remedy
			for _, strange := range []string{"Media Services", "storage_authentication_type", "namespace", "primary"} {
				if strings.Contains(text, strange) {
					t.Errorf("%q is no word of Video Analyzer's: %s", strange, text)
				}
			}
		})
	}
}

// TestCheck_videoAnalyzerHasNoLimitOfAccounts: only the documents of Media Services set one.
func TestCheck_videoAnalyzerHasNoLimitOfAccounts(t *testing.T) {
	t.Parallel()
	facts := analyzer()
	facts.Siblings = rule.Known(mediaaccount.MostAccounts)
	if report := mediaaccount.Check(facts); !report.Passed() {
		t.Errorf("got %+v", report)
	}
}
