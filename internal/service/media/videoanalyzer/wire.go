// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// created returns the account to send.
func (m *model) created() armmedia.VideoAnalyzer {
	return armmedia.VideoAnalyzer{
		Location: m.Location.ValueStringPointer(),
		Tags:     attribute.WireTags(m.Tags),
		Identity: media.WireIdentity(m.Identity, types.Object{}),
		Properties: &armmedia.VideoAnalyzerProperties{
			StorageAccounts:     []*armmedia.StorageAccount{m.wireStorage()},
			Encryption:          m.wireEncryption(),
			PublicNetworkAccess: m.WirePublicNetworkAccess(),
		},
	}
}

// changed returns the update to send, and reports whether anything changes. It names only what
// differs, so that what something else set meanwhile stays. After a failed change, which Azure may
// have carried out in part, it names again all that is managed.
func (m *model) changed(state *model) (update armmedia.VideoAnalyzerUpdate, changes bool) {
	again := state.Failed()
	properties := &armmedia.VideoAnalyzerProperties{}
	if again || m.storageChanges(state) {
		properties.StorageAccounts, changes = []*armmedia.StorageAccount{m.wireStorage()}, true
	}
	if media.EncryptionChanges(m.Encryption, state.Encryption) {
		properties.Encryption, changes = m.wireEncryption(), true
	}
	if again || !m.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, changes = m.WirePublicNetworkAccess(), true
	}
	if changes {
		update.Properties = properties
	}
	if attribute.IdentityChanges(m.Identity, state.Identity) {
		update.Identity, changes = media.WireIdentity(m.Identity, state.Identity), true
	}
	return update, changes || !m.Tags.Equal(state.Tags)
}

// storageChanges reports whether the storage account is to be sent.
func (m *model) storageChanges(state *model) bool {
	return !m.StorageAccount.Equal(state.StorageAccount)
}

func (m *model) wireEncryption() *armmedia.Encryption {
	return media.EncryptionIn(m.Encryption).Wire(wireResourceIdentity)
}

// wireResourceIdentity names the identity that the account accesses a resource with, if there is an ID.
func wireResourceIdentity(id attribute.ResourceIDValue) *armmedia.ResourceIdentity {
	if id.IsNull() {
		return nil
	}
	return &armmedia.ResourceIdentity{UserAssignedIdentity: id.ValueStringPointer()}
}

func (m *model) wireStorage() *armmedia.StorageAccount {
	planned := storageIn(m.StorageAccount)
	return &armmedia.StorageAccount{
		ID:       planned.ID.ValueStringPointer(),
		Identity: wireResourceIdentity(planned.UserAssignedIdentityID),
	}
}
