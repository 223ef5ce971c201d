// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package shape

import "testing"

// BenchmarkLoad measures what the first look-up costs. Later ones cost nothing.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := load(embedded); err != nil {
			b.Fatal(err)
		}
	}
}

func TestLoad_refusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	if _, err := load([]byte("{")); err == nil {
		t.Error("load took a broken file")
	}
}
