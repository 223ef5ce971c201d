// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/media"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/microsoftmedia"
)

// created is the account as it is asked for. Every attribute is known by then, or left to Azure.
func (a *analyzer) created() media.VideoAnalyzer {
	return media.VideoAnalyzer{
		Location: a.Location.ValueStringPointer(),
		Tags:     attribute.WireTags(a.Tags),
		Identity: a.wireIdentity(types.Object{}),
		Properties: &media.VideoAnalyzerProperties{
			StorageAccounts:     []*media.StorageAccount{a.wireStorage()},
			Encryption:          a.wireEncryption(),
			PublicNetworkAccess: a.wirePublicNetworkAccess(),
		},
	}
}

// changed is what of the account is to be changed, and whether anything is: only what differs is
// sent, so that what something else set meanwhile is not set back. After a change that failed, which
// may have been carried out in part, what is managed is sent again.
func (a *analyzer) changed(state analyzer) (update media.VideoAnalyzerUpdate, changes bool) {
	again := state.failed()
	properties := &media.VideoAnalyzerProperties{}
	if again || !a.StorageAccount.Equal(state.StorageAccount) {
		properties.StorageAccounts, changes = []*media.StorageAccount{a.wireStorage()}, true
	}
	if microsoftmedia.EncryptionChanges(a.Encryption, state.Encryption) {
		properties.Encryption, changes = a.wireEncryption(), true
	}
	if again || !a.PublicNetworkAccess.Equal(state.PublicNetworkAccess) {
		properties.PublicNetworkAccess, changes = a.wirePublicNetworkAccess(), true
	}
	if changes {
		update.Properties = properties
	}
	if !a.Identity.Equal(state.Identity) {
		update.Identity, changes = a.wireIdentity(state.Identity), true
	}
	return update, changes || !a.Tags.Equal(state.Tags)
}

// wireIdentity is the identity to send. before is the attribute as it was.
func (a *analyzer) wireIdentity(before types.Object) *media.Identity {
	return microsoftmedia.WireIdentity(
		attribute.ManagedIdentity{UserAssignedIDs: microsoftmedia.IdentityIDs(a.Identity)},
		microsoftmedia.IdentityIDs(before))
}

func (a *analyzer) wireEncryption() *media.Encryption {
	return microsoftmedia.EncryptionIn(a.Encryption).Wire(wireResourceIdentity)
}

// wireResourceIdentity names the identity of the account that something is reached with, where one
// is named.
func wireResourceIdentity(id attribute.ResourceIDValue) *media.ResourceIdentity {
	if id.IsNull() {
		return nil
	}
	return &media.ResourceIdentity{UserAssignedIdentity: id.ValueStringPointer()}
}

func (a *analyzer) wireStorage() *media.StorageAccount {
	planned := storageIn(a.StorageAccount)
	return &media.StorageAccount{
		ID:       planned.ID.ValueStringPointer(),
		Identity: wireResourceIdentity(planned.UserAssignedIdentityID),
	}
}

// foreignStorage lists the storage accounts that Azure has attached beside the one that the state
// names and the one that the plan does. They are something else's, and stay.
func foreignStorage(current []*media.StorageAccount, state, plan types.Object,
) []*media.StorageAccount {
	var foreign []*media.StorageAccount
	for _, attached := range current {
		id := azure.Deref(attached.ID)
		if !azure.SameID(id, storageIn(state).ID.ValueString()) &&
			!azure.SameID(id, storageIn(plan).ID.ValueString()) {
			foreign = append(foreign, &media.StorageAccount{ID: attached.ID, Identity: attached.Identity})
		}
	}
	return foreign
}

func (a *analyzer) wirePublicNetworkAccess() *media.PublicNetworkAccess {
	if a.PublicNetworkAccess.ValueBool() {
		return to.Ptr(media.Enabled)
	}
	return to.Ptr(media.Disabled)
}
