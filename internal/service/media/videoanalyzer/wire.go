// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package videoanalyzer

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/attribute"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/service/media"
)

// created is the account as it is asked for. Every attribute is known by then, or left to Azure.
func (a *analyzer) created() armmedia.VideoAnalyzer {
	return armmedia.VideoAnalyzer{
		Location: a.Location.ValueStringPointer(),
		Tags:     attribute.WireTags(a.Tags),
		Identity: a.wireIdentity(types.Object{}),
		Properties: &armmedia.VideoAnalyzerProperties{
			StorageAccounts:     []*armmedia.StorageAccount{a.wireStorage()},
			Encryption:          a.wireEncryption(),
			PublicNetworkAccess: a.wirePublicNetworkAccess(),
		},
	}
}

// changed is what of the account is to be changed, and whether anything is: only what differs is
// sent, so that what something else set meanwhile is not set back. After a change that failed, which
// may have been carried out in part, what is managed is sent again.
func (a *analyzer) changed(state analyzer) (update armmedia.VideoAnalyzerUpdate, changes bool) {
	again := state.failed()
	properties := &armmedia.VideoAnalyzerProperties{}
	if again || !a.StorageAccount.Equal(state.StorageAccount) {
		properties.StorageAccounts, changes = []*armmedia.StorageAccount{a.wireStorage()}, true
	}
	if media.EncryptionChanges(a.Encryption, state.Encryption) {
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
func (a *analyzer) wireIdentity(before types.Object) *armmedia.Identity {
	return media.WireIdentity(
		attribute.ManagedIdentity{UserAssignedIDs: media.IdentityIDs(a.Identity)},
		media.IdentityIDs(before))
}

func (a *analyzer) wireEncryption() *armmedia.Encryption {
	return media.EncryptionIn(a.Encryption).Wire(wireResourceIdentity)
}

// wireResourceIdentity names the identity of the account that something is reached with, where one
// is named.
func wireResourceIdentity(id attribute.ResourceIDValue) *armmedia.ResourceIdentity {
	if id.IsNull() {
		return nil
	}
	return &armmedia.ResourceIdentity{UserAssignedIdentity: id.ValueStringPointer()}
}

func (a *analyzer) wireStorage() *armmedia.StorageAccount {
	planned := storageIn(a.StorageAccount)
	return &armmedia.StorageAccount{
		ID:       planned.ID.ValueStringPointer(),
		Identity: wireResourceIdentity(planned.UserAssignedIdentityID),
	}
}

// foreignStorage lists the storage accounts that Azure has attached beside the one that the state
// names and the one that the plan does. They are something else's, and stay.
func foreignStorage(current []*armmedia.StorageAccount, state, plan types.Object,
) []*armmedia.StorageAccount {
	var foreign []*armmedia.StorageAccount
	for _, attached := range current {
		id := azure.Deref(attached.ID)
		if !azure.SameID(id, storageIn(state).ID.ValueString()) &&
			!azure.SameID(id, storageIn(plan).ID.ValueString()) {
			foreign = append(foreign, &armmedia.StorageAccount{ID: attached.ID, Identity: attached.Identity})
		}
	}
	return foreign
}

func (a *analyzer) wirePublicNetworkAccess() *armmedia.PublicNetworkAccess {
	if a.PublicNetworkAccess.ValueBool() {
		return to.Ptr(armmedia.Enabled)
	}
	return to.Ptr(armmedia.Disabled)
}
