// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// script is a storage account that does as it is told, and can be told to misbehave.
type script struct {
	t       *testing.T
	now     time.Time
	created keyrotation.Keys[time.Time]
	did     []string

	told       time.Time // what a dependent says
	unread     error     // reading fails
	stale      int       // as many looks show the creation times of the beginning
	before     *keyrotation.Keys[time.Time]
	regenerate func(keyrotation.Key) error // what a regeneration answers
	sync       func() error
	verify     error
}

func (s *script) Observe(context.Context) (keyrotation.Observed, error) {
	s.now = s.now.Add(time.Second)
	shown := s.created
	if s.stale > 0 && s.before != nil {
		s.stale--
		shown = *s.before
	}
	return keyrotation.Observed{Now: s.now, Created: shown, LastRead: s.told}, s.unread
}

func (s *script) Regenerate(_ context.Context, key keyrotation.Key) (time.Time, error) {
	s.did = append(s.did, "regenerate "+string(key))
	if s.regenerate != nil {
		return time.Time{}, s.regenerate(key)
	}
	s.renew(key)
	return s.created.Of(key), nil
}

func (s *script) renew(key keyrotation.Key) {
	before := s.created
	s.before = &before
	s.now = s.now.Add(time.Second)
	s.created = s.created.With(key, s.now)
}

func (s *script) Sync(_ context.Context, _ keyrotation.Key) (time.Time, error) {
	s.did = append(s.did, "sync")
	s.now = s.now.Add(time.Second)
	if s.sync != nil {
		err := s.sync()
		return s.now, err
	}
	return s.now, nil
}

func (s *script) Verify(context.Context) error {
	s.did = append(s.did, "verify")
	return s.verify
}

func (s *script) Pause(_ context.Context, d time.Duration) error {
	s.did = append(s.did, "pause")
	s.now = s.now.Add(d)
	return nil
}

func (s *script) Wait(_ context.Context, until time.Time) error {
	s.did = append(s.did, "wait")
	s.now = until
	return nil
}

// adopted is the record of the account as it is found.
func (s *script) adopted(wanted keyrotation.Wanted) keyrotation.Recorded {
	return keyrotation.Recorded{}.Done(keyrotation.Step{Action: keyrotation.Sync},
		keyrotation.Observed{Now: s.now, Created: s.created}, wanted)
}

// run runs, and fails the test on an error.
func (s *script) run(r *keyrotation.Recorded, wanted keyrotation.Wanted) keyrotation.Step {
	s.t.Helper()
	record, step, err := keyrotation.Run(s.t.Context(), s, *r, wanted, false, func(keyrotation.Step) {})
	if err != nil {
		s.t.Fatal(err)
	}
	*r = record
	return step
}

// triggered is an account that is looked after, and a reason to rotate its keys.
func triggered(t *testing.T) (*script, keyrotation.Recorded, keyrotation.Wanted) {
	t.Helper()
	s := &script{t: t, now: now, created: keyrotation.Keys[time.Time]{Key1: older, Key2: older}}
	wanted := keyrotation.Wanted{Strategy: keyrotation.Both, Trigger: "1", Verify: true}
	recorded := s.adopted(wanted)
	wanted.Trigger = "2"
	return s, recorded, wanted
}

func TestRun_order(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	var told []string
	var synced time.Time
	s.sync = func() error {
		s.now = s.now.Add(20 * time.Minute) // Many accounts are told, and some are busy.
		if synced.IsZero() {
			synced = s.now
		}
		return nil
	}
	record, step, err := keyrotation.Run(t.Context(), s, recorded, wanted, true,
		func(step keyrotation.Step) { told = append(told, string(step.Action)) })
	if err != nil || step.Action != keyrotation.Nothing || record.Phase != keyrotation.Complete {
		t.Fatalf("ends at %+v with %+v: %v", step, record, err)
	}
	if diff := cmp.Diff([]string{
		"regenerate key1", "sync", "wait", "verify", "regenerate key2", "sync", "verify",
	}, s.did); diff != "" {
		t.Errorf("the order (-want +got):\n%s", diff)
	}
	if len(told) != len(s.did) {
		t.Errorf("did %v, said %v", s.did, told)
	}
	if gap := s.created.Key2.Sub(synced); gap < keyrotation.Settle {
		t.Errorf("key2 follows the end of the first sync after %s", gap)
	}
}

func TestRun_lostAnswer(t *testing.T) {
	t.Parallel()
	lost := errors.New("connection reset")
	for name, test := range map[string]struct {
		done  bool // The key was regenerated although no answer came.
		stale int
		did   []string
		fails bool
	}{
		"done":                {done: true, did: []string{"regenerate key1", "sync"}},
		"not done":            {did: []string{"regenerate key1"}, fails: true},
		"done, and not shown": {done: true, stale: 1, did: []string{"regenerate key1"}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, recorded, wanted := triggered(t)
			s.regenerate = func(key keyrotation.Key) error {
				if test.done {
					s.renew(key)
					s.stale = test.stale
				}
				return lost
			}
			record, _, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
			if errors.Is(err, lost) != test.fails {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(test.did, s.did); diff != "" {
				t.Errorf("what was done (-want +got):\n%s", diff)
			}

			s.did, s.regenerate = nil, nil
			s.run(&record, wanted)
			if test.fails && test.done && !cmp.Equal(s.did, []string{"sync"}) {
				t.Errorf("the next run did %v, although key1 was regenerated", s.did)
			}
		})
	}
}

