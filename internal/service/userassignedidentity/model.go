// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package userassignedidentity

import (
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

type model struct {
	base.Common
	base.Tracked
	PrincipalID types.String `tfsdk:"principal_id"`
	ClientID    types.String `tfsdk:"client_id"`
	TenantID    types.String `tfsdk:"tenant_id"`
}

// observe copies Azure's answer into the model. The ID stays as it is.
func (m *model) observe(identity armmsi.Identity) {
	m.ObserveTracked(m.Identifier(), identity.Name, identity.Location, identity.Tags)
	properties := azure.Deref(identity.Properties)
	m.PrincipalID = types.StringPointerValue(properties.PrincipalID)
	m.ClientID = types.StringPointerValue(properties.ClientID)
	m.TenantID = types.StringPointerValue(properties.TenantID)
}
