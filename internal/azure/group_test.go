// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// raised runs a function and returns the panic that it raises.
func raised(f func()) (cause any) {
	defer func() { cause = recover() }()
	f()
	return nil
}

// TestGroup_raisesPanicsWhereItIsWaitedFor, for others in the process to go on.
func TestGroup_raisesPanicsWhereItIsWaitedFor(t *testing.T) {
	t.Parallel()
	cause := raised(func() {
		outer, _ := azure.Together(t.Context())
		outer.Go(func() error {
			g, ctx := azure.Together(t.Context())
			g.Go(func() error { panic("boom") })
			g.Go(func() error { <-ctx.Done(); return ctx.Err() })
			return g.Wait()
		})
		_ = outer.Wait() // It panics.
	})
	failure, ok := cause.(*azure.PanicError)
	if !ok || failure.Cause != "boom" || failure.Error() != "boom" || !strings.Contains(string(failure.Stack), "group_test.go") {
		t.Errorf("raised %#v", cause)
	}
}

// TestGroup_returnsTheFirstError, and ends the context with it.
func TestGroup_returnsTheFirstError(t *testing.T) {
	t.Parallel()
	first := errors.New("first")
	g, ctx := azure.Together(t.Context())
	g.Go(func() error { return first })
	g.Go(func() error { <-ctx.Done(); return ctx.Err() })
	if err := g.Wait(); !errors.Is(err, first) {
		t.Errorf("got %v", err)
	}
	none, ctx := azure.Together(t.Context())
	none.SetLimit(1)
	for range 3 {
		none.Go(func() error { return ctx.Err() })
	}
	if err := none.Wait(); err != nil || ctx.Err() == nil {
		t.Errorf("got %v, and the context goes on: %v", err, ctx.Err())
	}
}

// TestMemory_raisesPanics where the reading was asked for.
func TestMemory_raisesPanics(t *testing.T) {
	t.Parallel()
	var memory azure.Memory[int]
	cause := raised(func() { _, _ = memory.Get(t.Context(), "x", func() (int, error) { panic("boom") }) })
	if failure, ok := cause.(*azure.PanicError); !ok || failure.Cause != "boom" {
		t.Errorf("raised %#v", cause)
	}
}
