// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// stores are the kinds that the contract holds for.
var stores = map[string]func(t *testing.T) store.Store{
	"memory": func(*testing.T) store.Store { return new(store.Memory) },
	"file": func(t *testing.T) store.Store {
		t.Helper()
		return openFile(t, filepath.Join(t.TempDir(), "data"))
	},
}

func TestStore_keepsItsContract(t *testing.T) {
	t.Parallel()
	contract := map[string]func(t *testing.T, s store.Store){
		"what was put is there in the next transaction": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) { tx.Put("a/b", []byte("1")) })
			want(t, s, map[string]string{"a/b": "1"})
		},
		"own writes show at once": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) {
				tx.Put("a", []byte("1"))
				if got := string(tx.Get("a")); got != "1" {
					t.Errorf("got %q after Put", got)
				}
				tx.Delete("a")
				if got := tx.Get("a"); got != nil {
					t.Errorf("got %q after Delete", got)
				}
			})
		},
		"what is not there is nil, what is empty is not": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) { tx.Put("empty", nil); tx.Delete("never") })
			update(t, s, func(tx store.Tx) {
				if tx.Get("empty") == nil || tx.Get("never") != nil {
					t.Errorf("empty %v, never %v", tx.Get("empty"), tx.Get("never"))
				}
			})
		},
		"an error drops every write and comes back": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) { tx.Put("kept", []byte("1")) })
			refused := errors.New("refused")
			err := s.Update(func(tx *store.Transaction) error {
				tx.Put("new", []byte("2"))
				tx.Delete("kept")
				return refused
			})
			if err != refused { //nolint:errorlint // The very error, not one around it.
				t.Errorf("got %v", err)
			}
			want(t, s, map[string]string{"kept": "1"})
		},
		"a panic drops every write and frees the store": func(t *testing.T, s store.Store) {
			t.Helper()
			func() {
				defer func() {
					if got := recover(); got != "defect" {
						t.Errorf("recovered %v", got)
					}
				}()
				_ = s.Update(func(tx *store.Transaction) error {
					tx.Put("new", []byte("2"))
					panic("defect")
				})
			}()
			want(t, s, map[string]string{})
		},
		"a scan goes through a prefix in order and stops when told": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) {
				for _, key := range []string{"b/2", "a", "b/1", "c", "b/3", "b"} {
					tx.Put(key, []byte(key))
				}
			})
			update(t, s, func(tx store.Tx) {
				tx.Put("b/0", []byte("b/0"))
				tx.Put("b/4", []byte("b/4"))
				tx.Delete("b/2")
				if got := keys(tx, "b/", 99); !cmp.Equal(got, []string{"b/0", "b/1", "b/3", "b/4"}) {
					t.Errorf("whole: %v", got)
				}
				for limit, want := range [][]string{1: {"b/0"}, 2: {"b/0", "b/1"}, 3: {"b/0", "b/1", "b/3"}} {
					if got := keys(tx, "b/", limit); limit > 0 && !cmp.Equal(got, want) {
						t.Errorf("first %d: %v", limit, got)
					}
				}
			})
		},
		"a scan does not mind writes": func(t *testing.T, s store.Store) {
			t.Helper()
			update(t, s, func(tx store.Tx) {
				for _, key := range []string{"a/1", "a/2", "a/3"} {
					tx.Put(key, []byte("old"))
				}
			})
			update(t, s, func(tx store.Tx) {
				var seen []string
				tx.Scan("a/", "", func(key string, _ []byte) bool {
					seen = append(seen, key)
					tx.Delete(key)
					tx.Put(key+"/new", []byte("new"))
					return true
				})
				if !cmp.Equal(seen, []string{"a/1", "a/2", "a/3"}) {
					t.Errorf("saw %v", seen)
				}
			})
			want(t, s, map[string]string{"a/1/new": "new", "a/2/new": "new", "a/3/new": "new"})
		},
	}
	for kind, open := range stores {
		for rule, check := range contract {
			t.Run(kind+": "+rule, func(t *testing.T) {
				t.Parallel()
				check(t, open(t))
			})
		}
	}
}

func TestOverlay_dropForgetsAndFlushPassesOn(t *testing.T) {
	t.Parallel()
	memory := new(store.Memory)
	update(t, memory, func(tx store.Tx) {
		overlay := store.NewOverlay(tx)
		overlay.Put("dropped", []byte("1"))
		overlay.Drop()
		overlay.Put("flushed", []byte("2"))
		overlay.Flush()
		overlay.Put("left", []byte("3"))
	})
	want(t, memory, map[string]string{"flushed": "2"})
}

func update(t *testing.T, s store.Store, fn func(store.Tx)) {
	t.Helper()
	err := s.Update(func(tx *store.Transaction) error { fn(tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, s store.Store, contents map[string]string) {
	t.Helper()
	got := map[string]string{}
	update(t, s, func(tx store.Tx) {
		tx.Scan("", "", func(key string, value []byte) bool {
			got[key] = string(value)
			return true
		})
	})
	if diff := cmp.Diff(contents, got); diff != "" {
		t.Errorf("contents (-want +got):\n%s", diff)
	}
}

func keys(tx store.Tx, prefix string, limit int) []string {
	var found []string
	tx.Scan(prefix, "", func(key string, _ []byte) bool {
		found = append(found, key)
		return len(found) < limit
	})
	return found
}
