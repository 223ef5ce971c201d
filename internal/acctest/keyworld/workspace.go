// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyworld

import (
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/machinelearning/armmachinelearning/v4"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/resources/armresources/v3"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// Workspace makes a Machine Learning workspace on a storage account, and returns its ID. mode is how it
// goes there, "AccessKey" or "Identity", which the official client does not know.
func (w *World) Workspace(name, storage, mode string) string {
	w.t.Helper()
	resources, err := w.Client.Resources(w.SubscriptionID())
	w.must(err)
	id := w.ID(azure.WorkspaceType, name)
	creation, err := resources.BeginCreateOrUpdateByID(w.ctx, id, "2025-06-01", armresources.GenericResource{
		Location: to.Ptr(Location),
		Identity: &armresources.Identity{Type: to.Ptr(armresources.ResourceIdentityTypeSystemAssigned)},
		Properties: map[string]any{
			"storageAccount": storage, "keyVault": w.ID(azure.VaultType, name),
			"applicationInsights":      w.ID("Microsoft.Insights/components", name),
			"systemDatastoresAuthMode": mode,
		},
	}, nil)
	w.must(err)
	_, err = azure.Await(w.ctx, creation)
	w.must(err)
	return id
}

// WorkspaceKey is the storage key that a workspace holds, or "".
func (w *World) WorkspaceKey(name string) string {
	w.t.Helper()
	workspaces, err := w.Client.Workspaces(w.SubscriptionID())
	w.must(err)
	var held armmachinelearning.WorkspacesClientListStorageAccountKeysResponse
	held, err = workspaces.ListStorageAccountKeys(w.ctx, Group, name, nil)
	w.must(err)
	return azure.Deref(held.UserStorageKey)
}
