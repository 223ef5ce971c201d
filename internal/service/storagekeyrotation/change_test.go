// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

// TestPlan_changes changes how keys are to be rolled while nothing asks for rolling them: that is
// done in place, and no key is touched.
func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Account("contoso")
	other := w.newStorage("another")
	made := w.Timeouts(w.proto, resourceType, w.rotation())
	w.proto.Replaces(made, w.rotation(), acctest.Value{"storage_account_id": other})
	w.calls()
	changed := acctest.Value{
		"rotation_interval": "P90D", "settling_time": "PT8H", "strategy": "alternate",
		"wait_for_settle": true,
	}
	for _, attribute := range slices.Sorted(maps.Keys(changed)) {
		config := with(w.rotation(), acctest.Value{attribute: changed[attribute]})
		plan := w.plan(made, config)
		if len(plan.Replace) > 0 || len(plan.Diagnostics) > 0 {
			t.Errorf("%s: replaced for %v, said %s", attribute, plan.Replace, plan.Diagnostics.Text())
		}
		after, diags := w.proto.Apply(plan)
		if len(diags) > 0 || after.State[attribute] != changed[attribute] {
			t.Errorf("%s: it is %v afterwards, said %s", attribute, after.State[attribute], diags.Text())
		}
	}
	w.wantCalls()
}
