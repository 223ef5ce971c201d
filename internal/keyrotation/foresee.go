// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

import (
	"context"
	"time"
)

// Foresee returns the record that a run leaves if it succeeds and nobody else interferes. Each of its
// steps takes the pace: times that only the run will know change with it.
func Foresee(ctx context.Context, o Observed, r Recorded, w Wanted, waits bool, pace time.Duration,
) (Recorded, error) {
	r, _, err := Run(ctx, &foreseen{o, pace}, r, w, waits, func(Step) {})
	return r, err
}

// foreseen is a storage account on which every step succeeds.
type foreseen struct {
	Observed
	pace time.Duration
}

func (f *foreseen) Observe(context.Context) (Observed, error) { return f.Observed, nil }

func (f *foreseen) Regenerate(_ context.Context, key Key) (time.Time, error) {
	f.Now = f.Now.Add(f.pace)
	f.Created = f.Created.With(key, f.Now)
	return f.Now, nil
}

func (f *foreseen) Sync(_ context.Context, kept Key) (time.Time, error) {
	f.Now = f.Now.Add(f.pace)
	if f.moves(kept) {
		f.Stale, f.Held = "", Keys[time.Time]{}.With(kept, f.Now)
	}
	return f.Now, nil
}

func (f *foreseen) Verify(context.Context) error { return nil }

func (f *foreseen) Pause(context.Context, time.Duration) error { return nil }

func (f *foreseen) Wait(_ context.Context, until time.Time) error {
	f.Now = until
	return nil
}
