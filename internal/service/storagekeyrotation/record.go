// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// recordKey is where the private state holds the record: a [keyrotation.Recorded].
//
// The record must survive everything: it alone shows, beside Azure, what an interrupted run has done.
// If the provider is killed during an apply, Terraform keeps the attributes as they were before, but
// forgets the private state. So the computed attributes show what the record holds, a refresh leaves
// them as they are, and [model.recall] reads the record from them.
const recordKey = "record"

// record returns the record; the zero value where there is none.
func (m *model) record(ctx context.Context, private base.PrivateState) (keyrotation.Recorded, diag.Diagnostics) {
	encoded, diags := private.GetKey(ctx, recordKey)
	if len(encoded) == 0 {
		return m.recall(), diags
	}
	var r keyrotation.Recorded
	if err := json.Unmarshal(encoded, &r); err != nil {
		diags.Append(diagnostic.ProviderBug("The private state of a rotation cannot be read: " + err.Error()))
	}
	return r, diags
}

// show writes the record into the private state and into the attributes.
func (m *model) show(ctx context.Context, r keyrotation.Recorded, private base.PrivateState) diag.Diagnostics {
	m.describe(r)
	encoded, err := json.Marshal(r)
	if err != nil {
		return diag.Diagnostics{diagnostic.ProviderBug(err.Error())}
	}
	return append(private.SetKey(ctx, recordKey, encoded), seen{r.LastSync, r.Created}.keep(ctx, private)...)
}

// describe writes the record into the attributes.
func (m *model) describe(r keyrotation.Recorded) {
	wanted := m.wanted()
	m.Phase = types.StringValue(string(r.Phase))
	m.RotatedFor = attribute.TextOrNull(rotatedFor(r))
	m.Key1CreatedAt, m.Key2CreatedAt = exactly(r.Created.Key1), exactly(r.Created.Key2)
	m.LastSyncedAt = exactly(r.LastSync)
	m.SecondaryDueAt = exactly(r.SecondaryDue(wanted))
	m.NextRotationAt = exactly(r.RotationDue(wanted))
}

// recall reads the record from the attributes; the zero value where there is none.
func (m *model) recall() keyrotation.Recorded {
	r := keyrotation.Recorded{
		Phase:    keyrotation.Phase(m.Phase.ValueString()),
		Created:  keyrotation.Keys[time.Time]{Key1: timeOf(m.Key1CreatedAt), Key2: timeOf(m.Key2CreatedAt)},
		LastSync: timeOf(m.LastSyncedAt),
	}
	for _, reason := range strings.Split(m.RotatedFor.ValueString(), reasonSeparator) {
		switch reason {
		case emergencyReason:
			r.Emergency = true
		case urgentReason:
			r.Emergency, r.Urgent = true, true
		default:
			r.Trigger = reason
		}
	}
	return r.Recalled(m.wanted(), timeOf(m.SecondaryDueAt))
}

// rotatedFor spells out which reasons to rotate have had their rotation.
func rotatedFor(r keyrotation.Recorded) string {
	var reasons []string
	if r.Trigger != "" {
		reasons = append(reasons, r.Trigger)
	}
	switch {
	case r.Urgent:
		reasons = append(reasons, urgentReason)
	case r.Emergency:
		reasons = append(reasons, emergencyReason)
	}
	return strings.Join(reasons, reasonSeparator)
}

// The spellings of an emergency in rotated_for. A trigger, which is a digest there, is neither.
const (
	reasonSeparator = ", "
	emergencyReason = "emergency"
	urgentReason    = "emergency under way"
)

// exactly returns a time with its fractions of a second; null for the zero time.
func exactly(at time.Time) timetypes.RFC3339 {
	if at.IsZero() {
		return timetypes.NewRFC3339Null()
	}
	return timetypes.NewRFC3339ValueMust(at.UTC().Format(time.RFC3339Nano))
}

// timeOf returns the time of an attribute; the zero time where it has none.
func timeOf(value timetypes.RFC3339) time.Time {
	at, _ := time.Parse(time.RFC3339, value.ValueString())
	return at
}

// formerKey is where the private state holds the storage account that the rotation had before its plan for
// another one: Terraform hands the private state on to the creation that replaces it.
const formerKey = "former"

func keepFormerAccount(ctx context.Context, private base.PrivateState, id string) diag.Diagnostics {
	return private.SetKey(ctx, formerKey, []byte(strconv.Quote(id)))
}

func formerAccount(ctx context.Context, private base.PrivateState) (id string, diags diag.Diagnostics) {
	encoded, diags := private.GetKey(ctx, formerKey)
	if len(encoded) > 0 && json.Unmarshal(encoded, &id) != nil {
		diags.Append(diagnostic.ProviderBug("The private state of a rotation cannot be read: " + string(encoded)))
	}
	return id, diags
}
