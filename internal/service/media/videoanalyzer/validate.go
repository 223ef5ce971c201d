// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// validate checks what needs no Azure to be checked.
func (m *model) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	if id := storageIn(m.StorageAccount).ID; !id.IsNull() && !id.IsUnknown() {
		diags.Append(media.ValidateStorageID(path.Root("storage_account").AtName("id"), id.ValueString())...)
	}
	diags.Append(m.validateStorageIdentity()...)
	diags.Append(media.ValidateEncryption(m.Encryption)...)
	diags.Append(m.validateReader()...)
	return diags
}

// validateStorageIdentity requires the account to have the identity that it accesses the storage with.
func (m *model) validateStorageIdentity() diag.Diagnostics {
	named := storageIn(m.StorageAccount).UserAssignedIdentityID
	_, identities := attribute.PlannedIdentities(m.Identity)
	listed, known := identities.Value()
	if named.IsNull() || named.IsUnknown() || !known {
		return nil
	}
	for _, id := range listed {
		if attribute.NewResourceID(id).Same(named) {
			return nil
		}
	}
	return diag.Diagnostics{diagnostic.Refuse(storageIdentity(), diagnostic.Refusal{
		Title:    "Identity Not Listed",
		Found:    "the identity " + named.ValueString() + ", which the account does not have",
		Required: "one of identity.identity_ids: " + strings.Join(listed, ", "),
		Remedy:   "Add the identity to identity_ids, or name one that identity_ids lists",
	})}
}

// validateReader requires an identity that reads the key: a Video Analyzer account has no
// system-assigned one (CMK008).
func (m *model) validateReader() diag.Diagnostics {
	wanted := media.EncryptionIn(m.Encryption)
	if !wanted.IsCustomerKey() || !wanted.UserAssignedIdentityID.IsNull() {
		return nil
	}
	return diag.Diagnostics{diagnostic.Refuse(
		path.Root("encryption").AtName("user_assigned_identity_id"), diagnostic.Refusal{
			Title:    "Missing User-Assigned Identity",
			Found:    "no identity that reads the customer-managed key",
			Required: "a user-assigned identity of the account",
			Why:      "A Video Analyzer account has no system-assigned identity",
			Remedy:   "Set user_assigned_identity_id to one of identity.identity_ids",
		})}
}

// facts returns what the attributes say of the storage account; ok is false as long as it is unknown.
func (m *model) facts() (facts mediaaccount.Facts, ok bool) {
	facts.Kind = mediaaccount.VideoAnalyzer()
	facts.Storage = make([]mediaaccount.Storage, 1)
	planned := storageIn(m.StorageAccount)
	if !planned.ID.IsNull() && !planned.ID.IsUnknown() {
		facts.Storage[0].ID = rule.Known(planned.ID.ValueString())
	}
	switch {
	case planned.UserAssignedIdentityID.IsUnknown():
	case planned.UserAssignedIdentityID.IsNull():
		facts.Authentication = rule.Known(mediaaccount.AuthenticationSystem)
	default:
		facts.Authentication = rule.Known(mediaaccount.AuthenticationManagedIdentity)
	}
	return facts, !m.StorageAccount.IsUnknown()
}

// storageIdentity is the path of the identity that the account accesses its storage with.
func storageIdentity() path.Path {
	return path.Root("storage_account").AtName("user_assigned_identity_id")
}
