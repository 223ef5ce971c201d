// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

const day = 24 * time.Hour

// leak runs an emergency on an account of which no record is left.
func (s *script) leak(at time.Time) error {
	s.t.Helper()
	recorded, wanted := keyrotation.Leaked(keyrotation.Observed{Now: s.now, Created: s.created}, at,
		keyrotation.Wanted{Verify: true})
	_, _, err := keyrotation.Run(s.t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
	return err
}

// TestLeaked regenerates the keys that are older than the leak, and syncs those that are newer first.
func TestLeaked(t *testing.T) {
	t.Parallel()
	leaked := now.Add(-time.Hour)
	fresh, old := now.Add(-time.Minute), now.Add(-day)
	for name, test := range map[string]struct {
		created keyrotation.Keys[time.Time]
		want    []string
	}{
		"both":             {keyrotation.Keys[time.Time]{Key1: old, Key2: old}, []string{"regenerate key1", "sync", "verify", "regenerate key2", "sync", "verify"}},
		"both, key2 older": {keyrotation.Keys[time.Time]{Key1: old, Key2: old.Add(-day)}, []string{"regenerate key2", "sync", "verify", "regenerate key1", "sync", "verify"}},
		"of unknown age":   {keyrotation.Keys[time.Time]{}, []string{"regenerate key1", "sync", "verify", "regenerate key2", "sync", "verify"}},
		"key1":             {keyrotation.Keys[time.Time]{Key1: old, Key2: fresh}, []string{"sync", "verify", "regenerate key1", "sync", "verify"}},
		"key2":             {keyrotation.Keys[time.Time]{Key1: fresh, Key2: old}, []string{"sync", "verify", "regenerate key2", "sync", "verify"}},
		"neither":          {keyrotation.Keys[time.Time]{Key1: fresh, Key2: leaked}, []string{"sync", "verify"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{t: t, now: now, created: test.created}
			for _, want := range [][]string{test.want, {"sync", "verify"}} {
				s.did = nil
				if err := s.leak(leaked); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, s.did); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestLeaked_interrupted interrupts an emergency at each of its syncs and verifications: repeated, it does what is
// left, and regenerates each key once.
func TestLeaked_interrupted(t *testing.T) {
	t.Parallel()
	failure := errors.New("no answer")
	for interrupted := range 2 {
		for _, verify := range []bool{false, true} {
			s := &script{t: t, now: now, created: keyrotation.Keys[time.Time]{Key1: now.Add(-day), Key2: now.Add(-day)}}
			left := interrupted
			if verify {
				s.verify = failure
			} else {
				s.sync = func() error {
					if left--; left < 0 {
						return failure
					}
					return nil
				}
			}
			if err := s.leak(now); !errors.Is(err, failure) {
				t.Fatal(err)
			}
			s.sync, s.verify = nil, nil
			if err := s.leak(now); err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{"key1", "key2"} {
				times := len(slices.DeleteFunc(slices.Clone(s.did), func(did string) bool { return did != "regenerate "+key }))
				if times != 1 {
					t.Errorf("interrupted at %d, verify %t: %s was regenerated %d times: %v", interrupted, verify, key, times, s.did)
				}
			}
			if last := s.did[len(s.did)-2:]; !slices.Equal(last, []string{"sync", "verify"}) {
				t.Errorf("it ends with %v", last)
			}
		}
	}
}

// TestReported goes by what dependents report, where no record is left.
func TestReported(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, test := range map[string]struct {
		created  keyrotation.Keys[time.Time]
		since    time.Time
		strategy keyrotation.Strategy
		want     keyrotation.Action
		key      keyrotation.Key
	}{
		"never rotated":                  {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(day)}, now, keyrotation.Both, keyrotation.Regenerate, keyrotation.Key1},
		"never rotated, alternate":       {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(day)}, now, keyrotation.Alternate, keyrotation.Regenerate, keyrotation.Key1},
		"half, just now":                 {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(2 * day)}, ago(time.Hour), keyrotation.Both, keyrotation.Wait, keyrotation.Key2},
		"half, and settled":              {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(2 * day)}, ago(7 * time.Hour), keyrotation.Both, keyrotation.Regenerate, keyrotation.Key2},
		"half, without dependents":       {keyrotation.Keys[time.Time]{Key1: ago(7 * time.Hour), Key2: ago(day)}, time.Time{}, keyrotation.Both, keyrotation.Regenerate, keyrotation.Key2},
		"half, without dependents, new":  {keyrotation.Keys[time.Time]{Key1: ago(5 * time.Hour), Key2: ago(day)}, time.Time{}, keyrotation.Both, keyrotation.Wait, keyrotation.Key2},
		"whole, just now":                {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(time.Hour)}, ago(time.Minute), keyrotation.Both, keyrotation.Wait, keyrotation.Key1},
		"whole, and settled":             {keyrotation.Keys[time.Time]{Key1: ago(day), Key2: ago(8 * time.Hour)}, ago(7 * time.Hour), keyrotation.Both, keyrotation.Regenerate, keyrotation.Key1},
		"alternate, the older":           {keyrotation.Keys[time.Time]{Key1: ago(8 * time.Hour), Key2: ago(day)}, ago(7 * time.Hour), keyrotation.Alternate, keyrotation.Regenerate, keyrotation.Key2},
		"alternate, the older, just now": {keyrotation.Keys[time.Time]{Key1: ago(8 * time.Hour), Key2: ago(day)}, ago(time.Hour), keyrotation.Alternate, keyrotation.Wait, keyrotation.Key2},
	} {
		observed := keyrotation.Observed{Now: now, Created: test.created}
		wanted := keyrotation.Wanted{Strategy: test.strategy, RotateOnCreate: true, Asked: "The action"}
		step := keyrotation.Decide(observed, keyrotation.Reported(observed, test.since, wanted), wanted, false)
		if step.Action != test.want || step.Key != test.key {
			t.Errorf("%s: %s %s, want %s %s (%s)", name, step.Action, step.Key, test.want, test.key, step.Reason)
		}
	}
}
