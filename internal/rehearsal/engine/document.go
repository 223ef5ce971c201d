// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"slices"
	"strings"
)

func (e *Engine) serveResource(r *Request, t *ResourceType) (*Response, error) {
	r.kind = t
	verb := map[string]string{
		http.MethodGet: "read", http.MethodHead: "read", http.MethodPut: "write",
		http.MethodPatch: "write", http.MethodDelete: "delete",
	}[r.HTTP.Method]
	if verb == "" {
		r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
		return nil, Gatewayf(http.StatusMethodNotAllowed, "MethodNotAllowed",
			"The requested resource does not support http method '%s'.", r.HTTP.Method)
	}
	if err := r.permit(t.action(verb), r.ID); err != nil {
		return nil, err
	}
	if group := r.ID.GroupID(); group != "" && !r.ID.Is(group) {
		if err := r.checkGroup(group, verb); err != nil {
			return nil, err
		}
	}
	if err := t.admit(r, r.ID.Parent()); err != nil {
		return nil, err
	}
	old := r.Resource(r.ID)
	switch {
	case r.HTTP.Method == http.MethodPut:
		return e.put(r, t, old)
	case old == nil && r.HTTP.Method == http.MethodDelete && !r.ID.Is(r.ID.GroupID()):
		return &Response{Status: http.StatusNoContent}, nil
	case old == nil:
		return nil, e.notFound(r, t)
	case r.HTTP.Method == http.MethodPatch:
		return e.patch(r, t, old)
	case r.HTTP.Method == http.MethodDelete:
		return e.remove(r, t, old)
	case r.HTTP.Method == http.MethodHead:
		return &Response{Status: http.StatusNoContent}, nil
	}
	return &Response{Status: http.StatusOK, Body: r.Show(t, old)}, nil
}

// admit asks the type of a nested resource whether its parent is in a state to be used.
func (t *ResourceType) admit(r *Request, parent ID) error {
	if t.Admit == nil || parent == "" {
		return nil
	}
	if above := r.Resource(parent); above != nil {
		if refused := t.Admit(r, above); refused != nil {
			return refused
		}
	}
	return nil
}

// checkGroup refuses requests in a group that does not exist, and writes to one that is being deleted.
func (r *Request) checkGroup(id ID, verb string) error {
	group := r.Resource(id)
	if group == nil {
		return Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
			"Resource group '%s' could not be found.", id.Group())
	}
	if verb == "write" && group.String("provisioningState") == "Deleting" {
		return Gatewayf(http.StatusConflict, "ResourceGroupBeingDeleted",
			"The resource group '%s' is in deprovisioning state and cannot perform this operation.",
			id.Group())
	}
	return nil
}

func (e *Engine) notFound(r *Request, t *ResourceType) *Error {
	if parent := r.ID.Parent(); parent != "" && r.Resource(parent) == nil {
		return parentNotFound(parent)
	}
	if r.ID.Is(r.ID.GroupID()) {
		return Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
			"Resource group '%s' could not be found.", r.ID.Group())
	}
	return Gatewayf(http.StatusNotFound, "ResourceNotFound",
		"The Resource '%s/%s' under resource group '%s' was not found. For more details please "+
			"go to https://aka.ms/ARMResourceNotFoundFix", t.Name, r.ID.Name(), r.ID.Group())
}

func parentNotFound(parent ID) *Error {
	_, rest, _ := parent.provider()
	return Gatewayf(http.StatusNotFound, "ParentResourceNotFound",
		"Can not perform requested operation on nested resource. Parent resource '%s' not found.",
		strings.Join(rest[1:], "/"))
}

