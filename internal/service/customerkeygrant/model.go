// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

// mode is the way in which access is granted.
type mode string

// Vaults either look at their own access policies or at role assignments, never at both.
const (
	byPolicy mode = "access_policy"
	byRole   mode = "role_assignment"
)

type model struct {
	ID               attribute.ResourceIDValue `tfsdk:"id"`
	KeyVaultID       attribute.ResourceIDValue `tfsdk:"key_vault_id"`
	PrincipalID      attribute.NameValue       `tfsdk:"principal_id"`
	KeyName          attribute.NameValue       `tfsdk:"key_name"`
	Mode             types.String              `tfsdk:"mode"`
	KeyPermissions   types.Set                 `tfsdk:"key_permissions"`
	RoleAssignmentID types.String              `tfsdk:"role_assignment_id"`
	Timeouts         timeouts.Value            `tfsdk:"timeouts"`
}

func (m *model) grant() grant {
	return grant{
		vaultID:     m.KeyVaultID.ValueString(),
		keyName:     m.KeyName.ValueString(),
		principalID: m.PrincipalID.ValueString(),
	}
}

// complete reports whether the grant gives everything that it is for.
func (m *model) complete() bool { return m.KeyPermissions.Equal(allPermissions()) }

// observe takes over in which way the grant is there, and what of it.
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

// added is the private record of what this resource added to an access policy: no more than that
// is taken away again. Without a record, as after an import, the whole grant is this resource's.
type added struct {
	KeyPermissions []string `json:"key_permissions"`
}

const addedKey = "added"

// nothingAdded is the record to begin with.
func nothingAdded() added { return added{KeyPermissions: []string{}} }

// and is the record with more added.
func (a added) and(permissions []string) added {
	for _, permission := range permissions {
		if !slices.Contains(a.KeyPermissions, permission) {
			a.KeyPermissions = append(a.KeyPermissions, permission)
		}
	}
	return a
}

// missing are the required permissions that are not among those held.
func missing(held []string) []string {
	return slices.DeleteFunc(customerkey.RequiredKeyPermissions(), func(required string) bool {
		return slices.Contains(held, required)
	})
}
