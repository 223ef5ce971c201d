// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"strings"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure/armmachinelearning"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/keyrotation"
)

// machineLearning reads and syncs Machine Learning workspaces. Each has one storage account.
type machineLearning struct{ client *azure.Client }

func (machineLearning) Noun() string          { return "Machine Learning workspace" }
func (machineLearning) ResourceType() string  { return azure.WorkspaceType }
func (machineLearning) HoldsOneKey() bool     { return false }
func (machineLearning) ReportsLastSync() bool { return false }

func (m machineLearning) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	workspaces, at, err := azure.Open(id, azure.WorkspaceType, m.client.Workspaces)
	if err != nil {
		return Dependent{}, err
	}
	workspace, err := workspaces.Get(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return Dependent{}, err
	}
	found := on([]Dependent{m.dependent(id, workspace)}, m, id, storageAccountID)
	found.unsure = false
	return found, nil
}

// Sync has the workspace read all the keys that it holds, and waits for the long-running operation.
func (m machineLearning) Sync(ctx context.Context, id, _ string, _ keyrotation.Key) error {
	workspaces, at, err := azure.Open(id, azure.WorkspaceType, m.client.Workspaces)
	if err != nil {
		return err
	}
	resync, err := workspaces.BeginResyncKeys(ctx, at.ResourceGroupName, at.Name)
	if err != nil {
		return err
	}
	_, err = azure.Await(ctx, resync)
	return err
}

func (machineLearning) SyncCommand(id, _ string, _ keyrotation.Key) string {
	return command("az ml workspace sync-keys", "--name", id)
}

func (m machineLearning) List(ctx context.Context, subscriptionID string) (found []Dependent, err error) {
	workspaces, err := m.client.Workspaces(subscriptionID)
	if err != nil {
		return nil, err
	}
	err = azure.EachPage(ctx, workspaces.NewListBySubscriptionPager(),
		func(page armmachinelearning.WorkspacePage) {
			for _, workspace := range page.Value {
				found = append(found, m.dependent(workspace.ID, workspace))
			}
		})
	return found, err
}

// dependent returns how a workspace uses its storage account, which "cannot be changed once the
// workspace has been created" (OpenAPI document, WorkspaceProperties.storageAccount). Older workspaces show no mode: keys were
// the only way. A list may leave the mode out where the workspace itself shows it.
func (m machineLearning) dependent(id string, workspace armmachinelearning.Workspace) Dependent {
	mode := workspace.Properties.AuthMode
	return Dependent{
		ID: id, Kind: m, StorageAccountID: workspace.Properties.StorageAccount, Attached: true,
		Bound: true, UsesKeys: mode == "" || strings.EqualFold(mode, "AccessKey"), unsure: mode == "",
	}
}
