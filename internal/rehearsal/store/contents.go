// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/btree"
)

// contents are the documents in memory. A transaction reads a copy that shares its nodes with them, so
// that it costs nothing to begin one.
type contents struct {
	mu   sync.Mutex
	tree *btree.BTreeG[document]
	size int // of all keys and values, in bytes
	// commits counts the commits; recent are the keys that the latest of them wrote.
	commits int
	recent  [][]string
}

// document is a value under its key; in a list of writes, nil removes the key.
type document struct {
	key   string
	value []byte
}

// The shape of a tree, and how many commits a transaction may miss before it has to run again.
const (
	degree      = 32
	longestPast = 1024
)

func newContents() *contents {
	return &contents{tree: btree.NewG(degree, func(a, b document) bool { return a.key < b.key })}
}

// snapshot returns the contents as they are now.
func (c *contents) snapshot() *view {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &view{tree: c.tree.Clone(), commits: c.commits, keys: map[string]bool{}}
}

// conflict returns the first key that was written since the view was taken and that the view has read,
// and whether there is one. The key is empty if nobody remembers what was written.
func (c *contents) conflict(v *view) (key string, ok bool) {
	missed := c.commits - v.commits
	if missed > len(c.recent) {
		return "", true
	}
	for _, keys := range c.recent[len(c.recent)-missed:] {
		if at := slices.IndexFunc(keys, v.hasRead); at >= 0 {
			return keys[at], true
		}
	}
	return "", false
}

// apply makes writes part of the contents. Those of the first keys can conflict with what others read.
func (c *contents) apply(writes []document, keys []string) {
	for _, w := range writes {
		var old document
		var had bool
		if w.value == nil {
			old, had = c.tree.Delete(document{key: w.key})
		} else {
			old, had = c.tree.ReplaceOrInsert(w)
			c.size += len(w.key) + len(w.value)
		}
		if had {
			c.size -= len(old.key) + len(old.value)
		}
	}
	if len(keys) == 0 {
		return
	}
	c.commits++
	if c.recent = append(c.recent, keys); len(c.recent) > 2*longestPast {
		c.recent = slices.Clone(c.recent[longestPast:])
	}
}

// replace takes other contents, of which nobody knows in what they differ.
func (c *contents) replace(by *contents) {
	c.tree, c.size = by.tree, by.size
	c.commits++
	c.recent = nil
}

// view is the contents of one moment. It remembers what was read.
type view struct {
	tree    *btree.BTreeG[document]
	commits int
	keys    map[string]bool // nil in a view that does not remember
	spans   []span
}

// span are the keys from one to another, both included. An empty last key stands for no end.
type span struct{ prefix, after, last string }

func (s span) holds(key string) bool {
	return strings.HasPrefix(key, s.prefix) && key > s.after && (s.last == "" || key <= s.last)
}

func (v *view) hasRead(key string) bool {
	return v.keys[key] || slices.ContainsFunc(v.spans, func(s span) bool { return s.holds(key) })
}

// Get implements [Tx].
func (v *view) Get(key string) []byte {
	if v.keys != nil {
		v.keys[key] = true
	}
	found, _ := v.tree.Get(document{key: key})
	return found.value
}

// Scan implements [Tx].
func (v *view) Scan(prefix, after string, fn func(string, []byte) bool) {
	read := span{prefix: prefix, after: after}
	from := max(prefix, after)
	v.tree.AscendGreaterOrEqual(document{key: from}, func(found document) bool {
		if !strings.HasPrefix(found.key, prefix) {
			return false
		}
		if found.key == after || fn(found.key, found.value) {
			return true
		}
		read.last = found.key
		return false
	})
	if v.keys != nil {
		v.spans = append(v.spans, read)
	}
}

// Put implements [Tx]; a view is not written to.
func (*view) Put(string, []byte) { panic("a view takes no writes") }

// Delete implements [Tx]; a view is not written to.
func (*view) Delete(string) { panic("a view takes no writes") }

// Transaction is one run of a transaction.
type Transaction struct {
	*Overlay

	view *view
	lost string
	last []func(Tx)
}

// Lost returns the key by which an earlier run of the transaction lost against another, or "".
func (t *Transaction) Lost() string { return t.lost }

// Glance returns the same contents without the transaction's own writes. What is read there may have
// changed when the transaction ends.
func (t *Transaction) Glance() Tx { return &view{tree: t.view.tree} }

// AtEnd has fn run when the transaction is kept, on the newest contents: what fn reads is in nobody's
// way. Others must not read in a transaction what fn writes.
func (t *Transaction) AtEnd(fn func(Tx)) { t.last = append(t.last, fn) }

// keeper is what transactions of a kind of store are kept with.
type keeper interface {
	// lock keeps others from committing until unlock.
	lock() (unlock func(), err error)
	// refresh brings the contents up to date; locked reports whether the caller has the lock.
	refresh(locked bool) error
	// write keeps writes outside of the memory. The caller has the lock.
	write(writes []document) error
}

// attempts is how often a transaction runs beside others. Then it runs alone.
const attempts = 4

// update implements [Store] for the contents of a keeper.
func (c *contents) update(k keeper, fn func(*Transaction) error) error {
	lost := ""
	for number := 1; ; number++ {
		t := &Transaction{lost: lost}
		done, err := c.attempt(k, t, fn, number > attempts)
		if done || err != nil {
			return err
		}
		lost = t.lost
	}
}

// attempt runs the transaction once and reports whether it is done.
func (c *contents) attempt(
	k keeper, t *Transaction, fn func(*Transaction) error, alone bool,
) (done bool, err error) {
	if alone {
		unlock, err := k.lock()
		if err != nil {
			return false, err
		}
		defer unlock()
	}
	if err := k.refresh(alone); err != nil {
		return false, err
	}
	t.view = c.snapshot()
	t.Overlay = NewOverlay(t.view)
	if err := fn(t); err != nil {
		return false, err
	}
	if len(t.writes) == 0 && len(t.last) == 0 {
		return true, nil
	}
	if !alone {
		unlock, err := k.lock()
		if err != nil {
			return false, err
		}
		defer unlock()
		if err := k.refresh(true); err != nil {
			return false, err
		}
	}
	return c.commit(k, t)
}

// commit keeps the writes of a transaction, unless it has lost against another one.
func (c *contents) commit(k keeper, t *Transaction) (done bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(t.writes) > 0 {
		if key, lost := c.conflict(t.view); lost {
			t.lost = key
			return false, nil
		}
	}
	final := NewOverlay(&view{tree: c.tree})
	final.writes = t.writes
	keys := slices.Collect(maps.Keys(t.writes))
	for _, last := range t.last {
		last(final)
	}
	writes := final.held("", "")
	if err := k.write(writes); err != nil {
		return false, err
	}
	c.apply(writes, keys)
	return true, nil
}
