// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package customerkeygrant

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/customerkey"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/framework/base"
)

// ownership returns the access of which there must be one grant. The ID is empty as long as it is not known.
// Present says that the state has the grant.
func (m *model) ownership(present bool) base.Ownership {
	const noun = "azuremedia_customer_key_grant"
	g, granted := m.grant(), strings.Join(customerkey.RequiredKeyPermissions(), ", ")
	owned := base.Ownership{
		At: path.Root("principal_id"), Owner: "an " + noun, Wanted: granted,
		Object: "the access of the principal " + g.principalID + " to the keys of the vault " + azure.NameOf(g.vaultID),
		GiveUp: "remove the other " + noun + ", with a removed block and lifecycle { destroy = false } so that the " +
			"access stays",
	}
	if g.vaultID != "" && g.principalID != "" && !m.KeyName.IsUnknown() {
		owned.ID = g.id()
	}
	if present {
		owned.Present = granted
	}
	return owned
}
