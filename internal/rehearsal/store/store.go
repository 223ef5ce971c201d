// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package store keeps rehearsal's documents: values under slash-separated keys, in memory or in
// a file that several processes share, changed by transactions that run beside each other. It must
// not import the engine.
package store

// Store is a set of keys and values.
type Store interface {
	// Update runs fn in a transaction: on the contents of one moment, which nobody changes under
	// it. Others run beside it, in this process or in another. When fn returns nil, all of its
	// writes are kept, unless somebody else has changed meanwhile what fn has read. Then they are
	// dropped and fn runs again, on the newer contents. All are dropped as well if fn returns an
	// error, which Update then returns, or panics.
	Update(fn func(*Transaction) error) error

	// Close gives up what the store holds. It does not remove what was stored.
	Close() error
}

// Tx reads and writes documents, its own writes included. Keys are not empty. It must not be used after
// the transaction.
type Tx interface {
	// Get returns the value under key, or nil where there is none. The caller must not change it.
	Get(key string) []byte
	// Put sets the value under key. The caller must not change it afterwards.
	Put(key string, value []byte)
	// Delete removes key; removing what is not there is no error.
	Delete(key string)
	// Scan calls fn for each key that begins with prefix and comes after another key, in order,
	// until fn returns false. fn may write; what it writes shows in the next scan.
	Scan(prefix, after string, fn func(key string, value []byte) bool)
}
