// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/mediaaccount"
)

func resourceSchema(ctx context.Context) schema.Schema {
	vault := attribute.ReferenceID("The ID of the vault. Changing it replaces the resource.")
	vault.PlanModifiers = append(vault.PlanModifiers, stringplanmodifier.RequiresReplace())

	key := attribute.Name("The name of the one key that access is granted to, where the vault "+
		"decides by roles. Left out, access is granted to all keys of the vault, which is all that "+
		"an access policy can do.", attribute.ValidName(mediaaccount.KeyVaultKeyName()))
	key.Required, key.Optional = false, true

	return schema.Schema{
		MarkdownDescription: "Lets the identity of an account use a customer's key: get, wrapKey and " +
			"unwrapKey, and nothing else. It is granted in the way that the vault decides by: an " +
			"access policy, or the role `Key Vault Crypto Service Encryption User`. Whatever else " +
			"the identity or anybody else may do in the vault is left as it is. An " +
			"`azuremedia_customer_key_attachment` that depends on the grant has `depends_on`, so " +
			"that it is destroyed before the grant goes.",
		Attributes: map[string]schema.Attribute{
			"key_vault_id": vault,
			"principal_id": attribute.Name("The object ID of the identity: the `principal_id` of an "+
				"account's or of a user-assigned identity, and not its client ID.",
				stringvalidator.RegexMatches(
					regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
					"must be an object ID, such as 00000000-0000-0000-0000-000000000000")),
			"key_name": key,
			"id":       attribute.ID(),
			"mode": attribute.Computed("How access is granted: `access_policy` or `role_assignment`. " +
				"It follows the vault: when the vault changes, so does the grant."),
			"key_permissions": schema.SetAttribute{
				MarkdownDescription: "What the grant gives: `get`, `wrapKey` and `unwrapKey`.",
				ElementType:         types.StringType,
				Computed:            true,
				PlanModifiers:       []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
			},
			"role_assignment_id": attribute.Computed("The ID of the role assignment, if that is how access is granted."),
			"timeouts":           attribute.Timeouts(ctx, allowed()),
		},
	}
}
