// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"slices"
	"strings"
	"sync"
)

// Memory is a store that lives as long as the process. Its zero value is ready for use.
type Memory struct {
	mu       sync.Mutex
	contents sorted
}

// Update implements [Store].
func (m *Memory) Update(fn func(Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	overlay := NewOverlay(&m.contents)
	if err := fn(overlay); err != nil {
		return err
	}
	overlay.Flush()
	return nil
}

// Close implements [Store]; there is nothing to give up.
func (m *Memory) Close() error { return nil }

// sorted is a map with its keys in order, so that a scan visits only the keys under its prefix. Only a
// flush writes to it, never during a scan.
type sorted struct {
	keys   []string
	values map[string][]byte
}

func (s *sorted) Get(key string) []byte { return s.values[key] }

func (s *sorted) Put(key string, value []byte) {
	if s.values == nil {
		s.values = map[string][]byte{}
	}
	if at, ok := slices.BinarySearch(s.keys, key); !ok {
		s.keys = slices.Insert(s.keys, at, key)
	}
	s.values[key] = value
}

func (s *sorted) Delete(key string) {
	if at, ok := slices.BinarySearch(s.keys, key); ok {
		s.keys = slices.Delete(s.keys, at, at+1)
	}
	delete(s.values, key)
}

func (s *sorted) Scan(prefix string, fn func(string, []byte) bool) {
	at, _ := slices.BinarySearch(s.keys, prefix)
	for _, key := range s.keys[at:] {
		if !strings.HasPrefix(key, prefix) || !fn(key, s.values[key]) {
			return
		}
	}
}
