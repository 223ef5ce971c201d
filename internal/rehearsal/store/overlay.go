// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"slices"
	"strings"
)

// Overlay holds back the writes to another transaction until it is flushed, so that the writes of a
// failed request can be dropped.
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

// Scan implements [Tx]. It reads both layers in step, so that a caller who stops at the first key does
// not pay for all.
func (o *Overlay) Scan(prefix, after string, fn func(key string, value []byte) bool) {
	held := o.held(prefix, after)
	more := true
	next := func(key string, value []byte) bool {
		if value != nil {
			more = fn(key, value)
		}
		return more
	}
	o.under.Scan(prefix, after, func(key string, value []byte) bool {
		for len(held) > 0 && held[0].key < key {
			first := held[0]
			held = held[1:]
			if !next(first.key, first.value) {
				return false
			}
		}
		if len(held) > 0 && held[0].key == key {
			value = held[0].value
			held = held[1:]
		}
		return next(key, value)
	})
	for _, last := range held {
		if !more || !next(last.key, last.value) {
			return
		}
	}
}

// held returns the writes under prefix and after a key in order, as they are now.
func (o *Overlay) held(prefix, after string) []document {
	var held []document
	for key, value := range o.writes {
		if strings.HasPrefix(key, prefix) && key > after {
			held = append(held, document{key, value})
		}
	}
	slices.SortFunc(held, func(a, b document) int { return strings.Compare(a.key, b.key) })
	return held
}

// Flush passes the writes on and empties the overlay.
func (o *Overlay) Flush() {
	for _, w := range o.held("", "") {
		if w.value == nil {
			o.under.Delete(w.key)
		} else {
			o.under.Put(w.key, w.value)
		}
	}
	o.Drop()
}

// Drop forgets the writes.
func (o *Overlay) Drop() { o.writes = map[string][]byte{} }
