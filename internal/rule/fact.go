// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule

// Fact is a value that may be unknown: not known yet, as in the plan of an object to be created,
// or hidden, as where the caller may not read it. The zero value is unknown.
type Fact[T any] struct {
	value T
	known bool
}

// Known returns a known fact.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// Value returns the value, and whether it is known.
func (f Fact[T]) Value() (T, bool) { return f.value, f.known }
