// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// validate checks what needs no Azure to be checked, the rules ACC001 and ACC005 among it.
func (m *model) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	if facts, ok := m.facts(); ok {
		diags.Append(diagnostic.FromReport(mediaaccount.CheckConfiguration(facts))...)
	}
	diags.Append(m.validateStorage()...)
	diags.Append(m.validateKeyDelivery()...)
	diags.Append(media.ValidateEncryption(m.Encryption)...)
	return diags
}

// facts returns what the attributes say of the storage accounts; ok is false as long as the set is
// unknown.
func (m *model) facts() (facts mediaaccount.Facts, ok bool) {
	facts.Kind = mediaaccount.MediaServices()
	if !m.StorageAuthentication.IsNull() && !m.StorageAuthentication.IsUnknown() {
		facts.Authentication = rule.Known(
			mediaaccount.Authentication(m.StorageAuthentication.ValueString()))
	}
	for _, one := range storageIn(m.StorageAccounts) {
		var fact mediaaccount.Storage
		if !one.ID.IsUnknown() {
			fact.ID = rule.Known(one.ID.ValueString())
		}
		if !one.IsPrimary.IsUnknown() {
			fact.Primary = rule.Known(one.IsPrimary.ValueBool())
		}
		facts.Storage = append(facts.Storage, fact)
	}
	unknown := len(m.StorageAccounts.Elements()) - len(facts.Storage)
	facts.Storage = append(facts.Storage, make([]mediaaccount.Storage, unknown)...)
	return facts, !m.StorageAccounts.IsUnknown()
}

func (m *model) validateStorage() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, one := range storageIn(m.StorageAccounts) {
		if one.ID.IsUnknown() {
			continue
		}
		id := one.ID.ValueString()
		diags.Append(media.ValidateStorageID(path.Root("storage_accounts"), id)...)
		// Without storage_authentication_type, it is System.
		if !one.UserAssignedIdentityID.IsNull() && !m.StorageAuthentication.IsUnknown() &&
			m.StorageAuthentication.ValueString() != string(armmedia.StorageByManagedIdentity) {
			diags.Append(diagnostic.Refuse(path.Root("storage_accounts"), diagnostic.Refusal{
				Title:    "Unexpected User-Assigned Identity",
				Found:    "an identity for the storage account " + id + ", which the account accesses with its keys",
				Required: `storage_authentication_type = "ManagedIdentity" where an identity is named`,
				Remedy: `Set storage_authentication_type = "ManagedIdentity", or leave out ` +
					"user_assigned_identity_id",
			}))
		}
	}
	return diags
}

// validateKeyDelivery refuses an allow list beside the default action Allow, as the service does
// (OpenAPI document 2023-01-01, AccessControl.ipAllowList).
func (m *model) validateKeyDelivery() diag.Diagnostics {
	control := deliveryIn(m.KeyDeliveryAccessControl)
	if control.DefaultAction.ValueString() != string(armmedia.Allow) ||
		len(control.IPAllowList.Elements()) == 0 {
		return nil
	}
	return diag.Diagnostics{diagnostic.Refuse(
		path.Root("key_delivery_access_control").AtName("ip_allow_list"), diagnostic.Refusal{
			Title:    "Unexpected IP Allow List",
			Found:    "an allow list, although every address is allowed",
			Required: `an empty list where default_action is "Allow"`,
			Remedy:   `Set default_action = "Deny", or leave out ip_allow_list`,
		})}
}
