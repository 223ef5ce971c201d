// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// mediaServices returns the kind of Media Services accounts.
func mediaServices(client *azure.Client) microsoftMedia[armmedia.AccountProperties] {
	return microsoftMedia[armmedia.AccountProperties]{
		traits: customerkey.MediaServices(),
		open: func(subscriptionID string) (mediaClient[armmedia.AccountProperties], error) {
			return client.MediaAccounts(subscriptionID)
		},
		encrypted: func(encryption *armmedia.Encryption) *armmedia.AccountProperties {
			return &armmedia.AccountProperties{Encryption: encryption}
		},
		encryption: func(properties armmedia.AccountProperties) *armmedia.Encryption { return properties.Encryption },
		reader: func(userAssignedIdentityID string) *armmedia.ResourceIdentity {
			reader := &armmedia.ResourceIdentity{UseSystemAssignedIdentity: to.Ptr(userAssignedIdentityID == "")}
			if userAssignedIdentityID != "" {
				reader.UserAssignedIdentity = to.Ptr(userAssignedIdentityID)
			}
			return reader
		},
	}
}
