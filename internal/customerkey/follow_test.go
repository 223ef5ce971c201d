// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

func TestFollowing(t *testing.T) {
	t.Parallel()
	key := customerkey.KeyID{VaultURI: "https://contoso-vault.vault.azure.net/", VaultName: "contoso-vault", Name: "media"}
	pinned := key
	pinned.Version = version1

	for name, test := range map[string]struct {
		following         customerkey.Following
		settled, outdated bool
		sentence          string
	}{
		"follows, and is there": {
			customerkey.Following{Wanted: key, Current: version2, Newest: version2},
			true, false,
			"The account follows the newest version of the key media and runs on " + version2 + ", which is the newest.",
		},
		"follows, and is on its way": {
			customerkey.Following{Kind: customerkey.MediaServices(), Wanted: key, Current: version1, Newest: version2},
			false, true,
			"The account follows the newest version of the key media and runs on " + version1 +
				"; it moves to the newer version " + version2 + " by itself, within about 5 minutes.",
		},
		"storage follows, and is on its way": {
			customerkey.Following{Kind: customerkey.StorageAccount(), Wanted: key, Current: version1, Newest: version2},
			false, true,
			"The account follows the newest version of the key media and runs on " + version1 +
				"; it moves to the newer version " + version2 + " by itself, within about a day.",
		},
		"follows, newest not readable": {
			customerkey.Following{Wanted: key, Current: version1},
			false, false,
			"The account follows the newest version of the key media and runs on " + version1 +
				"; which version is the newest could not be read.",
		},
		"current not told": {
			customerkey.Following{Wanted: key, Newest: version2},
			false, false,
			"The service does not report which version of the key media it runs on.",
		},
		"pinned to the newest": {
			customerkey.Following{Wanted: pinned, Current: version1, Newest: version1},
			true, false,
			"The account is pinned to version " + version1 + " of the key media, which is the newest.",
		},
		"pinned to an older one": {
			customerkey.Following{Wanted: pinned, Current: version1, Newest: version2},
			true, true,
			"The account is pinned to version " + version1 + " of the key media; the vault has the newer version " +
				version2 + ", which it moves to when the identifier names it, or names no version.",
		},
		"pinned, newest not readable": {
			customerkey.Following{Wanted: pinned, Current: version1},
			true, false,
			"The account is pinned to version " + version1 + " of the key media; which version is the newest could not be read.",
		},
		"pinned, and still elsewhere": {
			customerkey.Following{Wanted: pinned, Current: version2, Newest: version2},
			false, false,
			"The account is pinned to version " + version1 + " of the key media, but still runs on " + version2 + ".",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := test.following
			if f.Settled() != test.settled || f.Outdated() != test.outdated {
				t.Errorf("settled %t, outdated %t", f.Settled(), f.Outdated())
			}
			if f.FollowsLatest() != (f.Wanted == key) {
				t.Errorf("follows latest is %t", f.FollowsLatest())
			}
			if diff := cmp.Diff(test.sentence, f.Sentence()); diff != "" {
				t.Errorf("sentence (-want +got):\n%s", diff)
			}
		})
	}
}
