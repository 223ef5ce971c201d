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

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
)

func resourceSchema() schema.Schema {
	account := attribute.ReferenceID("The ID of the account that the key protects: " +
		anAccount() + ". Changing it replaces the attachment.")
	account.Validators = []validator.String{takesCustomerKey{}}
	account.PlanModifiers = append(account.PlanModifiers, stringplanmodifier.RequiresReplace())

	identity := attribute.ReferenceID("The ID of the user-assigned identity that the account " +
		"reads the key with. Left out, it is the account's system-assigned identity." +
		withoutSystemAssigned())
	identity.Required, identity.Optional = false, true

	return schema.Schema{
		MarkdownDescription: "Attaches a Key Vault key to " + anAccount() + ": the account's " +
			"own key is then wrapped with it, and no longer with a key of the system. It stands apart from " +
			"the account because a system-assigned identity, which has to be granted access to " +
			"the key, exists only after the account does. Destroying it returns the account to " +
			"the system key.",
		Attributes: map[string]schema.Attribute{
			"account_id": account,
			"key_vault_key_id": attribute.KeyID("The identifier of the key. With a version the " +
				"account is pinned to it; without one the account follows the newest version by " +
				"itself (" + following() + "), and that is never a difference to apply."),
			"user_assigned_identity_id": identity,
			"wait_for_current_version": schema.BoolAttribute{
				MarkdownDescription: "Whether attaching, and every change, waits until the account " +
					"runs on the newest version of the key, or on the one that is pinned. With " +
					"`TF_LOG_PROVIDER=INFO` the provider tells how far it has come; where the time " +
					"is up before, a warning does. Default: `false`.",
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
				"Empty as long as all is well, and for the kinds of account that say nothing, such as " +
				"storage accounts: whether these reach their key is found out by every plan."),
			"follows_latest_version": schema.BoolAttribute{
				MarkdownDescription: "Whether the account follows the newest version of the key.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
		},
	}
}
