// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/naming"
)

func resourceSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A resource group. Terraform deletes it only when it is empty, so " +
			"that it never deletes resources it does not manage.",
		Attributes: map[string]schema.Attribute{
			"name": attribute.Name("The name of the resource group.",
				attribute.ValidName(naming.ResourceGroup())),
			"location": attribute.Location(),
			"tags":     attribute.Tags(),
			"id":       attribute.ID(),
		},
	}
}
