// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"strings"
	"sync"
)

// locks are mutexes by name.
type locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// Lock waits until no other part of this run has locked the resource with the ID, and locks it. It knows
// nothing of other runs.
func (c *Client) Lock(ctx context.Context, id string) (unlock func(), err error) {
	ctx, cancel := waiting(ctx)
	defer cancel()
	name := strings.ToLower(strings.Trim(id, "/"))
	c.locks.mu.Lock()
	if c.locks.held == nil {
		c.locks.held = map[string]chan struct{}{}
	}
	turn, ok := c.locks.held[name]
	if !ok {
		turn = make(chan struct{}, 1)
		c.locks.held[name] = turn
	}
	c.locks.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
