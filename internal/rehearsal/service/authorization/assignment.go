// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package authorization

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
)

// assignment is a role assignment as it is kept: below its scope in the tree, so that it goes with the
// scope.
type assignment struct {
	ID               engine.ID `json:"-"`
	RoleDefinitionID string    `json:"roleDefinitionId"`
	PrincipalID      string    `json:"principalId"`
	PrincipalType    string    `json:"principalType"`
	Scope            engine.ID `json:"scope"`
	Condition        string    `json:"condition"`
	ConditionVersion string    `json:"conditionVersion"`
	Description      string    `json:"description"`
	DelegatedID      string    `json:"delegatedManagedIdentityResourceId"`
	CreatedOn        time.Time `json:"createdOn"`
	UpdatedOn        time.Time `json:"updatedOn"`
	CreatedBy        string    `json:"createdBy"`
	UpdatedBy        string    `json:"updatedBy"`
	// Settled assignments are in effect whatever the delay of grants.
	Settled bool `json:"settled"`
}

const servicePrincipal = "ServicePrincipal"

func assignmentsID(scope engine.ID) engine.ID {
	return engine.ID(strings.TrimSuffix(string(scope), "/") + "/providers/" + assignmentType)
}

func assignmentID(scope engine.ID, name string) engine.ID {
	return assignmentsID(scope) + engine.ID("/"+name)
}

// roleID returns the GUID of the role that is assigned.
func (a *assignment) roleID() string { return engine.ID(a.RoleDefinitionID).Name() }

// keep stores an assignment and says that it counts.
func (s *Service) keep(tx *engine.Tx, id engine.ID, a *assignment) {
	document := &engine.Resource{
		ID: id, Type: assignmentType, Name: id.Name(), Created: a.CreatedOn, Modified: a.UpdatedOn,
	}
	document.Hide(a)
	tx.Save(document)
	settles(tx, a.Scope)
}

// assignmentsAt returns the assignments made at exactly this scope to a principal, or to all for "".
func assignmentsAt(tx *engine.Tx, scope engine.ID, principal string) []*assignment {
	if principal == "" {
		return revealed(tx.Resources(assignmentsID(scope), assignmentType))
	}
	return revealed(tx.With(assignmentsID(scope), assignmentType, principalTerm(principal)))
}

// principalTerm is the term under which the assignments to a principal are found.
func principalTerm(principal string) string { return "principal " + principal }

func revealed(documents []*engine.Resource) []*assignment {
	var all []*assignment
	for _, document := range documents {
		a := &assignment{ID: document.ID}
		document.Reveal(a)
		all = append(all, a)
	}
	return all
}

// serveAssignments answers everything about role assignments.
func (s *Service) serveAssignments(r *engine.Request) (*engine.Response, error) {
	if r.ID.Type() == "" {
		return s.listAssignments(r)
	}
	if err := r.Permit(assignmentType+"/"+verb(r), r.ID); err != nil {
		return nil, err
	}
	var old *assignment
	if document := r.Resource(r.ID); document != nil {
		old = revealed([]*engine.Resource{document})[0]
	}
	switch r.HTTP.Method {
	case http.MethodPut:
		return s.putAssignment(r, old)
	case http.MethodDelete:
		if old == nil {
			return &engine.Response{Status: http.StatusNoContent}, nil
		}
		r.Remove(old.ID)
		r.Publish(Changed, string(old.Scope))
		return &engine.Response{Status: http.StatusOK, Body: old.shown()}, nil
	}
	if old == nil {
		return nil, engine.Errorf(http.StatusNotFound, "RoleAssignmentNotFound",
			"The role assignment '%s' is not found.", r.ID.Name())
	}
	return found(r, old.shown()), nil
}

// verb returns what a request does, as permissions say it. The engine lets only documented requests
// through.
func verb(r *engine.Request) string {
	switch r.HTTP.Method {
	case http.MethodPut:
		return "write"
	case http.MethodDelete:
		return "delete"
	}
	return "read"
}

// found answers GET, and HEAD, which only asks whether there is something.
func found(r *engine.Request, shown map[string]any) *engine.Response {
	if r.HTTP.Method == http.MethodHead {
		return &engine.Response{Status: http.StatusNoContent}
	}
	return &engine.Response{Status: http.StatusOK, Body: shown}
}

