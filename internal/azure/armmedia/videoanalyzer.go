// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmedia

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
)

// VideoAnalyzerAPIVersion is the version of the service that is spoken for Video Analyzer accounts,
// the newest that there is.
const VideoAnalyzerAPIVersion = "2021-11-01-preview"

// VideoAnalyzerSyncAPIVersion is the one version that has syncStorageKeys.
const VideoAnalyzerSyncAPIVersion = "2021-05-01-preview"

// VideoAnalyzersClient is the client of Video Analyzer accounts.
type VideoAnalyzersClient struct {
	client[VideoAnalyzerProperties]
}

// NewVideoAnalyzersClient returns a client of the accounts in a subscription.
func NewVideoAnalyzersClient(subscriptionID string, credential azcore.TokenCredential,
	options *arm.ClientOptions,
) (*VideoAnalyzersClient, error) {
	inner, err := newClient[VideoAnalyzerProperties](
		kind{"Microsoft.Media/videoAnalyzers", VideoAnalyzerAPIVersion},
		subscriptionID, credential, options)
	if err != nil {
		return nil, err
	}
	return &VideoAnalyzersClient{inner}, nil
}

// SyncStorageKeys makes an account read the keys of an attached storage account again. An account
// that goes to it as an identity holds no keys, and reads none.
func (c *VideoAnalyzersClient) SyncStorageKeys(ctx context.Context, group, name,
	storageAccountID string,
) error {
	former := c.inner.WithVersion(VideoAnalyzerSyncAPIVersion)
	return former.Call(ctx, http.MethodPost, c.account(group, name)+"/syncStorageKeys",
		map[string]string{"id": storageAccountID}, nil, http.StatusOK)
}

// VideoAnalyzer is a Video Analyzer account.
type VideoAnalyzer = Resource[VideoAnalyzerProperties]

// VideoAnalyzerUpdate changes a Video Analyzer account.
type VideoAnalyzerUpdate = Update[VideoAnalyzerProperties]

// VideoAnalyzerProperties are the properties of an account. Its storage accounts have no type, and
// its identities are user-assigned ones.
type VideoAnalyzerProperties struct {
	StorageAccounts     []*StorageAccount       `json:"storageAccounts,omitempty"`
	Endpoints           []VideoAnalyzerEndpoint `json:"endpoints,omitempty"` // Read-only.
	Encryption          *Encryption             `json:"encryption,omitempty"`
	PublicNetworkAccess *PublicNetworkAccess    `json:"publicNetworkAccess,omitempty"`
	ProvisioningState   *ProvisioningState      `json:"provisioningState,omitempty"` // Read-only.
}

// VideoAnalyzerEndpoint is where clients of an account go.
type VideoAnalyzerEndpoint struct {
	Type        *string `json:"type,omitempty"`
	EndpointURL *string `json:"endpointUrl,omitempty"`
}

func (p VideoAnalyzerProperties) MarshalJSON() ([]byte, error) { return marshal(p) }
