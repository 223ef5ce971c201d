// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storageaccount_test

import (
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/storage/armstorage/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
)

// TestKeyPolicy leads the policy through its life. Azure may be asked for any period, take the policy
// away, and have one that nobody here has asked for.
func TestKeyPolicy(t *testing.T) {
	t.Parallel()
	const attribute = "key_expiration_period_in_days"
	w := fixture.New(t)
	proto, them := w.Proto(), otherClient(t, w.Azure)
	policy := func(days any) acctest.Value { return config(acctest.Value{attribute: days}) }
	// shown is the period in Azure, or 0 where there is no policy.
	shown := func() int32 {
		if found := them.show().Properties.KeyPolicy; found != nil {
			return *found.KeyExpirationPeriodInDays
		}
		return 0
	}
	state := proto.Create(resourceType, policy(30))
	for _, step := range []struct {
		name   string
		days   any
		theirs int32 // What somebody else sets before, unless it is 0.
		azure  int32
		state  any
	}{
		{name: "as created", days: 30, azure: 30, state: 30.0},
		{name: "longer", days: 90, azure: 90, state: 90.0},
		{name: "set by somebody else", days: 90, theirs: 7, azure: 90, state: 90.0},
		{name: "left out", days: nil, azure: 90, state: nil},
		{name: "somebody else's", days: nil, theirs: 7, azure: 7, state: nil},
		{name: "removed", days: 0, azure: 0, state: 0.0},
		{name: "removed again", days: 0, theirs: 7, azure: 0, state: 0.0},
		{name: "taken up", days: 60, azure: 60, state: 60.0},
	} {
		if step.theirs != 0 {
			them.update(armstorage.AccountUpdateParameters{Properties: &armstorage.AccountPropertiesUpdateParameters{
				KeyPolicy: &armstorage.KeyPolicy{KeyExpirationPeriodInDays: to.Ptr(step.theirs)},
			}})
		}
		read, diags := proto.Read(state)
		if len(diags) > 0 {
			t.Fatal(diags.Text())
		}
		plan := proto.Plan(resourceType, read, policy(step.days))
		if len(plan.Replace) > 0 {
			t.Errorf("%s: replaces %v", step.name, plan.Replace)
		}
		if state, diags = proto.Apply(plan); len(diags) > 0 {
			t.Fatalf("%s: %s", step.name, diags.Text())
		}
		if got := shown(); got != step.azure {
			t.Errorf("%s: Azure has %d days, want %d", step.name, got, step.azure)
		}
		read, _ = proto.Read(state)
		again := proto.Plan(resourceType, read, policy(step.days))
		if read.State[attribute] != step.state || again.State[attribute] != step.state {
			t.Errorf("%s: read as %v and planned as %v, want %v", step.name, read.State[attribute], again.State[attribute], step.state)
		}
	}

	id, _ := state.State["id"].(string)
	imported, diags := proto.ImportByID(resourceType, id)
	if len(diags) > 0 || imported.State[attribute] != 60.0 {
		t.Errorf("imported as %v: %s", imported.State[attribute], diags.Text())
	}
}
