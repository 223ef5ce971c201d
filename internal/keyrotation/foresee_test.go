// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// TestForesee foresees both halves of a rotation and the whole of it. A slower run leaves other times
// where only the run will know them, and no others.
func TestForesee(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	observed := keyrotation.Observed{Now: s.now, Created: s.created}
	foresee := func(waits bool, pace time.Duration) keyrotation.Recorded {
		t.Helper()
		r, err := keyrotation.Foresee(t.Context(), observed, recorded, wanted, waits, pace)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first, slower := foresee(false, time.Second), foresee(false, time.Minute)
	want := recorded
	want.Phase, want.Trigger = keyrotation.Settling, wanted.Trigger
	want.Created.Key1, want.Synced.Key1 = now.Add(time.Second), now.Add(2*time.Second)
	want.LastSync = want.Synced.Key1
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("the first half (-want +got):\n%s", diff)
	}
	if slower.LastSync.Equal(first.LastSync) || slower.Created.Key1.Equal(first.Created.Key1) ||
		!slower.Created.Key2.Equal(first.Created.Key2) || slower.Phase != first.Phase {
		t.Errorf("a slower run leaves %+v", slower)
	}
	if whole := foresee(true, time.Second); whole.Phase != keyrotation.Complete ||
		!whole.Created.Key2.After(now.Add(keyrotation.Settle)) {
		t.Errorf("the whole rotation leaves %+v", whole)
	}

	recorded, observed.Created = first, first.Created
	observed.Now = first.SecondaryDue(wanted)
	if second := foresee(false, time.Second); second.Phase != keyrotation.Complete ||
		!second.Created.Key1.Equal(first.Created.Key1) || !second.Created.Key2.After(observed.Now) {
		t.Errorf("the second half leaves %+v", second)
	}
}

// TestRecalled recalls the times of the syncs: exactly the one that the settling time counts from, none
// where the keys were never regenerated, and else the last sync.
func TestRecalled(t *testing.T) {
	t.Parallel()
	wanted := keyrotation.Wanted{Strategy: keyrotation.Both}
	later := now.Add(time.Hour)
	both := keyrotation.Keys[time.Time]{Key1: later, Key2: later}
	for name, test := range map[string]struct {
		phase   keyrotation.Phase
		created keyrotation.Keys[time.Time]
		due     time.Time
		want    keyrotation.Keys[time.Time]
	}{
		"never regenerated": {keyrotation.Complete, keyrotation.Keys[time.Time]{Key1: older, Key2: older}, time.Time{}, keyrotation.Keys[time.Time]{}},
		"complete":          {keyrotation.Complete, keyrotation.Keys[time.Time]{Key1: older, Key2: younger}, time.Time{}, both},
		"settling": {
			keyrotation.Settling,
			keyrotation.Keys[time.Time]{Key1: younger, Key2: older},
			now.Add(keyrotation.Settle),
			keyrotation.Keys[time.Time]{Key1: now, Key2: later},
		},
	} {
		r := keyrotation.Recorded{Phase: test.phase, Created: test.created, LastSync: later}.Recalled(wanted, test.due)
		if diff := cmp.Diff(test.want, r.Synced); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestOverdue has keys reach their age, and keys of no known age.
func TestOverdue(t *testing.T) {
	t.Parallel()
	wanted := keyrotation.Wanted{Strategy: keyrotation.Both, Interval: now.Sub(older)}
	recorded := keyrotation.Recorded{Created: keyrotation.Keys[time.Time]{Key1: older, Key2: older}}
	if since, ok := recorded.Overdue(wanted, now); !ok || !since.Equal(now) {
		t.Errorf("overdue since %s: %t", since, ok)
	}
	if since, ok := recorded.Overdue(wanted, now.Add(-time.Second)); ok {
		t.Errorf("a second earlier, overdue since %s", since)
	}
	if since, ok := (keyrotation.Recorded{}).Overdue(wanted, now); !ok || !since.IsZero() {
		t.Errorf("of no known age, overdue since %s: %t", since, ok)
	}
	if _, ok := recorded.Overdue(keyrotation.Wanted{}, now); ok {
		t.Error("overdue without an interval")
	}
}
