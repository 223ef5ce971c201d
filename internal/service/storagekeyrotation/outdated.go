// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// seenKey is where the private state holds what the last refresh saw.
const seenKey = "seen"

// seen is what a plan was made on: the time, and the keys' creation times.
type seen struct {
	Now     time.Time                   `json:"now"`
	Created keyrotation.Keys[time.Time] `json:"created"`
}

// keep writes it into the private state.
func (s seen) keep(ctx context.Context, private base.PrivateState) diag.Diagnostics {
	encoded, err := json.Marshal(s)
	if err != nil {
		return diag.Diagnostics{diagnostic.ProviderBug(err.Error())}
	}
	return private.SetKey(ctx, seenKey, encoded)
}

// refreshed are the rotations that a run has refreshed, by the ID in lower case.
type refreshed struct{ sync.Map }

func (r *Resource) refreshed() *refreshed {
	return azure.PerRun(r.Client, func() *refreshed { return &refreshed{} })
}

// basis returns what to plan on: what Azure shows now or, where Terraform plans again before it applies, what
// it showed to the first plan. It refuses a plan if the apply would come to something else by now, because
// somebody has regenerated a key, or the time for a step has come: Terraform would take the difference for a
// fault of the provider. A run refreshes a rotation before it plans it, but not before it plans it again.
func (r *Resource) basis(ctx context.Context, observed keyrotation.Observed, recorded keyrotation.Recorded,
	plan *model, changed bool, private base.PrivateState,
) (keyrotation.Observed, diag.Diagnostics) {
	id := plan.StorageAccountID.ValueString()
	if _, ok := r.refreshed().Load(strings.ToLower(id)); ok || !recorded.Adopted() {
		return observed, nil
	}
	encoded, diags := private.GetKey(ctx, seenKey)
	var first seen
	if len(encoded) == 0 || json.Unmarshal(encoded, &first) != nil {
		return observed, diags
	}
	then := observed
	then.Now, then.Created = first.Now, first.Created
	wanted := plan.wanted()
	planned, next := keyrotation.Decide(then, recorded, wanted, false), keyrotation.Decide(observed, recorded, wanted, false)
	if !changed && (planned.Action == keyrotation.Nothing || planned.Action == keyrotation.Wait) {
		return observed, diags // The first plan applied nothing: this is a plan without a refresh.
	}
	regenerated := then.Created != observed.Created
	if !regenerated && planned.Action == next.Action && planned.Key == next.Key {
		return then, diags
	}
	before, after := *plan, *plan
	before.foresee(ctx, then, recorded)
	after.foresee(ctx, observed, recorded)
	if !before.agrees(&after) {
		diags.Append(outdatedError(id, regenerated))
	}
	return observed, diags
}

// agrees reports whether everything that is known of a plan is the same in another.
func (m *model) agrees(with *model) bool {
	times := with.times()
	for i, at := range m.times() {
		if !at.IsUnknown() && !at.Equal(*times[i]) {
			return false
		}
	}
	return (m.Phase.IsUnknown() || m.Phase.Equal(with.Phase)) &&
		(m.RotatedFor.IsUnknown() || m.RotatedFor.Equal(with.RotatedFor))
}
