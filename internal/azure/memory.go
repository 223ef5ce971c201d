// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"errors"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Memory keeps what was read, by its subject in whatever casing. The zero value is empty.
type Memory[V any] struct {
	flights singleflight.Group
	kept    sync.Map
}

// Get returns what is kept about a subject, and reads it first if nothing is. Callers that ask at the
// same time share one reading. A failure is not kept.
func (m *Memory[V]) Get(ctx context.Context, subject string, read func() (V, error)) (V, error) {
	subject = strings.ToLower(subject)
	for {
		mine := false
		flight := m.flights.DoChan(subject, func() (found any, err error) {
			defer func() {
				if cause := recover(); cause != nil { // It would end the process.
					err = panicked(cause)
				}
			}()
			if value, ok := m.kept.Load(subject); ok {
				return value, nil
			}
			mine = true
			value, err := read()
			if err == nil {
				m.kept.Store(subject, value)
			}
			return value, err
		})
		select {
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		case landed := <-flight:
			if cause, ok := errors.AsType[*PanicError](landed.Err); ok {
				panic(cause)
			}
			// Another caller that gave up is no reason for this one to.
			if mine || !errors.Is(landed.Err, context.Canceled) || ctx.Err() != nil {
				value, _ := landed.Val.(V)
				return value, landed.Err
			}
		}
	}
}
