// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

func TestDoubt(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	keys := keyrotation.Keys[time.Time]{Key1: now.Add(-time.Hour), Key2: now.Add(-2 * time.Hour)}
	recorded := keyrotation.Recorded{Phase: keyrotation.Settling, Created: keys, LastSync: now}
	for _, test := range []struct {
		name   string
		change func(*keyrotation.Observed)
		want   string
	}{
		{"all is well", func(*keyrotation.Observed) {}, ""},
		{"clocks that differ a little", func(o *keyrotation.Observed) { o.Jump, o.Now = 5*minute, now.Add(-5*minute) }, ""},
		{"a little back", func(o *keyrotation.Observed) { o.Jump = -5 * minute }, ""},
		{"a jump", func(o *keyrotation.Observed) { o.Jump = 6 * minute }, "jumped by 6m0s"},
		{"a jump back", func(o *keyrotation.Observed) { o.Jump = -6 * minute }, "jumped by -6m0s"},
		{"before the last sync", func(o *keyrotation.Observed) { o.Now = now.Add(-6 * minute) }, "the last sync was at"},
		{"before key1", func(o *keyrotation.Observed) { o.Created.Key1 = now.Add(6 * minute) }, "key1 was made at"},
		{"before key2", func(o *keyrotation.Observed) { o.Created.Key2 = now.Add(6 * minute) }, "key2 was made at"},
		{"an older key2", func(o *keyrotation.Observed) { o.Created.Key2 = keys.Key2.Add(-time.Second) }, "as it said before"},
		{"a newer key2", func(o *keyrotation.Observed) { o.Created.Key2 = keys.Key2.Add(time.Second) }, ""},
	} {
		o := keyrotation.Observed{Now: now, Created: keys}
		test.change(&o)
		err := recorded.Doubt(o)
		doubt, ok := errors.AsType[*keyrotation.ClockError](err)
		if ok != (test.want != "") || ok && (!strings.Contains(doubt.Problem, test.want) || doubt.Regenerated != "") {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestRun_stopsAtAClockThatGoesBack: a key that is regenerated and looks old is not regenerated again.
func TestRun_stopsAtAClockThatGoesBack(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	s.now = older.Add(-time.Minute) // Within what clocks may differ.
	recorded.LastSync = s.now
	_, step, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
	doubt, ok := errors.AsType[*keyrotation.ClockError](err)
	if !ok || doubt.Regenerated != keyrotation.Key1 || step.Action != keyrotation.Regenerate ||
		!slices.Equal(s.did, []string{"regenerate key1"}) {
		t.Errorf("did %v: %v", s.did, err)
	}
	s.did = nil
	if _, _, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {}); err == nil || len(s.did) > 0 {
		t.Errorf("the next run did %v: %v", s.did, err)
	}
}

// TestRecord_settlesFromTheCreation of a key, if the clock that told the sync was late.
func TestRecord_settlesFromTheCreation(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	made := now.Add(7 * time.Hour)
	recorded = recorded.Done(keyrotation.Step{Action: keyrotation.Sync}, keyrotation.Observed{
		Now: now, Created: s.created.With(keyrotation.Key1, made),
	}, wanted)
	if due := recorded.SecondaryDue(wanted); !due.Equal(made.Add(keyrotation.Settle)) {
		t.Errorf("key2 is due at %s, want 6 hours after %s", due, made)
	}
}

// TestRun_triesAgain only what is known not to have happened.
func TestRun_triesAgain(t *testing.T) {
	t.Parallel()
	lost := &keyrotation.PassingError{After: time.Minute, Err: errors.New("lost")}
	for _, test := range []struct {
		name string
		at   func(s *script, key keyrotation.Key, sent int) error
		did  []string
		err  string
	}{
		{
			"nothing arrives, twice",
			func(s *script, key keyrotation.Key, sent int) error {
				if sent < 3 {
					return lost
				}
				s.renew(key)
				return errors.New("after it was done")
			},
			[]string{"regenerate key1", "pause", "regenerate key1", "pause", "regenerate key1", "sync"},
			"",
		},
		{
			"it takes effect during the pause",
			func(s *script, key keyrotation.Key, _ int) error {
				s.before, s.stale = &keyrotation.Keys[time.Time]{Key1: older, Key2: older}, 1
				s.created = s.created.With(key, s.now.Add(time.Second))
				return lost
			},
			[]string{"regenerate key1", "pause", "sync"},
			"",
		},
		{
			"never",
			func(*script, keyrotation.Key, int) error { return lost },
			[]string{"regenerate key1", "pause", "regenerate key1", "pause", "regenerate key1", "pause", "regenerate key1"},
			"lost",
		},
		{
			"another error", func(*script, keyrotation.Key, int) error { return errors.New("forbidden") },
			[]string{"regenerate key1"},
			"forbidden",
		},
		{
			"nobody can tell",
			func(s *script, _ keyrotation.Key, _ int) error {
				s.unread = errors.New("unread")
				return lost
			},
			[]string{"regenerate key1"},
			"could not be read either",
		},
	} {
		s, recorded, wanted := triggered(t)
		sent := 0
		s.regenerate = func(key keyrotation.Key) error {
			sent++
			return test.at(s, key, sent)
		}
		_, _, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
		if !slices.Equal(s.did, test.did) || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: did %v: %v", test.name, s.did, err)
		}
	}
}
