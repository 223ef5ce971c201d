// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// created is the account as it is asked for. Every attribute is known by then, or left to Azure.
func (a *account) created(ctx context.Context) (armmedia.Account, diag.Diagnostics) {
	identity, diags := a.wireIdentity(ctx, nil)
	return armmedia.Account{
		Location: a.Location.ValueStringPointer(),
		Tags:     attribute.WireTags(a.Tags),
		Identity: identity,
		Properties: &armmedia.AccountProperties{
			StorageAccounts:       wireStorage(a.StorageAccounts, a.StorageAuthentication.ValueString()),
			StorageAuthentication: a.wireStorageAuthentication(),
			Encryption:            a.wireEncryption(),
			KeyDelivery:           a.wireKeyDelivery(),
			PublicNetworkAccess:   a.wirePublicNetworkAccess(),
			MinimumTLSVersion:     a.wireMinimumTLSVersion(),
		},
	}, diags
}

// changed is what of the account is to be changed, and whether anything is: only what differs is
// sent, so that what something else set meanwhile is not set back. After a change that failed, which
// may have been carried out in part, what is managed is sent again.
func (a *account) changed(ctx context.Context, state account,
) (update armmedia.AccountUpdate, changes bool, diags diag.Diagnostics) {
	again := state.failed()
	properties := &armmedia.AccountProperties{}
	if again || a.storageChanges(state) {
		// The way to come at the storage goes with each storage account of the list.
		properties.StorageAccounts = wireStorage(
			a.StorageAccounts, a.StorageAuthentication.ValueString())
		changes = true
	}
	if again || !a.StorageAuthentication.Equal(state.StorageAuthentication) {
		properties.StorageAuthentication, changes = a.wireStorageAuthentication(), true
	}
	if a.encryptionChanges(state) {
		properties.Encryption, changes = a.wireEncryption(), true
	}
	if !a.KeyDeliveryAccessControl.Equal(state.KeyDeliveryAccessControl) {
		properties.KeyDelivery = a.wireKeyDelivery()
		changes = changes || properties.KeyDelivery != nil
	}
	if again || !a.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, changes = a.wirePublicNetworkAccess(), true
	}
	if again || !a.MinimumTLSVersion.Equal(state.MinimumTLSVersion) {
		properties.MinimumTLSVersion, changes = a.wireMinimumTLSVersion(), true
	}
	if changes {
		update.Properties = properties
	}
	if a.identityChanges(state) {
		update.Identity, diags = a.wireIdentity(ctx, media.IdentityIDs(state.Identity))
		changes = true
	}
	return update, changes || !a.Tags.Equal(state.Tags), diags
}

// failed reports whether the last change of the account failed after Azure had accepted it.
func (a *account) failed() bool {
	return a.ProvisioningState.ValueString() == string(armmedia.Failed)
}

// storageChanges reports whether the list of storage accounts is to be sent.
func (a *account) storageChanges(state account) bool {
	return !a.StorageAccounts.Equal(state.StorageAccounts) ||
		!a.StorageAuthentication.Equal(state.StorageAuthentication)
}

// encryptionChanges reports whether the encryption is to be sent.
func (a *account) encryptionChanges(state account) bool {
	return media.EncryptionChanges(a.Encryption, state.Encryption)
}

// identityChanges reports whether the identity is to be sent. One that is left out is not managed.
func (a *account) identityChanges(state account) bool {
	return !a.Identity.IsNull() && !a.Identity.Equal(state.Identity)
}

// wireIdentity is the identity to send. before are the user-assigned ones that there were.
func (a *account) wireIdentity(ctx context.Context, before []string,
) (*armmedia.Identity, diag.Diagnostics) {
	if a.Identity.IsNull() {
		return nil, nil
	}
	identity, diags := attribute.ExpandIdentity(ctx, a.Identity)
	return media.WireIdentity(identity, before), diags
}

func (a *account) wireEncryption() *armmedia.Encryption {
	return media.EncryptionIn(a.Encryption).Wire(wireResourceIdentity)
}

// wireKeyDelivery is the access control to send; nil where it is left to Azure.
func (a *account) wireKeyDelivery() *armmedia.KeyDelivery {
	if a.KeyDeliveryAccessControl.IsNull() || a.KeyDeliveryAccessControl.IsUnknown() {
		return nil
	}
	planned := deliveryIn(a.KeyDeliveryAccessControl)
	control := &armmedia.AccessControl{
		DefaultAction: to.Ptr(armmedia.DefaultAction(planned.DefaultAction.ValueString())),
		IPAllowList:   []*string{}, // Sent even if it is empty, or the old list would stay.
	}
	for _, element := range planned.IPAllowList.Elements() {
		if address, ok := element.(types.String); ok {
			control.IPAllowList = append(control.IPAllowList, address.ValueStringPointer())
		}
	}
	return &armmedia.KeyDelivery{AccessControl: control}
}

func (a *account) wireStorageAuthentication() *armmedia.StorageAuthentication {
	return to.Ptr(armmedia.StorageAuthentication(a.StorageAuthentication.ValueString()))
}

func (a *account) wireMinimumTLSVersion() *armmedia.MinimumTLSVersion {
	return to.Ptr(armmedia.MinimumTLSVersion(a.MinimumTLSVersion.ValueString()))
}

func (a *account) wirePublicNetworkAccess() *armmedia.PublicNetworkAccess {
	if a.PublicNetworkAccess.ValueBool() {
		return to.Ptr(armmedia.Enabled)
	}
	return to.Ptr(armmedia.Disabled)
}
