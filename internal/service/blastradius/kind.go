// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package blastradius

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// kind is a kind of subject.
type kind struct {
	// name is the name of the kind in a sentence and in the state.
	name string
	// is reports whether an ID is that of such a subject.
	is func(id string) bool
	// read finds the accounts that depend on it.
	read func(context.Context, survey) (radius, error)
}

// kinds is the table of all kinds. One more kind is one more row, and a function that reads it.
func kinds() []kind {
	return []kind{
		{"key version", isKey(true), readKey},
		{"key", isKey(false), readKey},
		{"vault", isType(azure.VaultType), readVault},
		{"grant", isGrant, readGrant},
		{"identity", isType(azure.UserAssignedIdentityType), readIdentity},
		{"storage account", isType(azure.StorageAccountType), readStorageAccount},
	}
}

// kindOf returns the kind of the subject with an ID. It has no name if there is none.
func kindOf(id string) kind {
	for _, one := range kinds() {
		if one.is(id) {
			return one
		}
	}
	return kind{}
}

func isKey(version bool) func(string) bool {
	return func(id string) bool {
		key := customerkey.ReadKeyID(id)
		return !key.IsZero() && key.Pinned() == version
	}
}

func isType(resourceType string) func(string) bool {
	return func(id string) bool {
		_, err := azure.ParseID(id, resourceType)
		return err == nil
	}
}

func isGrant(id string) bool {
	_, _, _, ok := vaultaccess.ParseGrantID(id)
	return ok
}

// isSubject accepts the IDs of subjects.
type isSubject struct{}

func (isSubject) Description(context.Context) string {
	return "must be the ID of a key, a vault, a grant, an identity or a storage account"
}

func (v isSubject) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (isSubject) ValidateString(ctx context.Context, req validator.StringRequest,
	resp *validator.StringResponse,
) {
	id := req.ConfigValue.ValueString()
	switch {
	case req.ConfigValue.IsNull(), req.ConfigValue.IsUnknown(), kindOf(id).name != "":
	case strings.HasPrefix(id, "https://"):
		attribute.ValidKeyID().ValidateString(ctx, req, resp)
	default:
		resp.Diagnostics.Append(diagnostic.Refuse(req.Path, diagnostic.Refusal{
			Title: "Nothing That Accounts Depend On",
			Found: req.ConfigValue.String(),
			Required: "the identifier of a Key Vault key, or the ID of a vault, an azuremedia_customer_key_grant, a " +
				"user-assigned identity or a storage account",
			Remedy: "Refer to the id attribute of such a resource",
		}))
	}
}
