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
	} {
		_, err := customerkey.KindOf(id)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q, got %v", id, want, err)
		}
	}
}

// TestKinds_differ holds the table against what the design says of each kind.
func TestKinds_differ(t *testing.T) {
	t.Parallel()
	media, analyzer, storage := kind(t, accountID), kind(t, analyzerID), kind(t, storageID)
	if !media.SameRegion || !analyzer.SameRegion || storage.SameRegion {
		t.Error("only storage accounts may use a vault of another region")
	}
	if !media.SystemAssigned || analyzer.SystemAssigned || !storage.SystemAssigned {
		t.Error("only video analyzers have no system-assigned identity")
	}
	if media.FollowsWithin != 5*time.Minute || analyzer.FollowsWithin != 5*time.Minute || storage.FollowsWithin != 24*time.Hour {
		t.Error("media follows within 5 minutes, storage within a day")
	}
}
