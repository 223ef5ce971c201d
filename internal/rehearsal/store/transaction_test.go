// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

func TestTransaction_loses(t *testing.T) {
	t.Parallel()
	before := func(tx store.Tx) {
		for _, key := range []string{"a", "b/1", "b/3", "c"} {
			tx.Put(key, []byte("old"))
		}
	}
	for name, test := range map[string]struct {
		// read is what a transaction reads before it writes "mine", meanwhile what another one does.
		read, meanwhile func(store.Tx)
		lost            string
	}{
		"where what it read was changed": {
			read:      func(tx store.Tx) { tx.Get("a") },
			meanwhile: func(tx store.Tx) { tx.Put("a", []byte("new")) },
			lost:      "a",
		},
		"where what it read was removed": {
			read:      func(tx store.Tx) { tx.Get("a") },
			meanwhile: func(tx store.Tx) { tx.Delete("a") },
			lost:      "a",
		},
		"where what it missed is there": {
			read:      func(tx store.Tx) { tx.Get("never") },
			meanwhile: func(tx store.Tx) { tx.Put("never", nil) },
			lost:      "never",
		},
		"where a list got longer": {
			read:      func(tx store.Tx) { keys(tx, "b/", 9) },
			meanwhile: func(tx store.Tx) { tx.Put("b/2", nil) },
			lost:      "b/2",
		},
		"where a list got longer at its end": {
			read:      func(tx store.Tx) { keys(tx, "b/", 9) },
			meanwhile: func(tx store.Tx) { tx.Put("b/4", nil) },
			lost:      "b/4",
		},
		"where the read part of a list changed": {
			read:      func(tx store.Tx) { keys(tx, "b/", 1) },
			meanwhile: func(tx store.Tx) { tx.Put("b/0", nil) },
			lost:      "b/0",
		},
		"not where the unread part of a list changed": {
			read:      func(tx store.Tx) { keys(tx, "b/", 1) },
			meanwhile: func(tx store.Tx) { tx.Put("b/2", nil) },
		},
		"not where something else was changed": {
			read:      func(tx store.Tx) { tx.Get("a") },
			meanwhile: func(tx store.Tx) { tx.Put("c", []byte("new")) },
		},
		"not where it only wrote": {
			read:      func(tx store.Tx) { tx.Put("a", []byte("mine")) },
			meanwhile: func(tx store.Tx) { tx.Put("a", []byte("new")) },
		},
	} {
		for kind, open := range stores {
			t.Run(kind+": "+name, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				update(t, s, before)
				runs, lost := 0, ""
				err := s.Update(func(tx *store.Transaction) error {
					runs++
					test.read(tx)
					if runs == 1 {
						update(t, s, test.meanwhile)
					}
					lost = tx.Lost()
					tx.Put("mine", []byte(strconv.Itoa(runs)))
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				want := 1
				if test.lost != "" {
					want = 2
				}
				if runs != want || lost != test.lost {
					t.Errorf("ran %d times and lost by %q, want %d and %q", runs, lost, want, test.lost)
				}
			})
		}
	}
}

// TestTransaction_doesNotSeeWhatOthersDo: the contents are those of one moment, and reading them alone is in
// nobody's way.
func TestTransaction_doesNotSeeWhatOthersDo(t *testing.T) {
	t.Parallel()
	for kind, open := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			update(t, s, func(tx store.Tx) { tx.Put("a", []byte("old")) })
			runs := 0
			err := s.Update(func(tx *store.Transaction) error {
				runs++
				update(t, s, func(tx store.Tx) { tx.Put("a", []byte("new")); tx.Put("b", nil) })
				if got := string(tx.Get("a")); got != "old" || tx.Get("b") != nil ||
					!cmp.Equal(keys(tx, "", 9), []string{"a"}) || string(tx.Glance().Get("a")) != "old" {
					t.Errorf("sees %q", got)
				}
				return nil
			})
			if err != nil || runs != 1 {
				t.Errorf("ran %d times: %v", runs, err)
			}
		})
	}
}

// TestTransaction_glancesAndEndsInNobodysWay: neither what a glance showed nor what the end reads and writes is a
// reason to run again.
func TestTransaction_glancesAndEndsInNobodysWay(t *testing.T) {
	t.Parallel()
	for kind, open := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			count := func(tx store.Tx) {
				number, _ := strconv.Atoi(string(tx.Get("count")))
				tx.Put("count", []byte(strconv.Itoa(number+1)))
			}
			runs := 0
			err := s.Update(func(tx *store.Transaction) error {
				runs++
				tx.Glance().Get("a")
				tx.AtEnd(count)
				tx.Put("mine", nil)
				return s.Update(func(tx *store.Transaction) error {
					tx.AtEnd(count)
					tx.Put("a", nil)
					return nil
				})
			})
			if err != nil || runs != 1 {
				t.Errorf("ran %d times: %v", runs, err)
			}
			want(t, s, map[string]string{"a": "", "mine": "", "count": "2"})
		})
	}
}

// TestTransaction_isNeverStarved: one that always loses runs alone in the end.
func TestTransaction_isNeverStarved(t *testing.T) {
	t.Parallel()
	for kind, open := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var others sync.WaitGroup
			defer others.Wait()
			err := s.Update(func(tx *store.Transaction) error {
				number, _ := strconv.Atoi(string(tx.Get("a")))
				done := make(chan struct{})
				others.Go(func() {
					defer close(done)
					update(t, s, func(tx store.Tx) { tx.Put("a", []byte(strconv.Itoa(number+1))) })
				})
				if number < 4 { // The fifth would wait for ever.
					<-done
				}
				tx.Put("mine", []byte(strconv.Itoa(number)))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			update(t, s, func(tx store.Tx) {
				if got := string(tx.Get("mine")); got != "4" {
					t.Errorf("kept in run %s", got)
				}
			})
		})
	}
}

// TestTransaction_losesNothing: many count at once.
func TestTransaction_losesNothing(t *testing.T) {
	t.Parallel()
	for kind, open := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					for range 50 {
						update(t, s, func(tx store.Tx) {
							number, _ := strconv.Atoi(string(tx.Get("count")))
							tx.Put("count", []byte(strconv.Itoa(number+1)))
						})
					}
				})
			}
			all.Wait()
			want(t, s, map[string]string{"count": "800"})
		})
	}
}
