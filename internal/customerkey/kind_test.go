// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		accountID:                  "Media Services account",
		strings.ToLower(accountID): "Media Services account",
		strings.ToUpper(accountID): "Media Services account",
		analyzerID:                 "Video Analyzer account",
		storageID:                  "storage account",
		batchID:                    "Batch account",
	} {
		found, err := customerkey.KindOf(id)
		if err != nil || found.Name != want {
			t.Errorf("%s is a %q (%v), want %q", id, found.Name, err, want)
		}
	}
}

func TestKindOf_refuses(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"":                                  "is not the resource ID of an account",
		"contoso":                           "is not the resource ID of an account",
		accountID + "/":                     "is not the resource ID of an account",
		accountID + "/streamingEndpoints/x": "is not the resource ID of an account",
		strings.Replace(accountID, "/media/", "//", 1):                       "is not the resource ID of an account",
		strings.Replace(accountID, "/subscriptions/", "/subscription/", 1):   "is not the resource ID of an account",
		strings.Replace(accountID, "/resourceGroups/", "/resourceGroup/", 1): "is not the resource ID of an account",
		"x" + accountID: "is not the resource ID of an account",
		vaultID:         "a Microsoft.KeyVault/vaults has no customer key",
		strings.Replace(accountID, "Microsoft.Media/mediaServices", "Microsoft.MachineLearningServices/workspaces", 1): "" +
			"is given its customer key when it is created, and keeps it",
	} {
		_, err := customerkey.KindOf(id)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q, got %v", id, want, err)
		}
	}
}

// TestKinds_differ holds the table against what the documentation says of each kind.
func TestKinds_differ(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]customerkey.Kind{
		accountID: {
			SameRegion: true, SystemAssigned: true, LockedWithoutKey: true, FollowsWithin: 5 * time.Minute,
		},
		analyzerID: {SameRegion: true, LockedWithoutKey: true, FollowsWithin: 5 * time.Minute},
		storageID:  {SystemAssigned: true, Trusted: true, StatusUntold: true, FollowsWithin: 24 * time.Hour},
		batchID:    {SystemAssigned: true, Trusted: true, LockedWithoutKey: true, StatusUntold: true, VersionUntold: true},
	} {
		found := kind(t, id)
		want.Name, want.ResourceType = found.Name, found.ResourceType
		if found != want {
			t.Errorf("%s: %+v, want %+v", found.Name, found, want)
		}
	}
}

func TestKind_followDelay(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		accountID: "about 5 minutes", storageID: "about a day", batchID: "a time that is not documented",
	} {
		if got := kind(t, id).FollowDelay(); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

const batchID = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/media/providers/" +
	"Microsoft.Batch/batchAccounts/contoso"
