// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"strings"
)

// identify gives the resource the identity that was sent.
func (e *Engine) identify(r *Request, t *ResourceType, old, next *Resource) error {
	var before *Identity
	if old != nil {
		before = old.Identity
	}
	sent, ok := r.Body["identity"].(map[string]any)
	if !ok {
		if next.Identity == nil && r.HTTP.Method == http.MethodPatch {
			next.Identity = before
		}
		return nil
	}
	kind, _ := sent["type"].(string)
	identity := &Identity{Type: kind}
	switch strings.ToLower(strings.ReplaceAll(kind, " ", "")) {
	case "none":
		identity.Type = "None"
	case "systemassigned":
		identity.Type = "SystemAssigned"
	case "userassigned":
		identity.Type = "UserAssigned"
	case "systemassigned,userassigned":
		identity.Type = "SystemAssigned,UserAssigned"
	default:
		return Gatewayf(http.StatusBadRequest, "InvalidIdentityType",
			"The identity type '%s' is not valid for the resource '%s'.", kind, next.Name)
	}
	if t.CheckIdentity != nil {
		if refused := t.CheckIdentity(kind); refused != nil {
			return refused
		}
	}
	if strings.Contains(identity.Type, "UserAssigned") {
		if err := e.userIdentities(r, before, identity, sent); err != nil {
			return err
		}
	}
	if identity.System() {
		if before.System() {
			identity.PrincipalID, identity.TenantID = before.PrincipalID, before.TenantID
		} else {
			identity.PrincipalID, identity.TenantID = e.identities.SystemAssigned(r.Tx, next)
		}
	}
	next.Identity = identity
	return nil
}

// userIdentities resolves the user-assigned identities that were sent. With PATCH those listed
// before stay until they are sent as null.
func (e *Engine) userIdentities(
	r *Request, before, identity *Identity, sent map[string]any,
) error {
	identity.UserAssigned = map[string]*UserIdentity{}
	if before != nil && r.HTTP.Method == http.MethodPatch {
		for id, user := range before.UserAssigned {
			identity.UserAssigned[id] = user
		}
	}
	listed, _ := sent["userAssignedIdentities"].(map[string]any)
	for id, value := range listed {
		for present := range identity.UserAssigned {
			if ID(present).Is(ID(id)) {
				delete(identity.UserAssigned, present)
			}
		}
		if value == nil {
			continue
		}
		user, refused := e.identities.UserAssigned(r.Tx, ID(id))
		if refused != nil {
			return refused
		}
		if refused := r.PermitLinked(assign, ID(id)); refused != nil {
			return refused
		}
		identity.UserAssigned[id] = user
	}
	if len(identity.UserAssigned) == 0 {
		return Gatewayf(http.StatusBadRequest, "LinkedInvalidPropertyId",
			"The user assigned identities of the resource are missing: the identity type '%s' "+
				"needs at least one.", identity.Type)
	}
	return nil
}

// assign is the permission needed to give a user-assigned identity to a resource.
const assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"

// PermitLinked refuses a caller who may write the resource, but lacks the permission that this needs
// on a linked resource.
func (r *Request) PermitLinked(action string, linked ID) *Error {
	if r.engine.authorize(r.Tx, r.Caller, action, linked) {
		return nil
	}
	t := r.engine.types[r.ID.Type()]
	return Gatewayf(http.StatusForbidden, "LinkedAuthorizationFailed",
		"The client '%s' with object id '%s' has permission to perform action '%s' on scope '%s'; "+
			"however, it does not have permission to perform action(s) '%s' on the linked scope(s) "+
			"'%s' (respectively) or the linked scope(s) are invalid.",
		r.Caller.AppID, r.Caller.ObjectID, t.action("write"), r.ID, action, linked)
}

// dropSystem forgets a system-assigned identity that was switched off. That comes last in a
// write: the service may still need the old identity to change over to the new one.
func (e *Engine) dropSystem(tx *Tx, before, after *Identity) {
	if before.System() && !after.System() {
		e.identities.Forget(tx, before.PrincipalID)
	}
}
