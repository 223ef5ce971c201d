// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package resourcegroup

import (
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type model struct {
	base.Common
	Name     attribute.NameValue     `tfsdk:"name"`
	Location attribute.LocationValue `tfsdk:"location"`
	Tags     types.Map               `tfsdk:"tags"`
}

// observe copies Azure's answer into the model. The ID stays as it is.
func (m *model) observe(group armresources.ResourceGroup) {
	importing := base.Imported(m.Name)
	m.Name = attribute.NewName(azure.Deref(group.Name))
	m.Location = attribute.NewLocation(azure.Deref(group.Location))
	m.Tags = attribute.ManagedTags(group.Tags, m.Tags, importing)
}
