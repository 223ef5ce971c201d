// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"context"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/diagnostic"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/vaultaccess"
)

// grant says which principal may use which keys.
type grant struct {
	vaultID     string
	keyName     string // Empty for all keys of the vault.
	principalID string
}

func (g grant) id() string { return vaultaccess.GrantID(g.scope(), g.principalID) }

// scope returns the scope of the role assignment.
func (g grant) scope() string {
	if g.keyName == "" {
		return strings.TrimSuffix(g.vaultID, "/")
	}
	return customerkey.KeyScope(g.vaultID, g.keyName)
}

// parseID parses the ID of a grant.
func parseID(text string) (grant, error) {
	wrong := diagnostic.Refusal{
		Required: "the ID of a grant, which looks like " + form("") + " or " + form("<key>"),
		Remedy:   "Join the ID of the vault or key, /objectId/ and the object ID of the identity",
	}
	var parsed grant
	var ok bool
	if parsed.vaultID, parsed.keyName, parsed.principalID, ok = vaultaccess.ParseGrantID(text); !ok {
		return grant{}, wrong
	}
	return parsed, nil
}

// form returns what the ID of a grant looks like.
func form(key string) string {
	return grant{
		vaultID: azure.ID("<subscription ID>", "<group>", azure.VaultType, "<vault>"),
		keyName: key, principalID: "<principal ID>",
	}.id()
}

// vault returns the vault, which says how it grants access.
func (r *Resource) vault(ctx context.Context, id string) (armkeyvault.Vault, error) {
	return vaultaccess.Vault(ctx, r.Client, id)
}

// modeOf returns how a vault grants access to its keys.
func modeOf(vault armkeyvault.Vault) mode {
	if vaultaccess.ByRole(vault) {
		return byRole
	}
	return byPolicy
}