// putAssignment makes a role assignment. One that is there can only have its description and its
// condition changed.
func (s *Service) putAssignment(r *engine.Request, old *assignment) (*engine.Response, error) {
	if _, err := uuid.Parse(r.ID.Name()); err != nil {
		return nil, engine.Errorf(http.StatusBadRequest, "InvalidRoleAssignmentId",
			"The role assignment ID '%s' is not valid. The role assignment ID must be a GUID.",
			r.ID.Name())
	}
	scope := r.ID.Scope()
	if err := exists(r, scope); err != nil {
		return nil, err
	}
	next := new(assignment)
	if err := readProperties(r, next); err != nil {
		return nil, err
	}
	role := s.role(r.Tx, next.roleID())
	if role == nil || !role.assignable(scope) {
		return nil, engine.Errorf(http.StatusNotFound, "RoleDefinitionDoesNotExist",
			"The specified role definition with ID '%s' does not exist.",
			strings.ReplaceAll(next.roleID(), "-", ""))
	}
	if err := s.checkPrincipal(r, next); err != nil {
		return nil, err
	}
	next.Scope = scope
	next.RoleDefinitionID = string(definitionID(scope, role.ID))
	next.CreatedOn, next.UpdatedOn = r.Now(), r.Now()
	next.CreatedBy, next.UpdatedBy = r.Caller.ObjectID, r.Caller.ObjectID
	next.Settled = false
	status := http.StatusCreated
	next.ID = r.ID
	if old != nil {
		if !strings.EqualFold(old.PrincipalID, next.PrincipalID) ||
			!strings.EqualFold(old.roleID(), next.roleID()) {
			return nil, engine.Errorf(http.StatusBadRequest, "RoleAssignmentUpdateNotPermitted",
				"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")
		}
		next.ID, next.CreatedOn, next.CreatedBy = old.ID, old.CreatedOn, old.CreatedBy
		next.Settled = old.Settled || old.counts(r.Tx)
		status = http.StatusOK
	} else if twin := s.twin(r.Tx, next); twin != nil {
		return nil, engine.Errorf(http.StatusConflict, "RoleAssignmentExists",
			"The role assignment already exists. The ID of the existing role assignment is %s.",
			strings.ReplaceAll(twin.ID.Name(), "-", ""))
	}
	s.keep(r.Tx, next.ID, next)
	return &engine.Response{Status: status, Body: next.shown()}, nil
}

// twin returns the assignment of the same role to the same principal at the same scope, if there
// is one.
func (s *Service) twin(tx *engine.Tx, a *assignment) *assignment {
	for _, other := range assignmentsAt(tx, a.Scope, a.PrincipalID) {
		if strings.EqualFold(other.roleID(), a.roleID()) {
			return other
		}
	}
	return nil
}

// checkPrincipal refuses a principal that the directory does not have, unless the request names its
// type: that says that it may be too new to be found (https://aka.ms/docs-principaltype).
func (s *Service) checkPrincipal(r *engine.Request, a *assignment) error {
	if _, err := uuid.Parse(a.PrincipalID); err != nil {
		return engine.Errorf(http.StatusBadRequest, "InvalidPrincipalId",
			"A valid principal ID must be provided for role assignment.")
	}
	_, known := s.directory.Principal(r.Tx, a.PrincipalID)
	switch {
	case known && a.PrincipalType != "" && !strings.EqualFold(a.PrincipalType, servicePrincipal):
		return engine.Errorf(http.StatusBadRequest, "UnmatchedPrincipalType",
			"The PrincipalId '%s' has type '%s' , which is different from specified "+
				"PrinciaplType '%s'.", strings.ReplaceAll(a.PrincipalID, "-", ""),
			servicePrincipal, a.PrincipalType) // Azure's own spelling
	case known:
		a.PrincipalType = servicePrincipal
	case a.PrincipalType == "":
		return engine.Errorf(http.StatusBadRequest, "PrincipalNotFound",
			"Principal %s does not exist in the directory %s. Check that you have the correct "+
				"principal ID. If you are creating this principal and then immediately assigning a "+
				"role, this error might be related to a replication delay. In this case, set the "+
				"role assignment principalType property to a value, such as ServicePrincipal, "+
				"User, or Group.  See https://aka.ms/docs-principaltype",
			strings.ReplaceAll(a.PrincipalID, "-", ""), s.directory.TenantID(r.Tx))
	}
	return nil
}

