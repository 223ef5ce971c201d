// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package engine

import (
	"net/http"
	"slices"
	"strings"
)

// ResourceManager returns Resource Manager's endpoint: the tree of documents and the routes beside it.
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
	// Recorded. Azure sends Strict-Transport-Security too; a browser would apply it to everything
	// that this machine serves as localhost.
	r.common = http.Header{
		"Expires": {"-1"}, "Pragma": {"no-cache"}, "X-Content-Type-Options": {"nosniff"},
	}
	// azurerm joins an endpoint that ends in a slash and a path that begins with one.
	path := slices.DeleteFunc(segments(r.HTTP.URL.Path), func(s string) bool { return s == "" })
	r.HTTP.URL.Path = "/" + strings.Join(path, "/")
	for _, route := range e.routes {
		if params, ok := route.match(r.HTTP.Method, path); ok && route.open {
			r.Params = params
			return route.handle(r)
		}
	}
	// The resources for which Resource Manager accepts tokens.
	caller, refused := e.authenticate(r.Tx, r.HTTP.Header,
		"https://management.azure.com", "https://management.core.windows.net", r.Origin())
	if refused != nil {
		refused.Gateway = true
		return nil, refused
	}
	r.Caller = caller
	if r.APIVersion = r.Query["api-version"]; r.APIVersion == "" {
		return nil, Gatewayf(http.StatusBadRequest, "MissingApiVersionParameter",
			"The api-version query parameter (?api-version=) is required for all requests.")
	}
	r.ID = ID(r.HTTP.URL.Path)
	if subscription := r.ID.SubscriptionID(); subscription != "" && r.Resource(subscription) == nil {
		return nil, Gatewayf(http.StatusNotFound, "SubscriptionNotFound",
			"The subscription '%s' could not be found.", subscription.Subscription())
	}
	serve := e.find(r, path)
	if serve == nil {
		r.Note("unknown route %s %s", r.HTTP.Method, r.HTTP.URL.Path)
		return nil, e.unknownRoute(r)
	}
	if refused := r.checkVersion(); refused != nil {
		return nil, refused
	}
	response, err := serve()
	if err != nil {
		return nil, err
	}
	r.prune(response)
	return response, nil
}

// find returns the handler of a path, or nil for an unknown one.
func (e *Engine) find(r *Request, path []string) func() (*Response, error) {
	for _, route := range e.routes {
		if params, ok := route.match(r.HTTP.Method, path); ok {
			return func() (*Response, error) { return r.serveRoute(route, params) }
		}
	}
	if t := e.types[r.ID.Type()]; t != nil {
		if t.Serve != nil {
			return func() (*Response, error) { return t.Serve(r) }
		}
		return func() (*Response, error) { return e.serveResource(r, t) }
	}
	if t := e.types[(r.ID + "/x").Type()]; t != nil && r.HTTP.Method == http.MethodGet {
		if t.Serve != nil {
			return func() (*Response, error) { return t.Serve(r) }
		}
		return func() (*Response, error) { return e.list(r, t) }
	}
	return e.findAction(r, path)
}

func (r *Request) serveRoute(route route, params map[string]string) (*Response, error) {
	r.Params = params
	if err := r.permit(route.action, r.ID.Scope()); err != nil {
		return nil, err
	}
	if err := r.readOptionalBody(); err != nil {
		return nil, err
	}
	return route.handle(r)
}

// unknownRoute returns Resource Manager's answer to a path that leads nowhere.
func (e *Engine) unknownRoute(r *Request) *Error {
	_, rest, provided := r.ID.provider()
	if !provided {
		return Gatewayf(http.StatusNotFound, "InvalidResource",
			"The resource definition is invalid: %s.", r.HTTP.URL.Path)
	}
	var types []string
	for i := 1; i < len(rest); i += 2 {
		types = append(types, rest[i])
	}
	for name := range e.types {
		if strings.HasPrefix(name, strings.ToLower(rest[0])+"/") {
			return Gatewayf(http.StatusNotFound, "InvalidResourceType",
				"The resource type '%s' could not be found in the namespace '%s' for api version "+
					"'%s'. The supported api-versions are ''.",
				strings.Join(types, "/"), rest[0], r.APIVersion)
		}
	}
	return Gatewayf(http.StatusNotFound, "InvalidResourceNamespace",
		"The resource namespace '%s' is invalid.", rest[0])
}

