// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package streaming_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/mediaservices"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/microsoftmedia/streaming"
)

// The documented procedure: key1, sync, six hours, key2, sync. A player never notices.
func TestRotation_inTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.wantHealth("before", url, all)
	azure.regenerate(store1, "key1")
	azure.wantHealth("after key1", url, all) // by key2
	azure.sync(store1)
	azure.wantHealth("after the first sync", url, all)
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("when the keys have settled", url, all)
	azure.regenerate(store1, "key2")
	azure.wantHealth("after key2", url, all) // by key1
	azure.sync(store1)
	azure.wantHealth("after the second sync", url, all)
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("in the end", url, all)
}

// With key2 too soon after the sync, the origins that have not taken it over have no key left until
// they do.
func TestRotation_tooFast(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.regenerate(store1, "key1")
	azure.sync(store1)
	azure.Advance(time.Hour)
	azure.regenerate(store1, "key2")
	early := azure.health(url)
	if n := strings.Count(early, "0"); n != streaming.Origins-1 {
		t.Errorf("an hour after the sync the origins are at %s, want one that has taken it over", early)
	}
	azure.sync(store1) // comes too late for those
	azure.wantHealth("after the second sync", url, early)
	down := strings.Count(early, "0")
	for hour := 2; hour <= 6; hour++ {
		azure.Advance(time.Hour)
		now := azure.health(url)
		if n := strings.Count(now, "0"); n != down-1 {
			t.Errorf("%d hours after the sync the origins are at %s, want %d down", hour, now, down-1)
		}
		down--
	}
	azure.wantHealth("six hours after the sync", url, all)
}

// A moment before the six hours are over is too soon, too, for one origin.
func TestRotation_justTooFast(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.regenerate(store1, "key1")
	azure.sync(store1)
	slowest := time.Duration(0)
	for origin := 1; origin <= streaming.Origins; origin++ {
		slowest = max(slowest, streaming.Lag(account, origin))
	}
	azure.Advance(slowest - time.Second)
	azure.regenerate(store1, "key2")
	if now := azure.health(url); strings.Count(now, "0") != 1 {
		t.Errorf("the origins are at %s, want one that has no key left", now)
	}
	azure.Advance(time.Second)
	azure.wantHealth("when it has taken over", url, all)
}

func TestRotation_withoutSync(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.regenerate(store1, "key1")
	azure.Advance(48 * time.Hour)
	azure.wantHealth("without key1", url, all)
	azure.regenerate(store1, "key2")
	azure.wantHealth("without both", url, none)
	azure.Advance(48 * time.Hour)
	azure.wantHealth("by waiting alone", url, none)
	azure.sync(store1)
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("six hours after the sync", url, all)
}

// The other key first is as good: "The order in which you rotate storage keys is not fixed".
func TestRotation_otherKeyFirst(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.regenerate(store1, "key2")
	azure.sync(store1)
	azure.wantHealth("after key2", url, all)
	azure.Advance(mediaservices.OriginLag)
	azure.regenerate(store1, "key1")
	azure.wantHealth("after key1", url, all)
	azure.sync(store1)
	azure.wantHealth("in the end", url, all)
}

// Syncing twice does not make the origins faster, and the same key twice harms nobody as long as the
// other stays.
func TestRotation_sameKeyTwice(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	for range 3 {
		azure.regenerate(store1, "key1")
		azure.sync(store1)
		azure.sync(store1)
		azure.Advance(20 * time.Minute)
		azure.wantHealth("after key1 again", url, all)
	}
	azure.regenerate(store1, "key2")
	if now := azure.health(url); now == all {
		t.Error("an hour after the first of three syncs all origins had the keys of the last")
	}
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("in the end", url, all)
}

// Sync before the regeneration instead of after it is no sync.
func TestRotation_syncBeforeKey(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	azure.sync(store1)
	azure.regenerate(store1, "key1")
	azure.Advance(mediaservices.OriginLag)
	azure.regenerate(store1, "key2")
	azure.wantHealth("without a sync in between", url, none)
}

// Each storage account has keys of its own.
func TestRotation_ofOneOfTwoAccounts(t *testing.T) {
	t.Parallel()
	azure, url := stream(t)
	other := azure.publish("other", "store2")
	azure.regenerate(store1, "key1")
	azure.regenerate(store1, "key2")
	azure.wantHealth("store1", url, none)
	azure.wantHealth("store2", other, all)
	azure.sync(store2)
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("after the sync of another account, store1", url, none)
	azure.sync(store1)
	azure.Advance(mediaservices.OriginLag)
	azure.wantHealth("after its own, store1", url, all)
}

// Every order of the steps, and every wait: an origin delivers exactly when one of the two keys of
// the sync that it works with is one that the storage account has.
func TestRotation_model(t *testing.T) {
	t.Parallel()
	steps := []string{"key1", "key2", "sync", "hour"}
	for number := range 32 {
		azure, url := stream(t)
		type keys [2]int
		type sync struct {
			at   time.Duration
			keys keys
		}
		var present keys
		var now time.Duration
		syncs := []sync{{-mediaservices.OriginLag, present}}
		var done []string
		for range 8 {
			number = (number*1103515245 + 12345) & 0x7fffffff
			step := steps[number>>16%4]
			done = append(done, step)
			switch step {
			case "key1":
				azure.regenerate(store1, "key1")
				present[0]++
			case "key2":
				azure.regenerate(store1, "key2")
				present[1]++
			case "sync":
				azure.sync(store1)
				syncs = append(syncs, sync{now, present})
			case "hour":
				azure.Advance(time.Hour)
				now += time.Hour
			}
			want := ""
			for origin := 1; origin <= streaming.Origins; origin++ {
				held := syncs[0]
				for _, one := range syncs {
					if one.at+streaming.Lag(account, origin) <= now {
						held = one
					}
				}
				works := held.keys[0] == present[0] || held.keys[1] == present[1]
				want += map[bool]string{true: "1", false: "0"}[works]
			}
			azure.wantHealth(strings.Join(done, ", "), url, want)
		}
	}
}

func TestLag_isSpread(t *testing.T) {
	t.Parallel()
	first := map[int]bool{}
	for _, name := range []string{"media1", "media2", "other", "cinema", "archive"} {
		var hours []int
		for origin := 1; origin <= streaming.Origins; origin++ {
			hours = append(hours, int(streaming.Lag(engine.ID("/subscriptions/s/"+name), origin)/time.Hour))
		}
		first[hours[0]] = true
		slices.Sort(hours)
		if !slices.Equal(hours, []int{0, 1, 2, 3, 4, 5}) {
			t.Errorf("%s: the origins lag by %v hours", name, hours)
		}
	}
	if len(first) == 1 {
		t.Error("the first origin lags alike in all accounts")
	}
}
