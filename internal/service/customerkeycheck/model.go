// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeycheck

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/protection/facts"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
)

type model struct {
	ID            attribute.KeyIDValue      `tfsdk:"id"`
	KeyID         attribute.KeyIDValue      `tfsdk:"key_vault_key_id"`
	AccountID     attribute.ResourceIDValue `tfsdk:"account_id"`
	Location      attribute.LocationValue   `tfsdk:"location"`
	IdentityID    attribute.ResourceIDValue `tfsdk:"user_assigned_identity_id"`
	Eligible      types.Bool                `tfsdk:"eligible"`
	Problems      []attribute.Problem       `tfsdk:"problems"`
	Unchecked     []uncheckedModel          `tfsdk:"unchecked"`
	KeyType       types.String              `tfsdk:"key_type"`
	KeySize       types.Int64               `tfsdk:"key_size"`
	Enabled       types.Bool                `tfsdk:"enabled"`
	NotBefore     timetypes.RFC3339         `tfsdk:"not_before_date"`
	Expires       timetypes.RFC3339         `tfsdk:"expiration_date"`
	Version       types.String              `tfsdk:"version"`
	NewestVersion types.String              `tfsdk:"newest_version"`
	KeyVaultID    types.String              `tfsdk:"key_vault_id"`
	VaultLocation types.String              `tfsdk:"key_vault_location"`
}

// uncheckedModel is a rule that lacks a fact.
type uncheckedModel struct {
	Rule    types.String `tfsdk:"rule"`
	Missing types.String `tfsdk:"missing"`
}

// observe writes the key and the report on it into the model. The key is eligible if every rule that
// applies could be decided, and none is broken.
func (m *model) observe(answer facts.Answer, report rule.Report) {
	m.ID = m.KeyID
	m.Problems, m.Unchecked = []attribute.Problem{}, []uncheckedModel{}
	for _, violation := range append(report.Errors(), report.Warnings()...) {
		m.Problems = append(m.Problems, attribute.NewProblem(violation))
	}
	undecided := false
	for _, pending := range report.Pending {
		m.Unchecked = append(m.Unchecked, uncheckedModel{
			Rule:    types.StringValue(string(pending.Rule.ID)),
			Missing: types.StringValue(pending.Missing),
		})
		undecided = undecided || m.asks(pending.Rule.ID)
	}
	m.Eligible = types.BoolValue(len(report.Errors()) == 0 && !undecided)

	key := answer.Key
	m.KeyType = text(key.Type)
	if size, known := key.Size.Value(); known {
		m.KeySize = types.Int64Value(int64(size))
	}
	if enabled, known := key.Enabled.Value(); known {
		m.Enabled = types.BoolValue(enabled)
	}
	m.NotBefore, m.Expires = date(key.NotBefore), date(key.Expires)
	m.Version = text(key.Version)
	m.NewestVersion = attribute.TextOrNull(answer.Newest)
	m.KeyVaultID = attribute.TextOrNull(answer.Vault.ID)
	m.VaultLocation = text(answer.Vault.Location)
}

// asks reports whether the configuration has enough for a rule to apply: without an account or a region,
// for instance, no region is the wrong one.
func (m *model) asks(id rule.ID) bool {
	withAccount := !m.AccountID.IsNull()
	switch id {
	case customerkey.CMK005:
		return withAccount || !m.Location.IsNull()
	case customerkey.CMK008:
		return withAccount
	case customerkey.CMK009:
		return withAccount || !m.IdentityID.IsNull()
	default:
		return true
	}
}

func text(fact rule.Fact[string]) types.String {
	value, _ := fact.Value()
	return attribute.TextOrNull(value)
}

func date(fact rule.Fact[time.Time]) timetypes.RFC3339 {
	value, _ := fact.Value()
	return attribute.TimeOrNull(value)
}
