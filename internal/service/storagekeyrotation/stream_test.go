// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"testing"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestRotation_streams rolls the keys again and again, and looks at every origin at every hour.
func TestRotation_streams(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]acctest.Value{
		"both":      {"rotation_interval": "P1D"},
		"alternate": {"strategy": "alternate", "rotation_interval": "PT12H"},
		"longer":    {"rotation_interval": "P1D", "settling_time": "PT9H"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Account("contoso")
			config := with(w.rotation(), config)
			object := w.apply(acctest.Object{}, config)
			watch := watched(t, w.Rehearsal())
			for range 54 {
				w.Azure.Advance(time.Hour)
				watch.look()
				object, _ = w.proto.Apply(w.plan(object, config))
				watch.look()
			}
			if key1, key2 := watch.regenerations("key1"), watch.regenerations("key2"); key1 < 2 || key2 < 1 {
				t.Errorf("key1 was regenerated %d times, key2 %d times", key1, key2)
			}
		})
	}
}

// TestRotation_emergencyBreaksStreaming shows what the warning about an emergency warns of, and
// that it passes.
func TestRotation_emergencyBreaksStreaming(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	config := w.rotation()
	object := w.apply(acctest.Object{}, config)
	watch := watched(t, w.Rehearsal())
	watch.mute = true
	config["emergency"] = true
	w.apply(object, config)
	watch.look()
	if watch.broken != 1 {
		t.Error("every origin streams, although none has learnt of the new keys")
	}
	w.Advance(6 * hours)
	watch.look()
	if watch.broken != 1 {
		t.Error("streaming does not come back")
	}
}
