// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
)

// added is the private record of the permissions that this resource added to an access policy: it
// removes no others. Without a record, as after an import, the resource owns all that it needs.
type added struct {
	KeyPermissions []string `json:"key_permissions"`
}

const addedKey = "added"

// nothingAdded returns the record to begin with.
func nothingAdded() added { return added{KeyPermissions: []string{}} }

// and returns the record with more permissions added.
func (a added) and(permissions []string) added {
	for _, permission := range permissions {
		if !slices.Contains(a.KeyPermissions, permission) {
			a.KeyPermissions = append(a.KeyPermissions, permission)
		}
	}
	return a
}

// owned returns the permissions that the resource removes.
func (a added) owned() []string {
	if a.KeyPermissions == nil {
		return customerkey.RequiredKeyPermissions()
	}
	return a.KeyPermissions
}

// recorded returns the record in the private state.
func recorded(ctx context.Context, state base.PrivateState) (record added, diags diag.Diagnostics) {
	diags = decode(ctx, state, addedKey, &record)
	return record, diags
}

func encode(record any) []byte {
	encoded, err := json.Marshal(record)
	if err != nil {
		return nil // Texts can always be encoded.
	}
	return encoded
}

// decode reads a record in a private state, if there is one.
func decode(ctx context.Context, state base.PrivateState, key string, record any) diag.Diagnostics {
	encoded, diags := state.GetKey(ctx, key)
	if len(encoded) > 0 {
		if err := json.Unmarshal(encoded, record); err != nil {
			diags.Append(diagnostic.ProviderBug("The private state of a grant cannot be read: " + err.Error()))
		}
	}
	return diags
}
