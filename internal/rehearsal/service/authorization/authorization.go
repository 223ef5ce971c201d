// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

// Package authorization is rehearsal's Microsoft.Authorization: role definitions, built-in and custom,
// role assignments at every scope, the evaluation of both for each request, and management locks. It must not import the
// services that it guards.
package authorization

import (
	"strings"
	"time"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/service/entra"
)

// Changed is the topic for the scope of every role assignment that comes into effect or ends.
const Changed = "authorization.Changed"

// Service answers for Microsoft.Authorization.
type Service struct {
	engine    *engine.Engine
	directory *entra.Directory
}

const (
	assignmentType = "Microsoft.Authorization/roleAssignments"
	definitionType = "Microsoft.Authorization/roleDefinitions"
	permissionType = "Microsoft.Authorization/permissions"

	settledTimer = "authorization.settled"
)

// New adds Microsoft.Authorization to an engine.
func New(e *engine.Engine, directory *entra.Directory) *Service {
	s := &Service{engine: e, directory: directory}
	e.Register(&engine.ResourceType{
		Name: assignmentType, Untracked: true, Serve: s.serveAssignments,
		Terms: func(document *engine.Resource) []string {
			return []string{principalTerm(revealed([]*engine.Resource{document})[0].PrincipalID)}
		},
	})
	e.Register(&engine.ResourceType{
		Name: definitionType, Untracked: true, Serve: s.serveDefinitions,
	})
	e.Register(&engine.ResourceType{
		Name: permissionType, Untracked: true, Serve: s.servePermissions,
	})
	registerLocks(e, s)
	e.OnTimer(settledTimer, "role assignments take effect", func(tx *engine.Tx, scope string) { tx.Publish(Changed, scope) })
	return s
}

// Authorize implements [engine.Authorize].
func (s *Service) Authorize(
	tx *engine.Tx, caller engine.Caller, action string, scope engine.ID,
) bool {
	return s.Allowed(tx, caller.ObjectID, action, scope)
}

// Allowed reports whether a role assignment at scope or above it lets the principal do action,
// "Microsoft.Storage/storageAccounts/write".
func (s *Service) Allowed(tx *engine.Tx, objectID, action string, scope engine.ID) bool {
	for _, permission := range s.effective(tx, objectID, scope) {
		if permits(permission.Actions, permission.NotActions, action) {
			return true
		}
	}
	return false
}

// AllowedData is [Service.Allowed] for what is done with the data in a resource,
// "Microsoft.KeyVault/vaults/keys/wrap/action".
func (s *Service) AllowedData(tx *engine.Tx, objectID, action string, scope engine.ID) bool {
	for _, permission := range s.effective(tx, objectID, scope) {
		if permits(permission.DataActions, permission.NotDataActions, action) {
			return true
		}
	}
	return false
}

// Assign assigns a role to a principal, at once and without a check of permissions, to set rehearsal up.
func (s *Service) Assign(
	tx *engine.Tx, scope engine.ID, roleID, principalID string,
) engine.ID {
	name := tx.NewID()
	made := &assignment{
		RoleDefinitionID: string(definitionID(scope, roleID)), PrincipalID: principalID,
		PrincipalType: servicePrincipal, Scope: scope, Settled: true,
		CreatedOn: tx.Now(), UpdatedOn: tx.Now(),
	}
	id := assignmentID(scope, name)
	s.keep(tx, id, made)
	return id
}

// effective returns the permissions that a principal has at a scope.
func (s *Service) effective(tx *engine.Tx, objectID string, scope engine.ID) []permission {
	var effective []permission
	for _, at := range ancestry(scope) {
		for _, made := range assignmentsAt(tx, at, objectID) {
			if !made.counts(tx) {
				continue
			}
			if role := s.role(tx, made.roleID()); role != nil {
				effective = append(effective, role.Permissions...)
			}
		}
	}
	return effective
}

// counts reports whether an assignment has come into effect. Azure says that this can take up to
// ten minutes (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting).
func (a *assignment) counts(tx *engine.Tx) bool {
	return a.Settled || !tx.Now().Before(a.UpdatedOn.Add(tx.GrantDelay()))
}

// ancestry returns the scopes whose assignments apply at scope: the subscription, the group, each
// resource on the way, and scope itself.
func ancestry(scope engine.ID) []engine.ID {
	var scopes []engine.ID
	segments := strings.Split(strings.Trim(string(scope), "/"), "/")
	path := ""
	for i := 0; i+1 < len(segments); i += 2 {
		path += "/" + segments[i] + "/" + segments[i+1]
		if !strings.EqualFold(segments[i], "providers") {
			scopes = append(scopes, engine.ID(path))
		}
	}
	return scopes
}

// permits reports whether an allowed pattern matches the action and no excluded one does.
func permits(allowed, except []string, action string) bool {
	return anyMatches(allowed, action) && !anyMatches(except, action)
}

func anyMatches(patterns []string, action string) bool {
	for _, pattern := range patterns {
		if matches(strings.ToLower(pattern), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// matches reports whether an action fits a pattern, in which "*" stands for any text. "/*/" stands
// for "/" too: the built-in roles have "vaults/*/read" and "userAssignedIdentities/*/assign/action"
// for what applies to vaults and identities themselves.
func matches(pattern, action string) bool {
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == action
	}
	if strings.HasSuffix(head, "/") && strings.HasPrefix(rest, "/") &&
		matches(head+rest[1:], action) {
		return true
	}
	action, fits := strings.CutPrefix(action, head)
	if !fits {
		return false
	}
	if rest == "" {
		return true
	}
	for at := 0; at <= len(action); at++ {
		if matches(rest, action[at:]) {
			return true
		}
	}
	return false
}

// settles publishes that an assignment is in effect: now, and again once the delay is over.
func settles(tx *engine.Tx, scope engine.ID) {
	tx.Publish(Changed, string(scope))
	if delay := tx.GrantDelay(); delay > 0 {
		tx.Schedule(tx.Now().Add(delay), settledTimer, string(scope))
	}
}

func written(t time.Time) string { return engine.Timestamp(t) }
