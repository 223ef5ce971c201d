// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package vaultaccess

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

// ParseGrantID parses the ID of a grant. The name of the key is empty for all keys of the vault.
func ParseGrantID(text string) (vaultID, keyName, principalID string, ok bool) {
	id, err := arm.ParseResourceID(text)
	if err != nil || !strings.EqualFold(lastType(id), "objectId") {
		return "", "", "", false
	}
	parent := id.Parent
	if strings.EqualFold(lastType(parent), "keys") {
		keyName, parent = parent.Name, parent.Parent
	}
	vaultID, err = azure.CanonicalID(parent.String(), azure.VaultType)
	return vaultID, keyName, id.Name, err == nil
}

func lastType(id *arm.ResourceID) string {
	if len(id.ResourceType.Types) == 0 {
		return ""
	}
	return id.ResourceType.Types[len(id.ResourceType.Types)-1]
}

// Vault reads a vault, which says how it grants access.
func Vault(ctx context.Context, client *azure.Client, id string) (armkeyvault.Vault, error) {
	vaults, at, err := azure.Open(id, azure.VaultType, client.Vaults)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	got, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Vault, err
}
