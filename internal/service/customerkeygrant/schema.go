// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func resourceSchema() schema.Schema {
	vault := attribute.ReferenceID("The ID of the vault.", azure.VaultType)

	key := attribute.ReferenceName("The name of a key, to grant access to that key only. It needs a vault that grants "+
		"access by roles. If omitted, the grant applies to all keys of the vault, as an access policy "+
		"always does.", attribute.ValidName(naming.KeyVaultKey()))
	key.Required, key.Optional = false, true

	return schema.Schema{
		MarkdownDescription: "Lets the identity of an account use a customer's key: get, wrapKey and " +
			"unwrapKey, and nothing else. The grant is an access policy or an assignment of the role " +
			"`Key Vault Crypto Service Encryption User`, depending on how the vault grants access. " +
			"All other access to the vault is left as it is. If the vault, the identity or the key changes, " +
			"access is granted in the new place first; what was granted before is taken away when no account " +
			"reads its key by it any more. In an " +
			"`azuremedia_customer_key_attachment` that needs the grant, add `depends_on` pointing " +
			"at it, so that Terraform destroys the attachment before the grant.",
		Attributes: map[string]schema.Attribute{
			"key_vault_id": vault,
			"principal_id": attribute.ReferenceName("The object ID of the identity: the `principal_id` of an "+
				"account or of a user-assigned identity, not the client ID.",
				attribute.GUID("an object in Microsoft Entra ID",
					"Refer to the principal_id of an account or of a user-assigned identity; az ad sp show --id CLIENT_ID --query id "+
						"prints that of an application")),
			"key_name": key,
			"id":       attribute.ID(),
			"mode": attribute.Computed("How access is granted: `access_policy` or `role_assignment`. " +
				"The grant follows when the vault switches."),
			"key_permissions": schema.SetAttribute{
				MarkdownDescription: "What the grant gives: `get`, `wrapKey` and `unwrapKey`.",
				ElementType:         types.StringType,
				Computed:            true,
				PlanModifiers:       []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
			},
			"role_assignment_id": attribute.Computed("The ID of the role assignment, if access is granted by one."),
			"retained_ids": schema.SetAttribute{
				MarkdownDescription: "The IDs of earlier grants of this resource that were kept because accounts " +
					"still read their key by them. Each is taken away when the last of these accounts has moved: " +
					"in the same apply, or else in the next.",
				ElementType:   types.StringType,
				Computed:      true,
				PlanModifiers: []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
			},
		},
	}
}
