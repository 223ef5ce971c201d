// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// recordModel is a [keyrotation.Recorded] in the state, apart from the refreshed attributes: a refresh
// after an interruption would otherwise erase the only evidence of the interrupted run's steps.
//
// It is not private state: if the provider is killed during an apply, Terraform keeps the attributes
// as they were before, and forgets the private state.
type recordModel struct {
	Phase        types.String      `tfsdk:"phase"`
	Key1Created  timetypes.RFC3339 `tfsdk:"key1_created_at"`
	Key2Created  timetypes.RFC3339 `tfsdk:"key2_created_at"`
	Key1Synced   timetypes.RFC3339 `tfsdk:"key1_synced_at"`
	Key2Synced   timetypes.RFC3339 `tfsdk:"key2_synced_at"`
	LastSynced   timetypes.RFC3339 `tfsdk:"last_synced_at"`
	StartedFor   types.String      `tfsdk:"started_for"`
	Emergency    types.Bool        `tfsdk:"emergency_answered"`
	WaitsForNone types.Bool        `tfsdk:"waits_for_nothing"`
}

func recordTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"phase": types.StringType, "started_for": types.StringType,
		"key1_created_at": timetypes.RFC3339Type{}, "key2_created_at": timetypes.RFC3339Type{},
		"key1_synced_at": timetypes.RFC3339Type{}, "key2_synced_at": timetypes.RFC3339Type{},
		"last_synced_at":     timetypes.RFC3339Type{},
		"emergency_answered": types.BoolType, "waits_for_nothing": types.BoolType,
	}
}

func recordAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "The outcome of the last completed step. A refresh never changes it: the " +
			"difference to Azure shows what an interrupted run, or somebody else, has done since.",
		Computed: true,
		Attributes: map[string]schema.Attribute{
			"phase":           computed("The phase after the step."),
			"key1_created_at": timestamp("When the last synced key1 was made."),
			"key2_created_at": timestamp("When the last synced key2 was made."),
			"key1_synced_at": timestamp("When that key1 was synced; null where every account has had " +
				"it from the beginning."),
			"key2_synced_at":     timestamp("When that key2 was synced; null likewise."),
			"last_synced_at":     timestamp("When the dependents were last synced."),
			"started_for":        computed("A digest of the reason for the last rotation."),
			"emergency_answered": computedFlag("Whether a rotation has answered the declared emergency."),
			"waits_for_nothing":  computedFlag("Whether the rotation under way answers an emergency."),
		},
	}
}

// recorded returns the record; the zero value where there is none.
func (m *model) recorded(ctx context.Context, diags *diag.Diagnostics) keyrotation.Recorded {
	if m.Record.IsNull() || m.Record.IsUnknown() {
		return keyrotation.Recorded{}
	}
	var stored recordModel
	diags.Append(m.Record.As(ctx, &stored, basetypes.ObjectAsOptions{})...)
	at := func(value timetypes.RFC3339) time.Time {
		if value.IsNull() {
			return time.Time{}
		}
		read, problems := value.ValueRFC3339Time()
		diags.Append(problems...)
		return read
	}
	return keyrotation.Recorded{
		Phase:     keyrotation.Phase(stored.Phase.ValueString()),
		Created:   keyrotation.Keys[time.Time]{Key1: at(stored.Key1Created), Key2: at(stored.Key2Created)},
		Synced:    keyrotation.Keys[time.Time]{Key1: at(stored.Key1Synced), Key2: at(stored.Key2Synced)},
		LastSync:  at(stored.LastSynced),
		Trigger:   stored.StartedFor.ValueString(),
		Emergency: stored.Emergency.ValueBool(),
		Urgent:    stored.WaitsForNone.ValueBool(),
	}
}

// keepRecord writes the record, with the fractions of a second that Azure shows.
func (m *model) keepRecord(ctx context.Context, r keyrotation.Recorded) (diags diag.Diagnostics) {
	m.Record, diags = types.ObjectValueFrom(ctx, recordTypes(), recordModel{
		Phase:       types.StringValue(string(r.Phase)),
		Key1Created: exactly(r.Created.Key1), Key2Created: exactly(r.Created.Key2),
		Key1Synced: exactly(r.Synced.Key1), Key2Synced: exactly(r.Synced.Key2),
		LastSynced: exactly(r.LastSync),
		StartedFor: types.StringValue(r.Trigger),
		Emergency:  types.BoolValue(r.Emergency), WaitsForNone: types.BoolValue(r.Urgent),
	})
	return diags
}

// exactly returns a time with its fractions of a second; null for the zero time.
func exactly(at time.Time) timetypes.RFC3339 {
	if at.IsZero() {
		return timetypes.NewRFC3339Null()
	}
	return timetypes.NewRFC3339ValueMust(at.UTC().Format(time.RFC3339Nano))
}