// permit refuses a caller without permission for an action, and an action that a lock forbids everybody.
func (r *Request) permit(action string, scope ID) *Error {
	if action == "" {
		return nil
	}
	if r.engine.authorize(r.Tx, r.Caller, action, scope) {
		return r.checkLocks(action, scope)
	}
	return Gatewayf(http.StatusForbidden, "AuthorizationFailed",
		"The client '%s' with object id '%s' does not have authorization to perform action '%s' "+
			"over scope '%s' or the scope is invalid. If access was recently granted, please "+
			"refresh your credentials.", r.Caller.AppID, r.Caller.ObjectID, action, scope)
}

// LockType is the type of management locks.
const LockType = "Microsoft.Authorization/locks"

// checkLocks refuses an action that a lock forbids. Every POST on a resource counts as a change, also one that
// reads keys (Azure/azure-rest-api-specs issue 6363); what a subscription is asked does not (own choice). Locks
// themselves can always be changed. Status, code and words are of Azure/azure-sdk-for-java issue 2560.
func (r *Request) checkLocks(action string, scope ID) *Error {
	verb := "write"
	switch {
	case r.engine.locked == nil || strings.HasSuffix(action, "/read") || strings.HasPrefix(action, LockType+"/"):
		return nil
	case strings.HasSuffix(action, "/delete"):
		verb = "delete"
	case strings.HasSuffix(action, "/action") && scope.Is(scope.SubscriptionID()):
		return nil
	}
	locked := r.engine.locked(r.Tx, scope, verb == "delete")
	if len(locked) == 0 {
		return nil
	}
	var names []string
	for _, at := range locked {
		names = append(names, "'"+string(at)+"'")
	}
	return Gatewayf(http.StatusConflict, "ScopeLocked",
		"The scope '%s' cannot perform %s operation because following scope(s) are locked: %s. Please remove the "+
			"lock and try again.", scope, verb, strings.Join(names, ","))
}

// Permit refuses the caller unless they have permission for an action at scope.
func (r *Request) Permit(action string, scope ID) error {
	if refused := r.permit(action, scope); refused != nil {
		return refused
	}
	return nil
}

// findAction returns the handler of an action on a resource, or of a path below one.
func (e *Engine) findAction(r *Request, path []string) func() (*Response, error) {
	for cut := len(path) - 1; cut > 0; cut-- {
		id := ID("/" + strings.Join(path[:cut], "/"))
		t := e.types[id.Type()]
		if t == nil {
			continue
		}
		for pattern, action := range t.Routes {
			method, below, _ := strings.Cut(pattern, " ")
			params, ok := match(segments(below), path[cut:])
			if method != r.HTTP.Method || !ok {
				continue
			}
			if action.Permission == "" {
				action.Permission = t.action(below + "/action")
			}
			return func() (*Response, error) {
				r.ID, r.Params = id, params
				return e.serveAction(r, t, action)
			}
		}
		return nil
	}
	return nil
}

func (e *Engine) serveAction(r *Request, t *ResourceType, action Action) (*Response, error) {
	r.kind = t
	if err := r.permit(action.Permission, r.ID); err != nil {
		return nil, err
	}
	if group := r.ID.GroupID(); group != "" && !r.ID.Is(group) {
		if err := r.checkGroup(group, "action"); err != nil {
			return nil, err
		}
	}
	if err := t.admit(r, r.ID.Parent()); err != nil {
		return nil, err
	}
	resource := r.Resource(r.ID)
	if resource == nil {
		return nil, e.notFound(r, t)
	}
	if err := r.lost(t); err != nil {
		return nil, err
	}
	if err := r.readOptionalBody(); err != nil {
		return nil, err
	}
	return action.Serve(r, resource)
}
