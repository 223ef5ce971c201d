// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// validate holds a configuration against what needs no Azure to be checked.
func (a *analyzer) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	if id := storageIn(a.StorageAccount).ID; !id.IsNull() && !id.IsUnknown() {
		diags.Append(media.ValidateStorageID("storage_account.id", id.ValueString())...)
	}
	diags.Append(a.validateStorageIdentity()...)
	diags.Append(media.ValidateEncryption(a.Encryption)...)
	diags.Append(a.validateReader()...)
	return diags
}

// validateStorageIdentity requires the identity that reaches the storage to be one of the account's.
func (a *analyzer) validateStorageIdentity() diag.Diagnostics {
	named := storageIn(a.StorageAccount).UserAssignedIdentityID
	listed := media.IdentityIDs(a.Identity)
	set, _ := a.Identity.Attributes()["identity_ids"].(types.Set)
	if named.IsNull() || named.IsUnknown() || set.IsUnknown() || len(listed) < len(set.Elements()) {
		return nil
	}
	for _, id := range listed {
		if attribute.NewResourceID(id).Same(named) {
			return nil
		}
	}
	return diag.Diagnostics{media.Refused("storage_account.user_assigned_identity_id",
		"Identity Not Listed", "the identity "+named.ValueString()+", which the account does not have",
		"one of identity.identity_ids: "+strings.Join(listed, ", "),
		"add the identity to identity_ids, or name one that is there")}
}

// validateReader requires an identity that reads a customer's key: the account has no other (CMK008).
func (a *analyzer) validateReader() diag.Diagnostics {
	wanted := media.EncryptionIn(a.Encryption)
	if !wanted.IsCustomerKey() || !wanted.UserAssignedIdentityID.IsNull() {
		return nil
	}
	return diag.Diagnostics{media.Refused("encryption.user_assigned_identity_id",
		"Missing User-Assigned Identity", "no identity that reads the customer's key",
		"a user-assigned identity of the account: a Video Analyzer account has no system-assigned one",
		"set user_assigned_identity_id to one of identity.identity_ids")}
}

// facts are what the configuration or a plan says by itself of the storage.
func (a *analyzer) facts() mediaaccount.Facts {
	facts := mediaaccount.Facts{
		Kind: mediaaccount.VideoAnalyzer(), Storage: make([]mediaaccount.Storage, 1),
	}
	planned := storageIn(a.StorageAccount)
	if !planned.ID.IsNull() && !planned.ID.IsUnknown() {
		facts.Storage[0].ID = rule.Known(planned.ID.ValueString())
	}
	switch {
	case planned.UserAssignedIdentityID.IsUnknown(), a.StorageAccount.IsUnknown():
	case planned.UserAssignedIdentityID.IsNull():
		facts.Authentication = rule.Known(mediaaccount.AuthenticationSystem)
	default:
		facts.Authentication = rule.Known(mediaaccount.AuthenticationManagedIdentity)
	}
	return facts
}
