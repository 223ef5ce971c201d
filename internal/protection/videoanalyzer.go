// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package protection

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmedia"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// videoAnalyzers returns the kind of Video Analyzer accounts. They read a key as a user-assigned identity
// only, so that the service has no flag for the system-assigned one.
func videoAnalyzers(client *azure.Client) microsoftMedia[armmedia.VideoAnalyzerProperties] {
	return microsoftMedia[armmedia.VideoAnalyzerProperties]{
		traits: customerkey.VideoAnalyzer(),
		open: func(subscriptionID string) (mediaClient[armmedia.VideoAnalyzerProperties], error) {
			return client.VideoAnalyzers(subscriptionID)
		},
		encrypted: func(encryption *armmedia.Encryption) *armmedia.VideoAnalyzerProperties {
			return &armmedia.VideoAnalyzerProperties{Encryption: encryption}
		},
		encryption: func(properties armmedia.VideoAnalyzerProperties) *armmedia.Encryption {
			return properties.Encryption
		},
		reader: func(userAssignedIdentityID string) *armmedia.ResourceIdentity {
			if userAssignedIdentityID == "" {
				return nil // The rules have refused that (CMK008).
			}
			return &armmedia.ResourceIdentity{UserAssignedIdentity: to.Ptr(userAssignedIdentityID)}
		},
	}
}