func (e *Engine) put(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	if err := r.ReadBody(); err != nil {
		return nil, err
	}
	if err := e.creatable(r, t, old); err != nil {
		return nil, err
	}
	next := &Resource{
		ID: canonical(r.ID, t), Type: t.Name, Name: r.ID.Name(),
		Created: r.Now(), Modified: r.Now(),
	}
	if old != nil {
		next.ID, next.Name, next.Created, next.Hidden = old.ID, old.Name, old.Created, old.Hidden
		next.Location, next.Kind, next.SKU = old.Location, old.Kind, old.SKU
	}
	if err := next.take(r.Body); err != nil {
		return nil, err
	}
	next.Properties, _ = r.Body["properties"].(map[string]any)
	if next.Properties == nil {
		next.Properties = map[string]any{}
	}
	if err := checkLocation(t, next.Location); err != nil {
		return nil, err
	}
	if old != nil && !t.Untracked && !strings.EqualFold(old.Location, next.Location) {
		return nil, Gatewayf(http.StatusConflict, "InvalidResourceLocation",
			"The resource '%s' already exists in location '%s' in resource group '%s'. A resource "+
				"with the same name cannot be created in location '%s'. Please select a new "+
				"resource name.", old.Name, old.Location, r.ID.Group(), next.Location)
	}
	status := http.StatusOK
	if old == nil {
		status = http.StatusCreated
		if t.Created != 0 {
			status = t.Created
		}
	}
	return e.write(r, t, old, next, status)
}

// checkLocation refuses a region that does not exist (in the words of Azure/azure-rest-api-specs
// pull request 8577).
func checkLocation(t *ResourceType, location string) error {
	switch {
	case t.Untracked:
	case location == "":
		return Gatewayf(http.StatusBadRequest, "LocationRequired",
			"The location property is required for this definition.")
	case !slices.Contains(Locations(), location):
		return Gatewayf(http.StatusBadRequest, "LocationNotAvailableForResourceType",
			"The provided location '%s' is not available for resource type '%s'. List of available "+
				"regions for the resource type is '%s'.",
			location, t.Name, strings.Join(Locations(), ","))
	}
	return nil
}

func (e *Engine) patch(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	if err := r.ReadBody(); err != nil {
		return nil, err
	}
	next := old.Clone()
	next.Modified = r.Now()
	if err := next.take(r.Body); err != nil {
		return nil, err
	}
	if properties, sent := r.Body["properties"].(map[string]any); sent {
		next.Properties = Merge(next.Properties, properties)
	}
	return e.write(r, t, old, next, http.StatusOK)
}

// write serves what PUT and PATCH have in common.
func (e *Engine) write(
	r *Request, t *ResourceType, old, next *Resource, status int,
) (*Response, error) {
	if old != nil && old.Pending != "" {
		return nil, t.busy()
	}
	if err := r.lost(t); err != nil {
		return nil, err
	}
	if t.HasIdentity {
		if err := e.identify(r, t, old, next); err != nil {
			return nil, err
		}
	}
	outcome, err := t.Write(r, old, next)
	if err != nil {
		return nil, err
	}
	if t.HasIdentity && old != nil {
		e.dropSystem(r.Tx, old.Identity, next.Identity)
	}
	if outcome.Status != 0 {
		status = outcome.Status
	}
	response := &Response{Status: status}
	if outcome.Async != nil {
		response.Header = r.begin(t, next, outcome.Async)
	}
	r.Save(next)
	if !outcome.Empty {
		response.Body = r.Show(t, next)
	}
	return response, nil
}

// lost refuses a write if another one of the resource ended while this one was at work, where the service
// does so.
func (r *Request) lost(t *ResourceType) error {
	if t.Busy == nil || r.stored.Lost() != resourcePrefix+r.ID.Key() {
		return nil
	}
	busy := *t.Busy
	busy.Message = strings.ReplaceAll(busy.Message, "{name}", r.ID.Name())
	return &busy
}

// creatable refuses a PUT before its namespace is registered or its parent exists.
func (e *Engine) creatable(r *Request, t *ResourceType, old *Resource) error {
	if old != nil {
		return nil
	}
	if parent := r.ID.Parent(); parent != "" && r.Resource(parent) == nil {
		return e.notFound(r, t)
	}
	if !r.Registered(r.ID.Subscription(), t.namespace()) {
		refused := Gatewayf(http.StatusConflict, "MissingSubscriptionRegistration",
			"The subscription is not registered to use namespace '%s'. See "+
				"https://aka.ms/rps-not-found for how to register subscriptions.", t.namespace())
		detail := *refused
		detail.Target = t.namespace()
		refused.Details = []*Error{&detail}
		return refused
	}
	if t.CheckName != nil {
		if refused := t.CheckName(r.ID.Name()); refused != nil {
			return refused
		}
	}
	return nil
}
