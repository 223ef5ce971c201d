// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"errors"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

// known is what a reader has read already. Accounts share vaults, keys and identities, and what
// one of them was read for is not read again for another.
type known struct {
	vaults        memory[vault]
	deletedVaults memory[vault]
	missingVaults memory[vault]
	keys          memory[customerkey.Key]
	identities    memory[identity]
	assignments   memory[[]customerkey.RoleAssignment]
	roles         memory[rule.Fact[[]customerkey.ActionBlock]]
}

// memory keeps what was read, by what it is about, in whatever casing.
type memory[V any] struct {
	flights singleflight.Group
	kept    sync.Map
}

// get returns what is kept about something, and reads it first if nothing is. Callers that ask at the
// same time share one reading. A failure is not kept.
func (m *memory[V]) get(ctx context.Context, about string, read func() (V, error)) (V, error) {
	about = strings.ToLower(about)
	for {
		mine := false
		flight := m.flights.DoChan(about, func() (any, error) {
			if value, ok := m.kept.Load(about); ok {
				return value, nil
			}
			mine = true
			value, err := read()
			if err == nil {
				m.kept.Store(about, value)
			}
			return value, err
		})
		select {
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		case landed := <-flight:
			// Another caller that gave up is no reason for this one to.
			if mine || !errors.Is(landed.Err, context.Canceled) || ctx.Err() != nil {
				value, _ := landed.Val.(V)
				return value, landed.Err
			}
		}
	}
}
