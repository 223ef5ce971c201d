// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
)

// grant is who may use which keys.
type grant struct {
	vaultID     string
	keyName     string // Empty for all keys of the vault.
	principalID string
}

// The ID of a grant is made up here: Azure has none that access policies and role assignments
// would have in common. It is the vault's or the key's, followed by what azurerm adds for an
// access policy.
const principalSegment = "/objectId/"

func (g grant) id() string { return g.scope() + principalSegment + g.principalID }

// scope is what a role is assigned at.
func (g grant) scope() string {
	if g.keyName == "" {
		return strings.TrimSuffix(g.vaultID, "/")
	}
	return customerkey.KeyScope(g.vaultID, g.keyName)
}

// parseID reads the ID of a grant.
func parseID(text string) (grant, error) {
	wrong := fmt.Errorf("%q is not the ID of a grant, which looks like %s or %s", text,
		form(""), form("<key>"))
	id, err := arm.ParseResourceID(text)
	if err != nil || !strings.EqualFold(lastType(id), "objectId") {
		return grant{}, wrong
	}
	parsed, parent := grant{principalID: id.Name}, id.Parent
	if strings.EqualFold(lastType(parent), "keys") {
		parsed.keyName, parent = parent.Name, parent.Parent
	}
	parsed.vaultID, err = azure.CanonicalID(parent.String(), azure.VaultType)
	if err != nil {
		return grant{}, wrong
	}
	return parsed, nil
}

// form shows what the ID of a grant looks like.
func form(key string) string {
	return grant{
		vaultID: azure.ID("<subscription ID>", "<group>", azure.VaultType, "<vault>"),
		keyName: key, principalID: "<principal ID>",
	}.id()
}

func lastType(id *arm.ResourceID) string {
	if len(id.ResourceType.Types) == 0 {
		return ""
	}
	return id.ResourceType.Types[len(id.ResourceType.Types)-1]
}

// vault reads the vault, which decides in what way access to it is granted.
func (r *Resource) vault(ctx context.Context, id string) (armkeyvault.Vault, error) {
	vaults, at, err := r.vaults(id)
	if err != nil {
		return armkeyvault.Vault{}, err
	}
	got, err := vaults.Get(ctx, at.ResourceGroupName, at.Name, nil)
	return got.Vault, err
}

func (r *Resource) vaults(id string) (*armkeyvault.VaultsClient, *arm.ResourceID, error) {
	at, err := azure.ParseID(id, azure.VaultType)
	if err != nil {
		return nil, nil, err
	}
	vaults, err := r.Client.Vaults(at.SubscriptionID)
	return vaults, at, err
}

// modeOf is how a vault decides about access to its keys.
func modeOf(vault armkeyvault.Vault) mode {
	if azure.Deref(azure.Deref(vault.Properties).EnableRbacAuthorization) {
		return byRole
	}
	return byPolicy
}
