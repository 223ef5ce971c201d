// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"reflect"
	"sync"
)

// run holds what the nouns of one run of Terraform share, by its type.
type run struct {
	mu     sync.Mutex
	values map[reflect.Type]any
}

// PerRun returns the value of the type T that belongs to a client, and creates it when it is asked
// for first. Terraform configures the provider once for each plan and each apply, and so makes one
// client for each: nouns, which do not know each other, share by such a value what they read at
// plan, what the plan does, or what is left to do at the end. The value must be safe for concurrent
// use; create must not call PerRun.
func PerRun[T any](client *Client, create func() *T) *T {
	client.run.mu.Lock()
	defer client.run.mu.Unlock()
	kind := reflect.TypeFor[T]()
	if found, ok := client.run.values[kind].(*T); ok {
		return found
	}
	if client.run.values == nil {
		client.run.values = map[reflect.Type]any{}
	}
	created := create()
	client.run.values[kind] = created
	return created
}

// sharedReadings holds readings, and how many changes the client had made before them.
type sharedReadings[V any] struct {
	mu       sync.Mutex
	changes  int64
	readings *Memory[V]
}

// SharedUntilChange returns the memory that all parts of a run share for readings of the type V, which
// should be a type of the caller's own. It is empty after each request by which the client changes
// something, as those of an apply do: a plan reads everything once.
func SharedUntilChange[V any](client *Client) *Memory[V] {
	shared := PerRun(client, func() *sharedReadings[V] { return &sharedReadings[V]{readings: new(Memory[V])} })
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if now := client.reads.writes.Load(); now != shared.changes {
		shared.changes, shared.readings = now, new(Memory[V])
	}
	return shared.readings
}

// Remembered returns the memory that readings of the type V may be answered from: that of [SharedUntilChange] where
// the context is from [Shared], and else an empty one.
func Remembered[V any](ctx context.Context, client *Client) *Memory[V] {
	if is(ctx, sharedReading) {
		return SharedUntilChange[V](client)
	}
	return new(Memory[V])
}
