// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// role is a role definition.
type role struct {
	ID               string       `json:"id"` // GUID
	Name             string       `json:"roleName"`
	Type             string       `json:"type"`
	Description      string       `json:"description"`
	AssignableScopes []engine.ID  `json:"assignableScopes"`
	Permissions      []permission `json:"permissions"`
	CreatedOn        time.Time    `json:"createdOn"`
	UpdatedOn        time.Time    `json:"updatedOn"`
	CreatedBy        string       `json:"createdBy"`
	UpdatedBy        string       `json:"updatedBy"`
}

// permission is what a role allows and what it takes out again.
type permission struct {
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`
}

const (
	builtInRole = "BuiltInRole"
	customRole  = "CustomRole"

	rolePrefix = "authorization/role/"
)

// definitionID returns the identifier of a role as assignments show it: below the subscription.
func definitionID(scope engine.ID, roleID string) engine.ID {
	return scope.SubscriptionID() + engine.ID("/providers/"+definitionType+"/"+roleID)
}

// role returns the role with this GUID, or nil.
func (s *Service) role(tx *engine.Tx, id string) *role {
	for _, known := range builtIn() {
		if strings.EqualFold(known.ID, id) {
			return known
		}
	}
	custom := new(role)
	if !tx.Load(rolePrefix+strings.ToLower(id), custom) {
		return nil
	}
	return custom
}

// roles returns all roles, the built-in ones first.
func (s *Service) roles(tx *engine.Tx) []*role {
	all := builtIn()
	tx.Each(rolePrefix, func(_ string, decode func(any)) {
		custom := new(role)
		decode(custom)
		all = append(all, custom)
	})
	return all
}

// assignable reports whether the role can be assigned at a scope.
func (d *role) assignable(scope engine.ID) bool {
	if d.Type == builtInRole {
		return true
	}
	return slices.ContainsFunc(d.AssignableScopes, scope.Within)
}

// serveDefinitions answers everything about role definitions.
func (s *Service) serveDefinitions(r *engine.Request) (*engine.Response, error) {
	if r.ID.Type() == "" {
		return s.listDefinitions(r)
	}
	if err := s.permit(r, verb(r), r.ID); err != nil {
		return nil, err
	}
	old := s.role(r.Tx, r.ID.Name())
	switch r.HTTP.Method {
	case http.MethodPut:
		return s.putDefinition(r, old)
	case http.MethodDelete:
		return s.deleteDefinition(r, old)
	}
	if old == nil {
		return nil, engine.Errorf(http.StatusNotFound, "RoleDefinitionDoesNotExist",
			"The specified role definition with ID '%s' does not exist.",
			strings.ReplaceAll(r.ID.Name(), "-", ""))
	}
	return found(r, old.shown(r.ID.Scope())), nil
}

// permit checks the permission for role definitions. The built-in ones are everybody's to read
// where no subscription is named.
func (s *Service) permit(r *engine.Request, verb string, id engine.ID) error {
	if verb == "read" && id.Subscription() == "" {
		return nil
	}
	return r.Permit(definitionType+"/"+verb, id)
}

func (s *Service) listDefinitions(r *engine.Request) (*engine.Response, error) {
	scope := r.ID.Scope()
	if err := s.permit(r, "read", scope); err != nil {
		return nil, err
	}
	conditions, err := parseFilter(r)
	if err != nil {
		return nil, err
	}
	shown := []any{}
	for _, d := range s.roles(r.Tx) {
		if d.listed(scope, conditions) {
			shown = append(shown, d.shown(scope))
		}
	}
	// Azure answers this list in one page.
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"value": shown}}, nil
}

// listed reports whether a role is in the list of a scope: because it can be assigned there, or
// below it unless the filter leaves that out.
func (d *role) listed(scope engine.ID, f filter) bool {
	here := d.assignable(scope)
	if !here && !f.atScope {
		here = slices.ContainsFunc(d.AssignableScopes, func(below engine.ID) bool {
			return below.Within(scope)
		})
	}
	name, byName := f.equal["rolename"]
	kind, byType := f.equal["type"]
	return here && (!byName || strings.EqualFold(name, d.Name)) &&
		(!byType || strings.EqualFold(kind, d.Type))
}

// putDefinition makes or changes a custom role.
func (s *Service) putDefinition(r *engine.Request, old *role) (*engine.Response, error) {
	if _, err := uuid.Parse(r.ID.Name()); err != nil {
		return nil, engine.Errorf(http.StatusBadRequest, "InvalidRoleDefinitionId",
			"The role definition ID '%s' is not valid. The role definition ID must be a GUID.",
			r.ID.Name())
	}
	if old != nil && old.Type == builtInRole {
		return nil, engine.Ownf(http.StatusForbidden, "RoleDefinitionUpdateNotPermitted",
			"The built-in role '%s' cannot be changed.", old.Name)
	}
	next := new(role)
	if err := readProperties(r, next); err != nil {
		return nil, err
	}
	switch {
	case next.Name == "":
		return nil, engine.Ownf(http.StatusBadRequest, "InvalidRoleDefinition",
			"The role name must be given.")
	case len(next.AssignableScopes) == 0:
		return nil, engine.Ownf(http.StatusBadRequest, "MissingAssignableScopes",
			"At least one assignable scope must be given.")
	case len(next.Permissions) == 0:
		return nil, engine.Ownf(http.StatusBadRequest, "MissingPermissions",
			"At least one permission must be given.")
	}
	for _, other := range s.roles(r.Tx) {
		if strings.EqualFold(other.Name, next.Name) && !strings.EqualFold(other.ID, r.ID.Name()) {
			return nil, engine.Errorf(http.StatusConflict, "RoleDefinitionWithSameNameExists",
				"A custom role with the same name already exists in this directory. Use a "+
					"different name.")
		}
	}
	next.ID, next.Type = strings.ToLower(r.ID.Name()), customRole
	next.CreatedOn, next.UpdatedOn = r.Now(), r.Now()
	next.CreatedBy, next.UpdatedBy = r.Caller.ObjectID, r.Caller.ObjectID
	if old != nil {
		next.CreatedOn, next.CreatedBy = old.CreatedOn, old.CreatedBy
	}
	r.Store(rolePrefix+next.ID, next)
	for _, scope := range next.AssignableScopes {
		r.Publish(Changed, string(scope))
	}
	return &engine.Response{Status: http.StatusCreated, Body: next.shown(r.ID.Scope())}, nil
}

func (s *Service) deleteDefinition(r *engine.Request, old *role) (*engine.Response, error) {
	switch {
	case old == nil:
		return &engine.Response{Status: http.StatusNoContent}, nil
	case old.Type == builtInRole:
		return nil, engine.Ownf(http.StatusForbidden, "RoleDefinitionDeleteNotPermitted",
			"The built-in role '%s' cannot be deleted.", old.Name)
	}
	for _, a := range revealed(r.Resources("/subscriptions", assignmentType)) {
		if strings.EqualFold(a.roleID(), old.ID) {
			return nil, engine.Errorf(http.StatusBadRequest, "RoleDefinitionHasAssignments",
				"There are existing role assignments referencing role '%s'.", old.ID)
		}
	}
	r.Erase(rolePrefix + old.ID)
	return &engine.Response{Status: http.StatusOK, Body: old.shown(r.ID.Scope())}, nil
}

func (d *role) shown(scope engine.ID) map[string]any {
	permissions := []any{}
	for _, p := range d.Permissions {
		permissions = append(permissions, p.shown())
	}
	properties := map[string]any{
		"roleName": d.Name, "type": d.Type, "description": d.Description,
		"assignableScopes": d.AssignableScopes, "permissions": permissions,
		"createdOn": written(d.CreatedOn), "updatedOn": written(d.UpdatedOn),
	}
	if d.CreatedBy != "" {
		properties["createdBy"], properties["updatedBy"] = d.CreatedBy, d.UpdatedBy
	}
	return map[string]any{
		"id": definitionID(scope, d.ID), "name": d.ID, "type": definitionType,
		"properties": properties,
	}
}

func (p permission) shown() map[string]any {
	list := func(actions []string) []string { return append([]string{}, actions...) }
	return map[string]any{
		"actions": list(p.Actions), "notActions": list(p.NotActions),
		"dataActions": list(p.DataActions), "notDataActions": list(p.NotDataActions),
	}
}

// servePermissions answers what the caller may do at a scope.
func (s *Service) servePermissions(r *engine.Request) (*engine.Response, error) {
	scope := r.ID.Scope()
	if err := r.Permit(permissionType+"/read", scope); err != nil {
		return nil, err
	}
	shown := []any{}
	for _, p := range s.effective(r.Tx, r.Caller.ObjectID, scope) {
		shown = append(shown, p.shown())
	}
	return &engine.Response{Status: http.StatusOK, Body: map[string]any{"value": shown}}, nil
}
