// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package store keeps rehearsal's documents: values under slash-separated keys, in memory or in
// a file that several processes share, changed by one transaction at a time.
package store

// Store is a set of keys and values.
type Store interface {
	// Update runs fn in a transaction of its own: until it returns nobody else, in this process
	// or in another, reads or writes. What fn wrote is kept whole when it returns nil and is
	// dropped whole when it returns an error, which Update then returns, and when it panics.
	Update(fn func(Tx) error) error

	// Close gives up what the store holds. It does not remove what was stored.
	Close() error
}

// Tx is the view that one transaction has of the store, its own writes included. Keys are not
// empty. It is of no use once the transaction is over.
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
