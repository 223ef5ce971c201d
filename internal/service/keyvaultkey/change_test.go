// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvaultkey_test

import (
	"testing"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
)

func TestPlan_changes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	made := w.Timeouts(proto, resourceType, w.config(nil))
	proto.Replaces(made, w.config(nil), acctest.Value{"name": "other", "key_vault_id": w.Vault("others")})
}

func TestPlan_changesTheAgeOfRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	proto := w.Proto()
	after := func(age string) acctest.Value {
		return w.config(acctest.Value{"rotation_policy": acctest.Value{
			"automatic": acctest.Value{"time_after_creation": age},
		}})
	}
	made := proto.Create(resourceType, after("P90D"))
	plan := proto.Plan(resourceType, made, after("P60D"))
	if len(plan.Replace) > 0 || plan.State["version"] != made.State["version"] {
		t.Errorf("the key is replaced for %v, or gets the version %v", plan.Replace, plan.State["version"])
	}
	changed, diags := proto.Apply(plan)
	w.settled(proto, must(t, changed, diags), after("P60D"))
}
