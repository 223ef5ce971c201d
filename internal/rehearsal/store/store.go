// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package store keeps rehearsal's documents: values under slash-separated keys, in memory or in
// a file that several processes share, changed by one transaction at a time. It must not import the
// engine.
package store

// Store is a set of keys and values.
type Store interface {
	// Update runs fn in a transaction: until it returns, nobody else reads or writes, in this process
	// or in another. All writes of fn are kept if it returns nil; all are dropped if it returns an
	// error, which Update then returns, or panics.
	Update(fn func(Tx) error) error

	// Close gives up what the store holds. It does not remove what was stored.
	Close() error
}

// Tx is one transaction's view of the store, its own writes included. Keys are not empty. It must not
// be used after the transaction.
type Tx interface {
	// Get returns the value under key, or nil where there is none. The caller must neither change
	// it nor keep it beyond the transaction.
	Get(key string) []byte
	// Put sets the value under key.
	Put(key string, value []byte)
	// Delete removes key; removing what is not there is no error.
	Delete(key string)
	// Scan calls fn for each key that begins with prefix, in order, until fn returns false.
	// fn may write; what it writes shows in the next scan.
	Scan(prefix string, fn func(key string, value []byte) bool)
}
