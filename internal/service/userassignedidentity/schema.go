// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A user-assigned managed identity. It can be granted access to a key " +
			"before the account that uses it exists.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the identity.",
				attribute.ValidName(naming.UserAssignedIdentity())),
			"resource_group_name": attribute.ResourceGroupName(),
			"location":            attribute.Location(),
			"tags":                attribute.Tags(),
			"id":                  attribute.ID(),
			"principal_id": attribute.Computed(
				"The object ID of the identity, which grants refer to."),
			"client_id": attribute.Computed("The client ID of the identity."),
			"tenant_id": attribute.Computed("The tenant of the identity."),
		},
	}
}
