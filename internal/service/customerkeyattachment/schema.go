// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeyattachment

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func resourceSchema() schema.Schema {
	account := attribute.ReferenceID("The ID of the account that the key protects: " +
		anAccount() + ". Changing it replaces the attachment.")
	account.Validators = []validator.String{takesCustomerKey{}}
	account.PlanModifiers = append(account.PlanModifiers, stringplanmodifier.RequiresReplace())

	identity := attribute.ReferenceID("The ID of the user-assigned identity that reads the key. "+
		"If it is left out, the account's system-assigned identity does."+
		withoutSystemAssigned(), azure.UserAssignedIdentityType)
	identity.Required, identity.Optional = false, true

	return schema.Schema{
		MarkdownDescription: "Attaches a customer-managed key to " + anAccount() + ": the key in the " +
			"vault then wraps the account's own key in place of the system key. It is a resource of its " +
			"own because a system-assigned identity, which needs a grant on the key, exists only after " +
			"the account does. Destroying it returns the account to the system key.",
		Attributes: map[string]schema.Attribute{
			"account_id": account,
			"key_vault_key_id": attribute.KeyID("The identifier of the key. With a version the " +
				"account is pinned to it; without one the account follows the newest version by " +
				"itself (" + following() + "), and that is never a difference to apply. A storage account " +
				"also takes a key in a managed HSM: give its identity the HSM's own role Managed HSM Crypto " +
				"Service Encryption User there. What is in an HSM is not checked."),
			"user_assigned_identity_id": identity,
			"wait_for_current_version": schema.BoolAttribute{
				MarkdownDescription: "Whether to wait, after attaching and after every change, until " +
					"the account runs on the newest version of the key, or on the pinned one. " +
					"`TF_LOG_PROVIDER=INFO` shows the progress; if the time is up before, a warning " +
					"says so. Default: `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"id": attribute.ID(),
			"current_key_id": attribute.Computed(
				"The identifier of the key in the version that the account runs on."),
			"current_key_version": attribute.Computed(
				"The version of the key that the account runs on."),
			"status": attribute.Computed("What Azure says about the account's access to the key. " +
				"Empty as long as the account can access it, and for the kinds of account that have no " +
				"status, such as storage accounts: every plan checks whether these can access their key."),
			"follows_latest_version": schema.BoolAttribute{
				MarkdownDescription: "Whether the account follows the newest version of the key.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}
