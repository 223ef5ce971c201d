// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package media

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

// Attributes are the attributes that both kinds of account have, in the resource and in the data
// source.
type Attributes struct {
	base.Tracked
	ID                  attribute.ResourceIDValue `tfsdk:"id"`
	Identity            types.Object              `tfsdk:"identity"`
	PublicNetworkAccess types.Bool                `tfsdk:"public_network_access_enabled"`
	Encryption          types.Object              `tfsdk:"encryption"`
	ProvisioningState   types.String              `tfsdk:"provisioning_state"`
}

// Identifier returns the ID in the state.
func (a *Attributes) Identifier() string { return a.ID.ValueString() }

// ObserveProperties takes over the properties that both kinds have.
func (a *Attributes) ObserveProperties(encryption *armmedia.Encryption,
	access *armmedia.PublicNetworkAccess, state *armmedia.ProvisioningState,
) {
	a.Encryption = ObservedEncryption(encryption)
	a.PublicNetworkAccess = types.BoolValue(azure.Deref(access) != armmedia.Disabled)
	a.ProvisioningState = types.StringValue(string(azure.Deref(state)))
}

// fill takes from what was observed what the plan left to Azure.
func (a *Attributes) fill(ctx context.Context, observed *Attributes) {
	a.Identity = attribute.Filled(ctx, a.Identity, observed.Identity)
	a.Encryption = attribute.Filled(ctx, a.Encryption, observed.Encryption)
	if a.ProvisioningState.IsUnknown() {
		a.ProvisioningState = observed.ProvisioningState
	}
}

// Failed reports whether the last change of the account failed after Azure had accepted it. It may
// have been carried out in part.
func (a *Attributes) Failed() bool {
	return a.ProvisioningState.ValueString() == string(armmedia.Failed)
}

// WirePublicNetworkAccess returns the public network access to send.
func (a *Attributes) WirePublicNetworkAccess() *armmedia.PublicNetworkAccess {
	if a.PublicNetworkAccess.ValueBool() {
		return to.Ptr(armmedia.Enabled)
	}
	return to.Ptr(armmedia.Disabled)
}

// keyed returns the part of the account that the rules of customer-managed keys are about.
func (a *Attributes) keyed() Keyed {
	return Keyed{
		ID: a.ID, Location: a.Location, Identity: a.Identity, Encryption: a.Encryption,
	}
}
