// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// TestKinds_differ checks the kinds against what the documentation says of each.
func TestKinds_differ(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ found, want customerkey.Kind }{
		{customerkey.MediaServices(), customerkey.Kind{
			Name: "Media Services account", ResourceType: "Microsoft.Media/mediaservices",
			SameRegion: true, SystemAssigned: true, LockedWithoutKey: true, FollowsWithin: 5 * time.Minute,
			IdentityCommand: "az ams account identity assign",
		}},
		{customerkey.VideoAnalyzer(), customerkey.Kind{
			Name: "Video Analyzer account", ResourceType: "Microsoft.Media/videoAnalyzers",
			SameRegion: true, LockedWithoutKey: true, FollowsWithin: 5 * time.Minute,
		}},
		{customerkey.StorageAccount(), customerkey.Kind{
			Name: "storage account", ResourceType: "Microsoft.Storage/storageAccounts",
			SystemAssigned: true, Trusted: true, ManagedHSM: true, StatusUntold: true, FollowsWithin: 24 * time.Hour,
			IdentityCommand: "az storage account update", IdentityTypes: true,
		}},
		{customerkey.BatchAccount(), customerkey.Kind{
			Name: "Batch account", ResourceType: "Microsoft.Batch/batchAccounts",
			SystemAssigned: true, Trusted: true, LockedWithoutKey: true, StatusUntold: true, VersionUntold: true,
			IdentityCommand: "az batch account identity assign",
		}},
	} {
		if test.found != test.want {
			t.Errorf("%s: %+v, want %+v", test.want.Name, test.found, test.want)
		}
	}
}

func TestKind_followDelay(t *testing.T) {
	t.Parallel()
	for want, kind := range map[string]customerkey.Kind{
		"about 5 minutes":               customerkey.MediaServices(),
		"about a day":                   customerkey.StorageAccount(),
		"a time that is not documented": customerkey.BatchAccount(),
	} {
		if got := kind.FollowDelay(); got != want {
			t.Errorf("%s: %s, want %s", kind.Name, got, want)
		}
	}
}

const batchID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/" +
	"Microsoft.Batch/batchAccounts/contoso"
