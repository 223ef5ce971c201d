// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rule"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// validate holds a configuration against what needs no Azure to be checked.
func (a *account) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	if !a.StorageAccounts.IsUnknown() {
		diags.Append(diagnostic.FromReport(mediaaccount.CheckConfiguration(a.facts()))...)
	}
	diags.Append(a.validateStorage()...)
	diags.Append(a.validateKeyDelivery()...)
	diags.Append(media.ValidateEncryption(a.Encryption)...)
	return diags
}

// facts are what the configuration or a plan says by itself.
func (a *account) facts() mediaaccount.Facts {
	facts := mediaaccount.Facts{Kind: mediaaccount.MediaServices()}
	if !a.StorageAuthentication.IsNull() && !a.StorageAuthentication.IsUnknown() {
		facts.Authentication = rule.Known(
			mediaaccount.Authentication(a.StorageAuthentication.ValueString()))
	}
	for _, one := range storageIn(a.StorageAccounts) {
		var fact mediaaccount.Storage
		if !one.ID.IsUnknown() {
			fact.ID = rule.Known(one.ID.ValueString())
		}
		if !one.IsPrimary.IsUnknown() {
			fact.Primary = rule.Known(one.IsPrimary.ValueBool())
		}
		facts.Storage = append(facts.Storage, fact)
	}
	unknown := len(a.StorageAccounts.Elements()) - len(facts.Storage)
	facts.Storage = append(facts.Storage, make([]mediaaccount.Storage, unknown)...)
	return facts
}

func (a *account) validateStorage() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, one := range storageIn(a.StorageAccounts) {
		if one.ID.IsUnknown() {
			continue
		}
		id := one.ID.ValueString()
		diags.Append(media.ValidateStorageID("storage_accounts", id)...)
		// A storage_authentication_type that is left out is System.
		if !one.UserAssignedIdentityID.IsNull() && !a.StorageAuthentication.IsUnknown() &&
			a.StorageAuthentication.ValueString() != string(armmedia.StorageByManagedIdentity) {
			diags.Append(media.Refused("storage_accounts", "Unexpected User-Assigned Identity",
				"an identity for the storage account "+id+", which is reached with its keys",
				`storage_authentication_type = "ManagedIdentity" where an identity is named`,
				`set storage_authentication_type = "ManagedIdentity", or leave `+
					"user_assigned_identity_id out"))
		}
	}
	return diags
}

// validateKeyDelivery requires the list to be empty where everybody is let in, as the service does
// (OpenAPI document 2023-01-01, AccessControl.ipAllowList).
func (a *account) validateKeyDelivery() diag.Diagnostics {
	control := deliveryIn(a.KeyDeliveryAccessControl)
	if control.DefaultAction.ValueString() != string(armmedia.Allow) ||
		len(control.IPAllowList.Elements()) == 0 {
		return nil
	}
	return diag.Diagnostics{media.Refused("key_delivery_access_control.ip_allow_list",
		"Unexpected IP Allow List", "addresses to let in where everybody is let in",
		`an empty list where default_action is "Allow"`,
		`set default_action = "Deny", or leave ip_allow_list out`)}
}
