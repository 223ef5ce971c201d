// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// managementAudiences are the resources for which Resource Manager accepts tokens.
var managementAudiences = []string{
	"https://management.azure.com", "https://management.core.windows.net",
}

// ResourceManager is Resource Manager's endpoint: the tree of documents and the routes beside it.
func (e *Engine) ResourceManager(names ...string) Host {
	return Host{
		Names: append(names, "management.azure.com"),
		Loopback: func(path string) bool {
			switch segments(strings.ToLower(path))[0] {
			case "subscriptions", "providers", "tenants", "metadata":
				return true
			}
			return false
		},
		Serve: e.serveManagement,
	}
}

func (e *Engine) serveManagement(r *Request) (*Response, error) {
	path := segments(r.HTTP.URL.Path)
	for _, route := range e.routes {
		if params, is := route.match(r.HTTP.Method, path); is && route.open {
			r.Params = params
			return route.handle(r)
		}
	}
	caller, refused := e.authenticate(r.Tx, r.HTTP.Header,
		append(managementAudiences, r.Origin())...)
	if refused != nil {
		refused.Gateway = true
		return nil, refused
	}
	r.Caller = caller
	if r.APIVersion = r.Query["api-version"]; r.APIVersion == "" {
		return nil, Gatewayf(http.StatusBadRequest, "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests.")
	}
	r.ID = ID(strings.TrimSuffix(r.HTTP.URL.Path, "/"))
	if subscription := r.ID.SubscriptionID(); subscription != "" && r.Resource(subscription) == nil {
		return nil, Gatewayf(http.StatusNotFound, "SubscriptionNotFound",
			"The subscription '%s' could not be found.", subscription.Subscription())
	}
	for _, route := range e.routes {
		if params, is := route.match(r.HTTP.Method, path); is {
			r.Params = params
			if err := r.permit(route.action, r.ID.Scope()); err != nil {
				return nil, err
			}
			return route.handle(r)
		}
	}
	if t := e.types[r.ID.Type()]; t != nil {
		if t.Serve != nil {
			return e.serveItself(r, t)
		}
		return e.serveResource(r, t)
	}
	if t := e.types[(r.ID + "/x").Type()]; t != nil && r.HTTP.Method == http.MethodGet {
		if t.Serve != nil {
			return e.serveItself(r, t)
		}
		return e.list(r, t)
	}
	if response, found, err := e.serveAction(r, path); found {
		return response, err
	}
	r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
	return nil, e.unknownRoute(r)
}

// serveItself leaves a request to a type that answers everything that is asked of it.
func (e *Engine) serveItself(r *Request, t *ResourceType) (*Response, error) {
	if err := r.checkVersion(t); err != nil {
		return nil, err
	}
	return t.Serve(r)
}

// unknownRoute is Resource Manager's answer to a path that leads nowhere.
func (e *Engine) unknownRoute(r *Request) *Error {
	_, rest, provided := r.ID.provider()
	if !provided {
		return Gatewayf(http.StatusNotFound, "InvalidResource",
			"The resource definition is invalid: %s.", r.HTTP.URL.Path)
	}
	for name := range e.types {
		if strings.HasPrefix(name, strings.ToLower(rest[0])+"/") {
			return Gatewayf(http.StatusNotFound, "InvalidResourceType",
				"The resource type '%s' could not be found in the namespace '%s' for api version "+
					"'%s'. The supported api-versions are ''.",
				strings.Join(rest[1:], "/"), rest[0], r.APIVersion)
		}
	}
	return Gatewayf(http.StatusNotFound, "InvalidResourceNamespace",
		"The resource namespace '%s' is invalid.", rest[0])
}

// permit refuses a caller who is not allowed an action.
func (r *Request) permit(action string, scope ID) *Error {
	if action == "" || r.engine.authorize(r.Tx, r.Caller, action, scope) {
		return nil
	}
	return Gatewayf(http.StatusForbidden, "AuthorizationFailed",
		"The client '%s' with object id '%s' does not have authorization to perform action '%s' "+
			"over scope '%s' or the scope is invalid. If access was recently granted, please "+
			"refresh your credentials.", r.Caller.AppID, r.Caller.ObjectID, action, scope)
}

// Permit refuses the caller where they are not allowed an action at scope.
func (r *Request) Permit(action string, scope ID) error {
	if refused := r.permit(action, scope); refused != nil {
		return refused
	}
	return nil
}

