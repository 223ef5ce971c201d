// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package facts

import (
	"context"
	"errors"
	"strings"
	"sync"

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

// memory remembers what was read, by what it is about, in whatever casing. Whoever asks while it is
// being read waits for that.
type memory[V any] struct {
	mu       sync.Mutex
	readings map[string]*reading[V]
}

type reading[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// get returns what is known about something, and reads it first where nothing is. What failed is
// not remembered.
func (m *memory[V]) get(ctx context.Context, about string, read func() (V, error)) (V, error) {
	about = strings.ToLower(about)
	for {
		found, mine := m.enter(about)
		if mine {
			found.value, found.err = read()
			if found.err != nil {
				m.forget(about)
			}
			close(found.done)
			return found.value, found.err
		}
		select {
		case <-found.done:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
		// That the other one was called off is no answer to this one.
		if !errors.Is(found.err, context.Canceled) || ctx.Err() != nil {
			return found.value, found.err
		}
	}
}

// enter finds the reading of something, or begins one, which is then the caller's to end.
func (m *memory[V]) enter(about string) (found *reading[V], mine bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found, ok := m.readings[about]; ok {
		return found, false
	}
	if m.readings == nil {
		m.readings = map[string]*reading[V]{}
	}
	found = &reading[V]{done: make(chan struct{})}
	m.readings[about] = found
	return found, true
}

func (m *memory[V]) forget(about string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.readings, about)
}
