// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package rule

// Fact is a value that may not be known: not yet, as in the plan of what is still to be created,
// or not at all, as when the caller may not read it. The zero value is not known.
type Fact[T any] struct {
	value T
	known bool
}

// Known returns the fact with the value.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// Value returns the value, and whether it is known.
func (f Fact[T]) Value() (T, bool) { return f.value, f.known }
