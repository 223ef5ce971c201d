// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package account

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// created returns the account to send.
func (m *model) created() armmedia.Account {
	return armmedia.Account{
		Location: m.Location.ValueStringPointer(),
		Tags:     attribute.WireTags(m.Tags),
		Identity: media.WireIdentity(m.Identity, types.Object{}),
		Properties: &armmedia.AccountProperties{
			StorageAccounts:       wireStorage(m.StorageAccounts, m.StorageAuthentication.ValueString()),
			StorageAuthentication: m.wireStorageAuthentication(),
			Encryption:            m.wireEncryption(),
			KeyDelivery:           m.wireKeyDelivery(),
			PublicNetworkAccess:   m.WirePublicNetworkAccess(),
			MinimumTLSVersion:     m.wireMinimumTLSVersion(),
		},
	}
}

// changed returns the update to send, and reports whether anything changes. It names only what
// differs, so that what something else set meanwhile stays. After a failed change, which Azure may
// have carried out in part, it names again all that is managed.
func (m *model) changed(state *model) (update armmedia.AccountUpdate, changes bool) {
	again := state.Failed()
	properties := &armmedia.AccountProperties{}
	if again || m.storageChanges(state) {
		properties.StorageAccounts = wireStorage(
			m.StorageAccounts, m.StorageAuthentication.ValueString())
		changes = true
	}
	if again || !m.StorageAuthentication.Equal(state.StorageAuthentication) {
		properties.StorageAuthentication, changes = m.wireStorageAuthentication(), true
	}
	if media.EncryptionChanges(m.Encryption, state.Encryption) {
		properties.Encryption, changes = m.wireEncryption(), true
	}
	if !m.KeyDeliveryAccessControl.Equal(state.KeyDeliveryAccessControl) {
		properties.KeyDelivery = m.wireKeyDelivery()
		changes = changes || properties.KeyDelivery != nil
	}
	if again || !m.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, changes = m.WirePublicNetworkAccess(), true
	}
	if again || !m.MinimumTLSVersion.Equal(state.MinimumTLSVersion) {
		properties.MinimumTLSVersion, changes = m.wireMinimumTLSVersion(), true
	}
	if changes {
		update.Properties = properties
	}
	// An identity that is left out is not managed.
	if !m.Identity.IsNull() && attribute.IdentityChanges(m.Identity, state.Identity) {
		update.Identity, changes = media.WireIdentity(m.Identity, state.Identity), true
	}
	return update, changes || !m.Tags.Equal(state.Tags)
}

// storageChanges reports whether the storage accounts are to be sent. Each of them carries the way
// to access it.
func (m *model) storageChanges(state *model) bool {
	return !m.StorageAccounts.Equal(state.StorageAccounts) ||
		!m.StorageAuthentication.Equal(state.StorageAuthentication)
}

func (m *model) wireEncryption() *armmedia.Encryption {
	return media.EncryptionIn(m.Encryption).Wire(wireResourceIdentity)
}

// wireKeyDelivery returns the access control to send, or nil where the plan leaves it to Azure.
func (m *model) wireKeyDelivery() *armmedia.KeyDelivery {
	if m.KeyDeliveryAccessControl.IsNull() || m.KeyDeliveryAccessControl.IsUnknown() {
		return nil
	}
	planned := deliveryIn(m.KeyDeliveryAccessControl)
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

func (m *model) wireStorageAuthentication() *armmedia.StorageAuthentication {
	return to.Ptr(armmedia.StorageAuthentication(m.StorageAuthentication.ValueString()))
}

func (m *model) wireMinimumTLSVersion() *armmedia.MinimumTLSVersion {
	return to.Ptr(armmedia.MinimumTLSVersion(m.MinimumTLSVersion.ValueString()))
}
