// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

const group = "/subscriptions/s/resourceGroups/g/providers/"

// TestKinds holds every kind against its resource ID, its noun and the command that syncs by hand.
func TestKinds(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]struct{ noun, command string }{
		group + "Microsoft.Media/mediaServices/a": {
			"Media Services account", "az ams account storage sync-storage-keys --resource-group g " +
				"--account-name a --storage-account-id S",
		},
		group + "Microsoft.Media/videoAnalyzers/a": {
			"Video Analyzer account", "az rest --method post --url " + group +
				`Microsoft.Media/videoAnalyzers/a/syncStorageKeys?api-version=2021-05-01-preview --body '{"id":"S"}'`,
		},
		group + "Microsoft.Batch/batchAccounts/a": {
			"Batch account", "az batch account autostorage-keys sync --resource-group g --name a",
		},
		group + "Microsoft.MachineLearningServices/workspaces/a": {
			"Machine Learning workspace", "az ml workspace sync-keys --resource-group g --name a",
		},
	} {
		for _, spelt := range []string{id, strings.ToUpper(id)} {
			if kind, err := keyholder.Of(nil, spelt); err != nil || kind.Noun() != want.noun {
				t.Errorf("%s is a %v: %v", spelt, kind, err)
			}
		}
		kind, err := keyholder.Of(nil, id)
		if err != nil {
			continue
		}
		if got := kind.SyncCommand(id, "S", keyrotation.Key2); got != want.command {
			t.Errorf("%s\nis synced by %s\nwant         %s", id, got, want.command)
		}
	}
}

// TestOf_refuses has what holds no keys be refused, and the kinds named that do.
func TestOf_refuses(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"x": `"x" is not a resource ID`,
		group + "Microsoft.Storage/storageAccounts/a": "a Microsoft.Storage/storageAccounts holds no storage keys",
	} {
		_, err := keyholder.Of(nil, id)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", id, err, want)
			continue
		}
		for _, kind := range keyholder.Kinds(nil) {
			if id != "x" && !strings.Contains(err.Error(), kind.ResourceType()) {
				t.Errorf("%v does not name %s", err, kind.ResourceType())
			}
		}
	}
}

func TestDependent_behind(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		at   time.Time
		want bool
	}{
		"nobody tells": {}, "just before": {made.Add(-1), true}, "at once": {made, false}, "after": {made.Add(1), false},
	} {
		if got := (keyholder.Dependent{LastSync: test.at}).Behind(made.Add(-time.Hour), made); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