// exists refuses a scope that does not exist. Resource Manager does not check nested resources.
func exists(r *engine.Request, scope engine.ID) error {
	group := scope.GroupID()
	if group == "" {
		return nil
	}
	if r.Resource(group) == nil {
		return engine.Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
			"Resource group '%s' could not be found.", scope.Group())
	}
	for _, at := range ancestry(scope) {
		if at.Type() == "" || at.Is(group) || at.Is(scope.SubscriptionID()) {
			continue
		}
		if r.Resource(at) == nil {
			_, name, _ := strings.Cut(string(at), "/providers/")
			return engine.Gatewayf(http.StatusNotFound, "ResourceNotFound",
				"The Resource '%s' under resource group '%s' was not found. For more details "+
					"please go to https://aka.ms/ARMResourceNotFoundFix", name, scope.Group())
		}
		return nil
	}
	return nil
}

// readProperties decodes the properties of a request's body.
func readProperties(r *engine.Request, into any) error {
	if err := r.ReadBody(); err != nil {
		return err
	}
	if !engine.Read(r.Body, "properties", into) {
		return engine.Errorf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: the properties are "+
				"missing or malformed.")
	}
	return nil
}

func (a *assignment) shown() map[string]any {
	properties := map[string]any{
		"roleDefinitionId": a.RoleDefinitionID,
		"principalId":      a.PrincipalID,
		"principalType":    a.PrincipalType,
		"scope":            a.Scope,
		"createdOn":        written(a.CreatedOn),
		"updatedOn":        written(a.UpdatedOn),
	}
	for name, value := range map[string]string{
		"condition": a.Condition, "conditionVersion": a.ConditionVersion,
		"description": a.Description, "delegatedManagedIdentityResourceId": a.DelegatedID,
		"createdBy": a.CreatedBy, "updatedBy": a.UpdatedBy,
	} {
		if value != "" {
			properties[name] = value
		}
	}
	return map[string]any{
		"id": a.ID, "name": a.ID.Name(), "type": assignmentType, "properties": properties,
	}
}

// listAssignments answers with the assignments that apply to a scope: those at it, above it and,
// unless the filter says otherwise, below it.
func (s *Service) listAssignments(r *engine.Request) (*engine.Response, error) {
	scope := r.ID.Scope()
	if err := r.Permit(assignmentType+"/read", scope); err != nil {
		return nil, err
	}
	if err := exists(r, scope); err != nil {
		return nil, err
	}
	conditions, err := parseFilter(r)
	if err != nil {
		return nil, err
	}
	var all []*assignment
	for _, at := range ancestry(scope) {
		if !at.Is(scope) {
			all = append(all, assignmentsAt(r.Tx, at, "")...)
		}
	}
	if principal := conditions.principal(); principal != "" {
		all = append(all, revealed(r.With(scope, assignmentType, principalTerm(principal)))...)
	} else {
		all = append(all, revealed(r.Resources(scope, assignmentType))...)
	}
	shown := []any{}
	for _, a := range all {
		if conditions.allow(a, scope) {
			shown = append(shown, a.shown())
		}
	}
	return r.Page(shown, "nextLink"), nil
}

// principal returns the one whose assignments a filter leaves in a list, or "".
func (f filter) principal() string {
	return cmp.Or(f.equal["principalid"], f.equal["assignedto()"])
}

// allow reports whether a filter leaves an assignment in the list of a scope.
func (f filter) allow(a *assignment, scope engine.ID) bool {
	if f.atScope && !scope.Within(a.Scope) {
		return false
	}
	for property, wanted := range f.equal {
		var has string
		switch property {
		case "principalid", "assignedto()":
			has = a.PrincipalID
		case "roledefinitionid":
			has, wanted = a.roleID(), engine.ID(wanted).Name()
		}
		if !strings.EqualFold(has, wanted) {
			return false
		}
	}
	return true
}
