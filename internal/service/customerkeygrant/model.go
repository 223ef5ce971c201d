// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

// mode is how a vault grants access.
type mode string

// A vault grants access either by its own access policies or by role assignments, never by both.
const (
	byPolicy mode = "access_policy"
	byRole   mode = "role_assignment"
)

type model struct {
	base.Common
	KeyVaultID       attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	PrincipalID      attribute.NameValue       `tfsdk:"principal_id"`
	KeyName          attribute.NameValue       `tfsdk:"key_name"`
	Mode             types.String              `tfsdk:"mode"`
	KeyPermissions   types.Set                 `tfsdk:"key_permissions"`
	RoleAssignmentID types.String              `tfsdk:"role_assignment_id"`
	RetainedIDs      types.Set                 `tfsdk:"retained_ids"`
}

func (m *model) grant() grant {
	return grant{
		vaultID:     m.KeyVaultID.ValueString(),
		keyName:     m.KeyName.ValueString(),
		principalID: m.PrincipalID.ValueString(),
	}
}

// access returns what the resource granted, by its state and its record.
func (m *model) access(record added) access {
	return access{m.grant(), mode(m.Mode.ValueString()), m.RoleAssignmentID.ValueString(), record}
}

// moves reports whether a plan has another grant take the place of the one before.
func (m *model) moves(before *model) bool {
	return !m.KeyVaultID.Equal(before.KeyVaultID) || !m.PrincipalID.Equal(before.PrincipalID) ||
		!m.KeyName.Equal(before.KeyName)
}

// retains reports whether a plan keeps what is retained.
func (m *model) retains(kept retained) bool {
	return slices.ContainsFunc(m.RetainedIDs.Elements(), types.StringValue(kept.ID).Equal)
}

// complete reports whether the grant gives every permission that a customer's key needs.
func (m *model) complete() bool { return m.KeyPermissions.Equal(allPermissions()) }

// observe shows in which mode the grant exists, and what it gives.
func (m *model) observe(by mode, permissions []string, roleAssignmentID string) {
	m.ID = attribute.NewResourceID(m.grant().id())
	m.Mode = types.StringValue(string(by))
	m.KeyPermissions = textSet(permissions)
	m.RoleAssignmentID = types.StringNull()
	if by == byRole {
		m.RoleAssignmentID = types.StringValue(roleAssignmentID)
	}
}

// expectMove leaves open what is known only when the plan has granted access elsewhere.
func (m *model) expectMove() {
	m.ID = attribute.ResourceIDValue{StringValue: types.StringUnknown()}
	if !m.KeyVaultID.IsUnknown() && !m.PrincipalID.IsUnknown() && !m.KeyName.IsUnknown() {
		m.ID = attribute.NewResourceID(m.grant().id())
	}
	m.RetainedIDs = types.SetUnknown(types.StringType)
	m.expectGrant()
}

// expectGrant leaves open how the plan grants what is missing.
func (m *model) expectGrant() {
	m.KeyPermissions = allPermissions()
	m.Mode, m.RoleAssignmentID = types.StringUnknown(), types.StringUnknown()
}

func allPermissions() types.Set { return textSet(customerkey.RequiredKeyPermissions()) }

func textSet(texts []string) types.Set {
	values := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, types.StringValue(text))
	}
	return types.SetValueMust(types.StringType, values)
}
