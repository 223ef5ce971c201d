// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Group runs functions side by side, as [errgroup.Group] does. A panic in one of them would end the
// process, and with it everything else that is being applied: [Group.Wait] raises it instead.
type Group struct {
	group  errgroup.Group
	cancel context.CancelCauseFunc

	mu       sync.Mutex
	panicked error
}

// Together returns a group, and a context that ends with the first error of the group.
func Together(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &Group{cancel: cancel}, ctx
}

// SetLimit limits how many functions run at once.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs a function.
func (g *Group) Go(f func() error) {
	g.group.Go(func() (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = panicked(cause)
				g.mu.Lock()
				defer g.mu.Unlock()
				g.panicked = err
			}
			if err != nil && g.cancel != nil {
				g.cancel(err)
			}
		}()
		return f()
	})
}

// Wait waits for all functions and returns the first error.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if g.cancel != nil {
		g.cancel(err)
	}
	if g.panicked != nil {
		panic(g.panicked)
	}
	return err
}

// PanicError is a panic of another goroutine.
type PanicError struct {
	Cause any
	Stack []byte // Where it happened.
}

func (e *PanicError) Error() string { return fmt.Sprint(e.Cause) }

// panicked returns a panic as an error. It is called where the panic is recovered.
func panicked(cause any) error {
	if known, ok := cause.(*PanicError); ok {
		return known
	}
	return &PanicError{Cause: cause, Stack: debug.Stack()}
}