func (e *Engine) serveAction(r *Request, path []string) (*Response, bool, error) {
	for cut := len(path) - 1; cut > 0; cut-- {
		id := ID("/" + strings.Join(path[:cut], "/"))
		t := e.types[id.Type()]
		if t == nil {
			continue
		}
		for pattern, action := range t.Routes {
			method, below, _ := strings.Cut(pattern, " ")
			params, is := match(segments(below), path[cut:])
			if method != r.HTTP.Method || !is {
				continue
			}
			r.kind, r.ID, r.Params = t, id, params
			permission := action.Permission
			if permission == "" {
				permission = t.action(below + "/action")
			}
			if err := r.permit(permission, id); err != nil {
				return nil, true, err
			}
			if err := r.checkVersion(t); err != nil {
				return nil, true, err
			}
			resource := r.Resource(id)
			if resource == nil {
				return nil, true, e.notFound(r, t)
			}
			if len(r.Raw) > 0 {
				if err := r.readBody(t, r.HTTP.Method, below); err != nil {
					return nil, true, err
				}
			}
			response, err := action.Serve(r, resource)
			return response, true, err
		}
		return nil, false, nil
	}
	return nil, false, nil
}

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
	if err := r.checkVersion(t); err != nil {
		return nil, err
	}
	if group := r.ID.GroupID(); group != "" && !r.ID.Is(group) {
		if err := r.checkGroup(group, verb); err != nil {
			return nil, err
		}
	}
	old := r.Resource(r.ID)
	switch {
	case r.HTTP.Method == http.MethodPut:
		return e.put(r, t, old)
	case old == nil && r.HTTP.Method == http.MethodDelete:
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

// checkGroup refuses what is done in a group that is not there, and what is written to one that
// is on its way out.
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
		_, rest, _ := parent.provider()
		return Gatewayf(http.StatusNotFound, "ParentResourceNotFound",
			"Can not perform requested operation on nested resource. Parent resource '%s' not found.",
			strings.Join(rest[1:], "/"))
	}
	if r.ID.Is(r.ID.GroupID()) {
		return Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
			"Resource group '%s' could not be found.", r.ID.Group())
	}
	return Gatewayf(http.StatusNotFound, "ResourceNotFound",
		"The Resource '%s/%s' under resource group '%s' was not found. For more details please "+
			"go to https://aka.ms/ARMResourceNotFoundFix", t.Name, r.ID.Name(), r.ID.Group())
}

