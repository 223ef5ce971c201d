// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package entra

import "sync"

// memo remembers what takes long to work out and never changes. Its zero value is ready for use.
type memo[V any] struct {
	mu     sync.Mutex
	values map[string]V
}

// most is how many values a memo holds before it forgets all of them.
const most = 1000

func (m *memo[V]) get(key string) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return value, ok
}

func (m *memo[V]) put(key string, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.values) >= most || m.values == nil {
		m.values = map[string]V{}
	}
	m.values[key] = value
}
