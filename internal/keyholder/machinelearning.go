// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyholder

import (
	"context"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// machineLearning reads and syncs Machine Learning workspaces. Each has one storage account.
type machineLearning struct{ client *azure.Client }

func (machineLearning) Noun() string          { return "Machine Learning workspace" }
func (machineLearning) ResourceType() string  { return azure.WorkspaceType }
func (machineLearning) ReportsLastSync() bool { return false }

// authModeVersion is an api-version that shows how a workspace reaches its storage account. The
// official client sends an older one, which does not.
const authModeVersion = "2025-06-01"

func (m machineLearning) Read(ctx context.Context, id, storageAccountID string) (Dependent, error) {
	resources, _, err := azure.Open(id, azure.WorkspaceType, m.client.Resources)
	if err != nil {
		return Dependent{}, err
	}
	workspace, err := resources.GetByID(ctx, id, authModeVersion, nil)
	if err != nil {
		return Dependent{}, err
	}
	properties, _ := workspace.Properties.(map[string]any)
	storage, _ := properties["storageAccount"].(string)
	mode, _ := properties["systemDatastoresAuthMode"].(string) // Older answers lack it: keys were the only way.
	attached := azure.SameID(storage, storageAccountID)
	usesKeys := attached && (mode == "" || strings.EqualFold(mode, "AccessKey"))
	return Dependent{ID: id, Kind: m, Attached: attached, UsesKeys: usesKeys}, nil
}

// Sync has the workspace read all the keys that it holds, and waits for the long-running operation.
func (m machineLearning) Sync(ctx context.Context, id, _ string) error {
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

func (machineLearning) SyncCommand(id, _ string) string {
	return command("az ml workspace sync-keys", "--name", id)
}

// List reads each workspace on the storage account, because the list does not show which use its
// keys.
func (m machineLearning) List(ctx context.Context, subscriptionID, storageAccountID string,
) ([]string, error) {
	workspaces, err := m.client.Workspaces(subscriptionID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for pages := workspaces.NewListBySubscriptionPager(); pages.More(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, workspace := range page.Value {
			if azure.SameID(workspace.Properties.StorageAccount, storageAccountID) {
				ids = append(ids, workspace.ID)
			}
		}
	}
	return m.withKeys(ctx, ids, storageAccountID)
}

// withKeys returns the IDs of the workspaces that use the keys. It reads them concurrently.
func (m machineLearning) withKeys(ctx context.Context, ids []string, storageAccountID string,
) ([]string, error) {
	found := make([]Dependent, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	for i, id := range ids {
		g.Go(func() (err error) {
			found[i], err = m.Read(ctx, id, storageAccountID)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var using []string
	for _, workspace := range found {
		if workspace.UsesKeys {
			using = append(using, workspace.ID)
		}
	}
	return using, nil
}
