// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// record0 is the record in a state of version 0, which had it in an attribute of this name. Its times
// of the syncs of each key are left out: [keyrotation.Recorded.Recalled] replaces them.
type record0 struct {
	Key1Created *time.Time `json:"key1_created_at"`
	Key2Created *time.Time `json:"key2_created_at"`
	StartedFor  string     `json:"started_for"`
	Emergency   bool       `json:"emergency_answered"`
	Urgent      bool       `json:"waits_for_nothing"`
}

// UpgradeState turns the record of version 0 into the attributes that it is recalled from: an upgrade
// cannot write private state. The first refresh does.
func (r *Resource) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return map[int64]resource.StateUpgrader{0: {StateUpgrader: func(_ context.Context,
		req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse,
	) {
		upgraded, err := upgrade0(req.RawState.JSON)
		if err != nil {
			resp.Diagnostics.Append(diagnostic.ProviderBug("The state of a rotation cannot be read: " + err.Error()))
			return
		}
		resp.DynamicValue = &tfprotov6.DynamicValue{JSON: upgraded}
	}}}
}

func upgrade0(state []byte) ([]byte, error) {
	var attributes map[string]any
	var recorded struct {
		Record *record0 `json:"record"`
	}
	if err := json.Unmarshal(state, &attributes); err != nil {
		return nil, fmt.Errorf("reading the attributes: %w", err)
	}
	if err := json.Unmarshal(state, &recorded); err != nil {
		return nil, fmt.Errorf("reading the record: %w", err)
	}
	delete(attributes, "record")
	attributes["rotated_for"] = nil
	if old := recorded.Record; old != nil {
		attributes["key1_created_at"], attributes["key2_created_at"] = old.Key1Created, old.Key2Created
		if reasons := rotatedFor(keyrotation.Recorded{
			Trigger: old.StartedFor, Emergency: old.Emergency, Urgent: old.Urgent,
		}); reasons != "" {
			attributes["rotated_for"] = reasons
		}
	}
	return json.Marshal(attributes)
}
