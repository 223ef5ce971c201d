// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyvault

import (
	"net/http"
	"net/netip"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/keyvault/vaults"
)

// permission is a permission to use the keys or secrets of a vault.
type permission string

// The permissions.
const (
	permissionGet               permission = "get"
	permissionGetDeleted        permission = "getdeleted"
	permissionSet               permission = "set"
	permissionList              permission = "list"
	permissionCreate            permission = "create"
	permissionUpdate            permission = "update"
	permissionDelete            permission = "delete"
	permissionRecover           permission = "recover"
	permissionPurge             permission = "purge"
	permissionBackup            permission = "backup"
	permissionRestore           permission = "restore"
	permissionRotate            permission = "rotate"
	permissionGetRotationPolicy permission = "getrotationpolicy"
	permissionSetRotationPolicy permission = "setrotationpolicy"
	permissionWrapKey           permission = wrapKey
	permissionUnwrapKey         permission = unwrapKey
)

// spelled returns the permission as access policies spell it. A secret is updated by those who may set it
// (OpenAPI, UpdateSecret).
func (p permission) spelled(k kind) string {
	switch {
	case p == permissionGetDeleted:
		return string(permissionGet)
	case p == permissionUpdate && k == secrets:
		return string(permissionSet)
	default:
		return string(p)
	}
}

// action returns the data action that grants the same where roles decide. Which one shows a deleted secret
// is not documented: here the one for "the properties of a secret, but not its value".
func (p permission) action(k kind) string {
	of := Type + "/" + string(k) + "/"
	switch p {
	case permissionGet, permissionGetDeleted, permissionList:
		switch {
		case k == keys:
			return of + "read"
		case p == permissionGet:
			return of + "getSecret/action"
		default:
			return of + "readMetadata/action"
		}
	case permissionSet:
		return of + "setSecret/action"
	case permissionDelete:
		return of + "delete"
	case permissionWrapKey:
		return of + "wrap/action"
	case permissionUnwrapKey:
		return of + "unwrap/action"
	case permissionGetRotationPolicy:
		return "Microsoft.KeyVault/vaults/keyrotationpolicies/read"
	case permissionSetRotationPolicy:
		return "Microsoft.KeyVault/vaults/keyrotationpolicies/write"
	default:
		return of + string(p) + "/action"
	}
}

// permit refuses a caller without the permission for a key or secret of the vault, or for all of the kind
// if name is "". Depending on the vault, roles or its access policies decide.
func (s *Service) permit(
	tx *engine.Tx, vault *engine.Resource, caller engine.Caller, k kind, p permission,
	name string,
) *engine.Error {
	if vaults.ByRoles(vault) {
		if s.roles.AllowedData(tx, caller.ObjectID, p.action(k), k.scope(vault, name)) {
			return nil
		}
		return forbiddenByRoles(vault, caller, p, p.action(k), k.scope(vault, name))
	}
	if vaults.Grants(tx, vault, caller.ObjectID, string(k), p.spelled(k)) {
		return nil
	}
	refused := engine.Errorf(http.StatusForbidden, "Forbidden",
		"The user, group or application '%s' does not have %s %s permission on key vault "+
			"'%s;location=%s'. For help resolving this issue, please see "+
			"https://go.microsoft.com/fwlink/?linkid=2125287",
		who(caller), k, p.spelled(k), vault.Name, vault.Location)
	refused.Inner = "AccessDenied"
	refused.Cause = &UnusableError{Reason: AccessDenied, Permission: string(p)}
	return refused
}

// forbiddenByRoles has the words of hashicorp/terraform-provider-azurerm issue 27817.
func forbiddenByRoles(
	vault *engine.Resource, caller engine.Caller, p permission, action string, scope engine.ID,
) *engine.Error {
	refused := engine.Errorf(http.StatusForbidden, "Forbidden",
		"Caller is not authorized to perform action on resource.\r\nIf role assignments, deny "+
			"assignments or role definitions were changed recently, please observe propagation "+
			"time.\r\nCaller: %s\r\nAction: '%s'\r\nResource: '%s'\r\nAssignment: (not found)\r\n"+
			"DenyAssignmentId: null\r\nDecisionReason: null \r\nVault: %s;location=%s\r\n",
		who(caller), action, scope.Key(), vault.Name, vault.Location)
	refused.Inner = "ForbiddenByRbac"
	refused.Cause = &UnusableError{Reason: AccessDenied, Permission: string(p)}
	return refused
}

func who(caller engine.Caller) string {
	return "appid=" + caller.AppID + ";oid=" + caller.ObjectID +
		";iss=https://sts.windows.net/" + caller.TenantID + "/"
}

// loopback is the address that a caller inside the process comes from.
const loopback = "127.0.0.1"

// clientAddress returns where a request comes from.
func clientAddress(r *engine.Request) string {
	if from, err := netip.ParseAddrPort(r.HTTP.RemoteAddr); err == nil {
		return from.Addr().Unmap().String()
	}
	return loopback
}

// enter refuses a caller from outside that the vault's firewall blocks.
func enter(vault *engine.Resource, caller engine.Caller, address string) *engine.Error {
	if vaults.LetsIn(vault, address) {
		return nil
	}
	return because(Firewall, turnedAway(vault, caller, address))
}

// turnedAway has the words of hashicorp/terraform-provider-azurerm issue 20742, and where public
// access is off altogether rehearsal's own.
func turnedAway(vault *engine.Resource, caller engine.Caller, address string) *engine.Error {
	var refused *engine.Error
	if vaults.Public(vault) {
		refused = engine.Errorf(http.StatusForbidden, "Forbidden",
			"Client address is not authorized and caller is not a trusted service.\r\n"+
				"Client address: %s\r\nCaller: %s\r\nVault: %s;location=%s",
			address, who(caller), vault.Name, vault.Location)
		refused.Inner = "ForbiddenByFirewall"
	} else {
		refused = engine.Ownf(http.StatusForbidden, "Forbidden",
			"Public network access is disabled and request is not from a trusted service nor via "+
				"an approved private link.\r\nCaller: %s\r\nVault: %s;location=%s",
			who(caller), vault.Name, vault.Location)
		refused.Inner = "ForbiddenByConnection"
	}
	return refused
}
