// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package microsoftmedia

import "github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"

// Identity chooses one of the account's identities. Accounts of Video Analyzer have no system-assigned
// one.
type Identity struct {
	UserAssigned engine.ID `json:"userAssignedIdentity,omitempty"`
	System       *bool     `json:"useSystemAssignedIdentity,omitempty"`
}

// Principal returns the object ID of the account's identity that was chosen: the system-assigned
// one where nothing was. It refuses an identity that is not the account's own.
func Principal(
	tx *engine.Tx, account *engine.Resource, chosen *Identity,
) (string, *engine.Error) {
	if chosen == nil {
		chosen = new(Identity)
	}
	system := chosen.System == nil && chosen.UserAssigned == "" || chosen.System != nil && *chosen.System
	switch {
	case system && chosen.UserAssigned != "":
		return "", Bad("Either the system-assigned identity or a user-assigned identity can be used, not " +
			"both.")
	case !system && chosen.UserAssigned == "":
		return "", Bad("An identity is needed: set useSystemAssignedIdentity or userAssignedIdentity.")
	case system && !account.Identity.System():
		return "", Bad("The account '%s' has no system-assigned identity.", account.Name)
	case system:
		return account.Identity.PrincipalID, nil
	}
	user := account.Identity.User(chosen.UserAssigned)
	if user == nil {
		return "", Bad("The identity '%s' is not one of the user-assigned identities of the account '%s'.",
			chosen.UserAssigned, account.Name)
	}
	if tx.Resource(chosen.UserAssigned) == nil {
		// The account keeps naming an identity that was deleted. Nobody gets a token for it.
		return "", Bad("The identity '%s' does not exist any more.", chosen.UserAssigned)
	}
	return user.PrincipalID, nil
}