func TestRun_lostAnswerAndUnreadable(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	lost, unread := errors.New("connection reset"), errors.New("no route")
	s.regenerate = func(key keyrotation.Key) error {
		s.renew(key)
		s.unread = unread
		return lost
	}
	record, step, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
	if !errors.Is(err, lost) || !errors.Is(err, unread) || !strings.Contains(err.Error(), "whether key1") {
		t.Errorf("got %v", err)
	}
	if step.Action != keyrotation.Regenerate || record != recorded {
		t.Errorf("ends at %+v with %+v", step, record)
	}
	if _, _, err := keyrotation.Run(t.Context(), s, record, wanted, false, func(keyrotation.Step) {}); !errors.Is(err, unread) {
		t.Errorf("an account that cannot be read: %v", err)
	}
}

// TestRun_staleRead has the look after a regeneration still show the old creation time.
func TestRun_staleRead(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	s.stale = 3
	s.run(&recorded, wanted)
	if diff := cmp.Diff([]string{"regenerate key1", "sync"}, s.did); diff != "" {
		t.Errorf("what was done (-want +got):\n%s", diff)
	}
}

// TestRun_failedStep has a step fail: what was completed before it is kept, and the next run
// resumes at it.
func TestRun_failedStep(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	t.Run("sync", func(t *testing.T) {
		t.Parallel()
		s, recorded, wanted := triggered(t)
		s.sync = func() error { return failed }
		record, step, err := keyrotation.Run(t.Context(), s, recorded, wanted, false, func(keyrotation.Step) {})
		if !errors.Is(err, failed) || step.Action != keyrotation.Sync || record != recorded {
			t.Fatalf("ends at %+v with %+v: %v", step, record, err)
		}
		s.sync, s.did = nil, nil
		s.run(&record, wanted)
		if diff := cmp.Diff([]string{"sync"}, s.did); diff != "" || record.Phase != keyrotation.Settling {
			t.Errorf("the next run, which ends %s (-want +got):\n%s", record.Phase, diff)
		}
	})
	t.Run("verification", func(t *testing.T) {
		t.Parallel()
		s, recorded, wanted := triggered(t)
		s.verify = failed
		record, step, err := keyrotation.Run(t.Context(), s, recorded, wanted, true, func(keyrotation.Step) {})
		if !errors.Is(err, failed) || step.Action != keyrotation.Verify || record.Phase != keyrotation.Settling {
			t.Fatalf("ends at %+v with %+v: %v", step, record, err)
		}
		s.verify, s.did = nil, nil
		s.run(&record, wanted)
		if diff := cmp.Diff([]string{"verify", "regenerate key2", "sync", "verify"}, s.did); diff != "" {
			t.Errorf("the next run (-want +got):\n%s", diff)
		}
	})
}

// TestRun_behind has a dependent say that it last read the keys before one was made, and go on saying
// so: its clock may be behind. It is told once in a run, and no key is regenerated for it.
func TestRun_behind(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	wanted.Trigger = "1"
	s.told = older.Add(-time.Second)
	step := s.run(&recorded, wanted)
	if diff := cmp.Diff([]string{"sync"}, s.did); diff != "" || step.Action != keyrotation.Nothing {
		t.Errorf("ends at %+v, and did (-want +got):\n%s", step, diff)
	}

	// The other key has to wait until everything has settled on what it was told.
	s.told = time.Time{}
	wanted.Trigger = "2"
	step = s.run(&recorded, wanted)
	if settled := recorded.LastSync.Add(keyrotation.Settle); step.Action != keyrotation.Wait || !step.Until.Equal(settled) {
		t.Errorf("ends at %+v, want a wait until %s", step, settled)
	}
	if len(s.did) != 1 {
		t.Errorf("did %v", s.did)
	}
}

// TestRun_adoptsBehind has a dependent be behind keys that were never regenerated, of an account that
// is looked after for the first time.
func TestRun_adoptsBehind(t *testing.T) {
	t.Parallel()
	s, _, wanted := triggered(t)
	s.told = older.Add(-time.Second)
	wanted.RotateOnCreate = true
	var recorded keyrotation.Recorded
	if step := s.run(&recorded, wanted); step.Action != keyrotation.Wait || len(s.did) != 1 {
		t.Errorf("ends at %+v, and did %v", step, s.did)
	}
}

// TestRun_restless has somebody else regenerate a key whenever the keys are synced.
func TestRun_restless(t *testing.T) {
	t.Parallel()
	s, recorded, wanted := triggered(t)
	s.sync = func() error { s.renew(keyrotation.Key2); return nil }
	_, _, err := keyrotation.Run(t.Context(), s, recorded, wanted, true, func(keyrotation.Step) {})
	if !errors.Is(err, keyrotation.ErrRestless) {
		t.Errorf("got %v", err)
	}
}

func TestImported(t *testing.T) {
	t.Parallel()
	s := &script{t: t, now: now, created: keyrotation.Keys[time.Time]{Key1: younger, Key2: older}}
	wanted := keyrotation.Wanted{Strategy: keyrotation.Both, Trigger: "1"}
	recorded := keyrotation.Imported(keyrotation.Observed{Now: now, Created: s.created})
	s.run(&recorded, wanted)
	if len(s.did) > 0 || recorded.Trigger != "1" || !recorded.LastSync.IsZero() {
		t.Fatalf("an import did %v: %+v", s.did, recorded)
	}
	wanted.Trigger = "2"
	if step := s.run(&recorded, wanted); step.Action != keyrotation.Wait || len(s.did) > 0 {
		t.Errorf("keys that nobody knows to be synced are regenerated: %v, %+v", s.did, step)
	}
}
