// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package store keeps rehearsal's documents: values under slash-separated keys, in memory or in
// a file that several processes share, changed by one transaction at a time.
package store

import (
	"sort"
	"strings"
	"sync"
)

// Store is a set of keys and values.
type Store interface {
	// Update runs fn in a transaction of its own: until it returns nobody else, in this process
	// or in another, reads or writes. What fn wrote is kept whole when it returns nil and is
	// dropped whole when it returns an error, which Update then returns.
	Update(fn func(Tx) error) error

	// Close gives up what the store holds. It does not remove what was stored.
	Close() error
}

// Tx is the view that one transaction has of the store, its own writes included.
type Tx interface {
	// Get returns the value under key, or nil where there is none. The caller must not change it.
	Get(key string) []byte
	// Put sets the value under key.
	Put(key string, value []byte)
	// Delete removes key; removing what is not there is no error.
	Delete(key string)
	// Scan calls fn for each key that begins with prefix, in order, until fn returns false.
	// fn may write.
	Scan(prefix string, fn func(key string, value []byte) bool)
}

// Memory is a store that lives as long as the process. Its zero value is ready for use.
type Memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Update implements [Store].
func (m *Memory) Update(fn func(Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	tx := NewOverlay(memoryTx(m.values))
	if err := fn(tx); err != nil {
		return err
	}
	tx.Flush()
	return nil
}

// Close implements [Store]; there is nothing to give up.
func (m *Memory) Close() error { return nil }

type memoryTx map[string][]byte

func (m memoryTx) Get(key string) []byte        { return m[key] }
func (m memoryTx) Put(key string, value []byte) { m[key] = value }
func (m memoryTx) Delete(key string)            { delete(m, key) }

func (m memoryTx) Scan(prefix string, fn func(string, []byte) bool) {
	var keys []string
	for key := range m {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	for _, key := range keys {
		if value, there := m[key]; there && !fn(key, value) {
			return
		}
	}
}

// Overlay holds back the writes to another transaction until it is flushed, so that they can be
// dropped: the answer to a request that fails is kept out of the store in this way.
type Overlay struct {
	under  Tx
	writes map[string][]byte // a nil value is a removal
}

// NewOverlay returns an overlay on a transaction.
func NewOverlay(under Tx) *Overlay {
	return &Overlay{under: under, writes: map[string][]byte{}}
}

// Get implements [Tx].
func (o *Overlay) Get(key string) []byte {
	if value, written := o.writes[key]; written {
		return value
	}
	return o.under.Get(key)
}

// Put implements [Tx].
func (o *Overlay) Put(key string, value []byte) {
	if value == nil {
		value = []byte{}
	}
	o.writes[key] = value
}

// Delete implements [Tx].
func (o *Overlay) Delete(key string) { o.writes[key] = nil }

// Scan implements [Tx].
func (o *Overlay) Scan(prefix string, fn func(string, []byte) bool) {
	merged := map[string][]byte{}
	o.under.Scan(prefix, func(key string, value []byte) bool {
		merged[key] = value
		return true
	})
	for key, value := range o.writes {
		switch {
		case !strings.HasPrefix(key, prefix):
		case value == nil:
			delete(merged, key)
		default:
			merged[key] = value
		}
	}
	memoryTx(merged).Scan(prefix, fn)
}

// Flush passes the writes on and begins anew.
func (o *Overlay) Flush() {
	for key, value := range o.writes {
		if value == nil {
			o.under.Delete(key)
		} else {
			o.under.Put(key, value)
		}
	}
	o.writes = map[string][]byte{}
}

// Drop forgets the writes.
func (o *Overlay) Drop() { o.writes = map[string][]byte{} }
