// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity

import (
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type model struct {
	base.Common
	Name              attribute.NameValue     `tfsdk:"name"`
	ResourceGroupName attribute.NameValue     `tfsdk:"resource_group_name"`
	Location          attribute.LocationValue `tfsdk:"location"`
	Tags              types.Map               `tfsdk:"tags"`
	PrincipalID       types.String            `tfsdk:"principal_id"`
	ClientID          types.String            `tfsdk:"client_id"`
	TenantID          types.String            `tfsdk:"tenant_id"`
}

// observe copies Azure's answer into the model. The ID stays as it is; the resource group, which the
// answer lacks, comes from it.
func (m *model) observe(identity armmsi.Identity) {
	importing := base.Imported(m.Name)
	m.Name = attribute.NewName(azure.Deref(identity.Name))
	m.ResourceGroupName = attribute.NewName(azure.GroupOf(m.ID.ValueString()))
	m.Location = attribute.NewLocation(azure.Deref(identity.Location))
	m.Tags = attribute.ManagedTags(identity.Tags, m.Tags, importing)

	properties := azure.Deref(identity.Properties)
	m.PrincipalID = types.StringPointerValue(properties.PrincipalID)
	m.ClientID = types.StringPointerValue(properties.ClientID)
	m.TenantID = types.StringPointerValue(properties.TenantID)
}
