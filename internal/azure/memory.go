// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"
)

// Memory keeps what was read, by its subject in whatever casing. The zero value is empty.
type Memory[V any] struct {
	flights singleflight.Group

	mu   sync.Mutex
	kept map[string]V
	// How often something was forgotten. What was read before that is not kept after it.
	forgotten int
}

// Get returns what is kept about a subject, and reads it first if nothing is. Callers that ask at the
// same time share one reading, unless it was forgotten in between. A failure is not kept.
func (m *Memory[V]) Get(ctx context.Context, subject string, read func() (V, error)) (V, error) {
	for {
		value, ok, before := m.look(subject)
		if ok {
			return value, nil
		}
		mine := false
		flight := m.flights.DoChan(strconv.Itoa(before)+" "+strings.ToLower(subject), func() (found any, err error) {
			defer func() {
				if cause := recover(); cause != nil { // It would end the process.
					err = panicked(cause)
				}
			}()
			if value, ok, _ := m.look(subject); ok {
				return value, nil
			}
			mine = true
			value, err := read()
			if err == nil {
				m.keepUnlessForgotten(subject, value, before)
			}
			return value, shareable(err)
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

// Forget forgets the subjects, which are in lower case, for which the function returns true.
func (m *Memory[V]) Forget(which func(subject string, value V) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forgotten++
	for subject, value := range m.kept {
		if which(subject, value) {
			delete(m.kept, subject)
		}
	}
}

// look returns what is kept about a subject, and how often something was forgotten before.
func (m *Memory[V]) look(subject string) (value V, ok bool, forgotten int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok = m.kept[strings.ToLower(subject)]
	return value, ok, m.forgotten
}

// Keep keeps a value about a subject.
func (m *Memory[V]) Keep(subject string, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(subject, value)
}

// keepUnlessForgotten keeps a value that was read, unless something was forgotten meanwhile.
func (m *Memory[V]) keepUnlessForgotten(subject string, value V, before int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.forgotten == before {
		m.keep(subject, value)
	}
}

func (m *Memory[V]) keep(subject string, value V) {
	if m.kept == nil {
		m.kept = map[string]V{}
	}
	m.kept[strings.ToLower(subject)] = value
}
