// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
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
}

func (m *model) grant() grant {
	return grant{
		vaultID:     m.KeyVaultID.ValueString(),
		keyName:     m.KeyName.ValueString(),
		principalID: m.PrincipalID.ValueString(),
	}
}

// replaces reports whether a plan has another grant take the place of the one before.
func (m *model) replaces(before *model) bool {
	return !m.KeyVaultID.Equal(before.KeyVaultID) || !m.PrincipalID.Equal(before.PrincipalID) ||
		!m.KeyName.Equal(before.KeyName)
}

// complete reports whether the grant gives every permission that a customer's key needs.
func (m *model) complete() bool { return m.KeyPermissions.Equal(allPermissions()) }

// observe shows in which mode the grant exists, and what it gives.
func (m *model) observe(by mode, permissions []string, roleAssignmentID string) {
	m.ID = attribute.NewResourceID(m.grant().id())
	m.Mode = types.StringValue(string(by))
	m.KeyPermissions = permissionSet(permissions)
	m.RoleAssignmentID = types.StringNull()
	if by == byRole {
		m.RoleAssignmentID = types.StringValue(roleAssignmentID)
	}
}

func allPermissions() types.Set { return permissionSet(customerkey.RequiredKeyPermissions()) }

func permissionSet(names []string) types.Set {
	values := make([]attr.Value, 0, len(names))
	for _, name := range names {
		values = append(values, types.StringValue(name))
	}
	return types.SetValueMust(types.StringType, values)
}