func (e *Engine) put(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	if err := r.readBody(t, http.MethodPut, ""); err != nil {
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
	if !t.Untracked && next.Location == "" {
		return nil, Gatewayf(http.StatusBadRequest, "LocationRequired",
			"The location property is required for this definition.")
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

func (e *Engine) patch(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	if err := r.readBody(t, http.MethodPatch, ""); err != nil {
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

// write is what PUT and PATCH have in common.
func (e *Engine) write(
	r *Request, t *ResourceType, old, next *Resource, status int,
) (*Response, error) {
	if old != nil && old.Pending != "" {
		return nil, t.busy()
	}
	if t.HasIdentity {
		if err := e.identify(r, old, next); err != nil {
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

// creatable refuses a PUT that comes too early: before the namespace is registered, or before
// the resource that it would be nested in.
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

func (e *Engine) remove(r *Request, t *ResourceType, old *Resource) (*Response, error) {
	var outcome Outcome
	if t.Remove != nil {
		var err error
		if outcome, err = t.Remove(r, old); err != nil {
			return nil, err
		}
	}
	status := http.StatusOK
	if outcome.Status != 0 {
		status = outcome.Status
	}
	if outcome.Async != nil {
		header := r.begin(t, old, outcome.Async)
		r.Save(old)
		return &Response{Status: http.StatusAccepted, Header: header}, nil
	}
	e.forget(r.Tx, old)
	r.Tx.Remove(old.ID)
	return &Response{Status: status}, nil
}

// Delete removes a resource that goes because another is deleted, at once, and lets its type
// prepare or refuse it as if the caller had deleted it.
func (r *Request) Delete(resource *Resource) error {
	inner := *r
	inner.ID, inner.Body = resource.ID, nil
	if t := r.engine.Type(resource.Type); t != nil && t.Remove != nil {
		if _, err := t.Remove(&inner, resource); err != nil {
			return err
		}
	}
	r.engine.forget(r.Tx, resource)
	r.Tx.Remove(resource.ID)
	return nil
}

// forget drops the identities that vanish with a resource.
func (e *Engine) forget(tx *Tx, resource *Resource) {
	for _, gone := range tx.Resources(resource.ID, "") {
		if gone.Identity.System() && e.identities != nil {
			e.identities.Forget(tx, gone.Identity.PrincipalID)
		}
	}
}

const pageSize = 100

// list answers with the resources of a type within a scope, in pages.
func (e *Engine) list(r *Request, t *ResourceType) (*Response, error) {
	r.kind = t
	scope := r.ID.Scope()
	if parent := (r.ID + "/x").Parent(); parent != "" {
		scope = parent
	}
	if err := r.permit(t.action("read"), scope); err != nil {
		return nil, err
	}
	if err := r.checkVersion(t); err != nil {
		return nil, err
	}
	if group := scope.GroupID(); group != "" && r.Resource(group) == nil {
		return nil, Gatewayf(http.StatusNotFound, "ResourceGroupNotFound",
			"Resource group '%s' could not be found.", scope.Group())
	}
	shown := []any{}
	for _, resource := range r.Resources(scope, t.Name) {
		shown = append(shown, r.Show(t, resource))
	}
	link := t.NextLink
	if link == "" {
		link = "nextLink"
	}
	return r.Page(shown, link), nil
}

// Page answers with one page of a list. Which page is told by the query parameter $skiptoken,
// how long it may be by $top.
func (r *Request) Page(all []any, link string) *Response {
	start, err := strconv.Atoi(r.Query["$skiptoken"])
	if err != nil || start < 0 || start > len(all) {
		start = 0
	}
	length := pageSize
	if top, err := strconv.Atoi(r.Query["$top"]); err == nil && top > 0 {
		length = min(top, pageSize)
	}
	body := map[string]any{"value": all[start:min(start+length, len(all))]}
	if start+length < len(all) {
		next := *r.HTTP.URL
		query := next.Query()
		query.Set("$skiptoken", strconv.Itoa(start+length))
		body[link] = r.Origin() + next.Path + "?" + query.Encode()
	}
	return &Response{Status: http.StatusOK, Body: body}
}

// ReadBody decodes the body of a write for a type that serves itself.
func (r *Request) ReadBody(t *ResourceType) error { return r.readBody(t, r.HTTP.Method, "") }

// readBody decodes the body of a write.
func (r *Request) readBody(t *ResourceType, method, below string) error {
	if err := json.Unmarshal(r.Raw, &r.Body); err != nil || r.Body == nil {
		var syntax *json.SyntaxError
		if len(r.Raw) == 0 || !errors.As(err, &syntax) {
			return Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
				"The request content was invalid and could not be deserialized: a JSON object is "+
					"required.")
		}
		return Gatewayf(http.StatusBadRequest, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: '%v'.", err)
	}
	return r.checkShape(t, method, below)
}

// take reads the parts of a body that all resources have.
func (r *Resource) take(body map[string]any) error {
	if location, is := body["location"].(string); is && location != "" {
		r.Location = NormalizeLocation(location)
	}
	if kind, is := body["kind"].(string); is {
		r.Kind = kind
	}
	if sku, is := body["sku"].(map[string]any); is {
		r.SKU = sku
	}
	if tags, is := body["tags"].(map[string]any); is {
		r.Tags = map[string]string{}
		for name, value := range tags {
			text, is := value.(string)
			if !is {
				return Gatewayf(http.StatusBadRequest, "InvalidTagValueType",
					"The tag '%s' has a value that is no string.", name)
			}
			r.Tags[name] = text
		}
	}
	return nil
}

// Show is the resource as an answer shows it at the request's version.
func (r *Request) Show(t *ResourceType, resource *Resource) map[string]any {
	shown := resource.Clone()
	if t.View != nil {
		t.View(r, shown)
	}
	body := map[string]any{"id": shown.ID, "name": shown.Name, "type": t.Name}
	set := func(name string, value any, there bool) {
		if there {
			body[name] = value
		}
	}
	location := shown.Location
	if t.DisplayLocation {
		location = DisplayLocation(location)
	}
	set("location", location, location != "")
	set("kind", shown.Kind, shown.Kind != "")
	set("sku", shown.SKU, shown.SKU != nil)
	set("tags", shown.Tags, shown.Tags != nil)
	set("identity", shown.Identity, shown.Identity != nil)
	set("properties", shown.Properties, shown.Properties != nil)
	set("systemData", shown.SystemData, shown.SystemData != nil)
	return r.prune(t, body)
}

// canonical spells the identifier of a new resource as answers do: the caller's names, Azure's
// segments and type.
func canonical(id ID, t *ResourceType) ID {
	if t.Untracked {
		return id
	}
	_, rest, _ := id.provider()
	types := strings.Split(t.Name, "/")
	var path strings.Builder
	path.WriteString(string(id.GroupID()) + "/providers/" + types[0])
	for i, name := range types[1:] {
		path.WriteString("/" + name + "/" + rest[2*i+2])
	}
	return ID(path.String())
}
