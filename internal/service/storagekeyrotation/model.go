// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package storagekeyrotation

import (
	"context"
	"sort"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyholder"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

type model struct {
	base.Common
	StorageAccountID  attribute.ResourceIDValue `tfsdk:"storage_account_id"`
	DependentIDs      types.Set                 `tfsdk:"dependent_ids"`
	Secrets           types.Set                 `tfsdk:"secrets"`
	Strategy          types.String              `tfsdk:"strategy"`
	RotateWhenChanged types.Map                 `tfsdk:"rotate_when_changed"`
	RotationInterval  types.String              `tfsdk:"rotation_interval"`
	SettlingTime      types.String              `tfsdk:"settling_time"`
	Emergency         types.Bool                `tfsdk:"emergency"`
	RotateOnCreate    types.Bool                `tfsdk:"rotate_on_create"`
	WaitForSettle     types.Bool                `tfsdk:"wait_for_settle"`
	Verify            types.List                `tfsdk:"verify"`
	Phase             types.String              `tfsdk:"phase"`
	Key1CreatedAt     timetypes.RFC3339         `tfsdk:"key1_created_at"`
	Key2CreatedAt     timetypes.RFC3339         `tfsdk:"key2_created_at"`
	LastSyncedAt      timetypes.RFC3339         `tfsdk:"last_synced_at"`
	SecondaryDueAt    timetypes.RFC3339         `tfsdk:"secondary_due_at"`
	NextRotationAt    timetypes.RFC3339         `tfsdk:"next_rotation_at"`
	RotatedFor        types.String              `tfsdk:"rotated_for"`
}

type verifyModel struct {
	URL             types.String `tfsdk:"url"`
	Signed          types.Bool   `tfsdk:"signed"`
	ExpectedStatus  types.Int64  `tfsdk:"expected_status"`
	ExpectedHeaders types.Map    `tfsdk:"expected_headers"`
	ExpectedBody    types.String `tfsdk:"expected_body"`
	Attempts        types.Int64  `tfsdk:"attempts"`
}

// settled reports whether the plan knows everything that a decision needs.
func (m *model) settled(ctx context.Context) bool {
	for _, value := range []interface{ IsUnknown() bool }{
		m.StorageAccountID, m.DependentIDs, m.Strategy, m.RotateWhenChanged, m.RotationInterval,
		m.SettlingTime, m.Emergency, m.RotateOnCreate, m.WaitForSettle, m.Verify, m.Secrets,
	} {
		if value.IsUnknown() {
			return false
		}
	}
	for _, element := range m.RotateWhenChanged.Elements() {
		if element.IsUnknown() {
			return false
		}
	}
	for _, element := range m.Secrets.Elements() {
		if one, ok := secretOf(ctx, element); !ok || one.isUnknown() {
			return false
		}
	}
	return len(m.dependents()) == len(m.DependentIDs.Elements())
}

// holders returns the known dependents: the accounts, and the secrets.
func (m *model) holders(ctx context.Context, client *azure.Client) []holder {
	found := accounts(client, m.dependents())
	for _, one := range m.secrets(ctx) {
		found = append(found, holder{one.ID(), one.Kind(client)})
	}
	return found
}

// secrets returns the known secrets.
func (m *model) secrets(ctx context.Context) (found []keyholder.Secret) {
	for _, element := range m.Secrets.Elements() {
		if one, ok := secretOf(ctx, element); ok && one.isNamed() {
			found = append(found, one.secret(m.wanted().Settling()))
		}
	}
	return found
}

// wanted returns the configuration of the rotation.
func (m *model) wanted() keyrotation.Wanted {
	wanted := keyrotation.Wanted{
		Strategy:       keyrotation.Strategy(m.Strategy.ValueString()),
		Trigger:        attribute.Trigger(m.RotateWhenChanged),
		Emergency:      m.Emergency.ValueBool(),
		RotateOnCreate: m.RotateOnCreate.ValueBool(),
		Verify:         len(m.Verify.Elements()) > 0,
	}
	wanted.Interval, _ = keyrotation.ParseInterval(m.RotationInterval.ValueString())
	wanted.Settle, _ = keyrotation.ParseInterval(m.SettlingTime.ValueString())
	return wanted
}

// dependents returns the known IDs in dependent_ids, sorted.
func (m *model) dependents() []string { return idsOf(m.DependentIDs) }

// longestUpdate returns how long an update may take by default: a settling time more where it waits.
func (m *model) longestUpdate() time.Duration {
	limit := noun().Timeouts.Update
	if m.WaitForSettle.ValueBool() {
		limit += m.wanted().Settling()
	}
	return limit
}

// idsOf returns the known IDs in a set, sorted.
func idsOf(set types.Set) []string {
	var ids []string
	for _, element := range set.Elements() {
		if id, ok := element.(attribute.ResourceIDValue); ok && !id.IsUnknown() {
			ids = append(ids, id.ValueString())
		}
	}
	sort.Strings(ids)
	return ids
}

// imported sets the arguments that an import cannot know to their defaults.
func (m *model) imported() {
	m.Strategy = types.StringValue(string(keyrotation.Both))
	m.SettlingTime = types.StringValue(defaultSettling)
	m.Emergency, m.RotateOnCreate = types.BoolValue(false), types.BoolValue(false)
	m.WaitForSettle = types.BoolValue(false)
}

// keep plans no step: the computed attributes stay as they are.
func (m *model) keep(state *model) {
	m.Phase, m.RotatedFor = state.Phase, state.RotatedFor
	m.Key1CreatedAt, m.Key2CreatedAt = state.Key1CreatedAt, state.Key2CreatedAt
	m.LastSyncedAt, m.SecondaryDueAt = state.LastSyncedAt, state.SecondaryDueAt
	m.NextRotationAt = state.NextRotationAt
}

// unknown plans a step of which nothing is known before the apply.
func (m *model) unknown() {
	m.Phase, m.RotatedFor = types.StringUnknown(), types.StringUnknown()
	for _, at := range m.times() {
		*at = timetypes.NewRFC3339Unknown()
	}
}

// either plans what two outcomes have in common: what differs is known after the apply.
func (m *model) either(now, later keyrotation.Recorded) {
	other := *m
	m.describe(now)
	other.describe(later)
	for i, at := range m.times() {
		if !at.Equal(*other.times()[i]) {
			*at = timetypes.NewRFC3339Unknown()
		}
	}
	if !m.Phase.Equal(other.Phase) {
		m.Phase = types.StringUnknown()
	}
	if !m.RotatedFor.Equal(other.RotatedFor) {
		m.RotatedFor = types.StringUnknown()
	}
}

// times are the computed attributes that are times.
func (m *model) times() []*timetypes.RFC3339 {
	return []*timetypes.RFC3339{
		&m.Key1CreatedAt, &m.Key2CreatedAt, &m.LastSyncedAt, &m.SecondaryDueAt, &m.NextRotationAt,
	}
}
