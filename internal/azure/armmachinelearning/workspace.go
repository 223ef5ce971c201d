// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package armmachinelearning calls the operations on Machine Learning workspaces that the
// provider needs. The SDK's client of the same name has them too, at the price of 75,000 lines
// that every build compiles.
package armmachinelearning

import (
	"context"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armclient"
)

// The version shows how a workspace accesses its storage account, which stable versions before
// 2024-10-01 do not.
const (
	workspaceType       = "Microsoft.MachineLearningServices/workspaces"
	workspaceAPIVersion = "2025-06-01"
)

// WorkspacesClient is the client of Machine Learning workspaces.
type WorkspacesClient struct{ client armclient.Client }

// NewWorkspacesClient returns a client of the workspaces in a subscription.
func NewWorkspacesClient(subscriptionID string, credential azcore.TokenCredential,
	options *arm.ClientOptions,
) (*WorkspacesClient, error) {
	client, err := armclient.New("azuremedia/machinelearning", subscriptionID, workspaceAPIVersion,
		credential, options)
	if err != nil {
		return nil, err
	}
	return &WorkspacesClient{client}, nil
}

// Workspace is a workspace with the storage account that it was created on.
type Workspace struct {
	ID         string `json:"id"`
	Properties struct {
		StorageAccount string `json:"storageAccount"`
		// AuthMode says how the workspace accesses its storage account, such as AccessKey or Identity.
		AuthMode string `json:"systemDatastoresAuthMode"`
	} `json:"properties"`
}

// WorkspacePage is one page of a list of workspaces.
type WorkspacePage struct {
	Value    []Workspace `json:"value"`
	NextLink string      `json:"nextLink"`
}

// Get reads a workspace.
func (c *WorkspacesClient) Get(ctx context.Context, group, name string) (workspace Workspace, err error) {
	err = c.client.Call(ctx, http.MethodGet, c.client.Resource(group, workspaceType, name), nil, &workspace,
		http.StatusOK)
	return workspace, err
}

// NewListBySubscriptionPager lists the workspaces in the subscription.
func (c *WorkspacesClient) NewListBySubscriptionPager() *runtime.Pager[WorkspacePage] {
	return armclient.NewPager(c.client, c.client.Subscription()+"/providers/"+workspaceType,
		func(page WorkspacePage) string { return page.NextLink })
}

// BeginResyncKeys makes a workspace read the keys of its storage account again.
func (c *WorkspacesClient) BeginResyncKeys(ctx context.Context, group, name string,
) (*runtime.Poller[struct{}], error) {
	return armclient.Begin[struct{}](ctx, c.client, http.MethodPost,
		c.client.Resource(group, workspaceType, name)+"/resyncKeys", nil)
}
