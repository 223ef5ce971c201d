// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import "sync"

// Memory is a store that lives as long as the process. Its zero value is ready for use.
type Memory struct {
	begin    sync.Once
	contents *contents
	writers  sync.Mutex
}

// Update implements [Store].
func (m *Memory) Update(fn func(*Transaction) error) error {
	m.begin.Do(func() { m.contents = newContents() })
	return m.contents.update(m, fn)
}

// Close implements [Store]; there is nothing to give up.
func (m *Memory) Close() error { return nil }

func (m *Memory) lock() (unlock func(), err error) {
	m.writers.Lock()
	return m.writers.Unlock, nil
}

func (*Memory) refresh(bool) error { return nil }

func (*Memory) write([]document) error { return nil }
